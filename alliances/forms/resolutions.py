"""Forms of a running meeting: who came, what was decided, what became of the last decisions, its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from enterprises.models import Enterprise
from tenants.models import Unit
from tenants.plain_forms import PlainForm

from ..meetings import Ballot
from ..models import MeetingSeat
from ..models.resolution import SECRETARIAT
from ..services.resolutions import ResolutionEntry

VOTES_MOST = 1000


class SeatForm(PlainForm):
    """Who came for one seat, or who votes for it."""

    state = forms.ChoiceField(label="到会情况", choices=MeetingSeat.State.choices, widget=forms.RadioSelect)
    person = forms.CharField(label="参会人", max_length=40, required=False)

    def __init__(self, *args: Any, others: Sequence[MeetingSeat], may_proxy: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_proxy:
            kept = [choice for choice in MeetingSeat.State.choices if choice[0] != MeetingSeat.State.PROXY]
            self.fields["state"].choices = kept
            return
        by_id = {str(seat.pk): seat for seat in others}
        self.fields["proxy"] = forms.TypedChoiceField(
            label="受托单位",
            choices=[("", "没有委托"), *((pk, str(seat)) for pk, seat in by_id.items())],
            coerce=by_id.__getitem__,
            empty_value=None,
            required=False,
            help_text="委托要有书面委托书。",
        )
        self.fields["proxy_scope"] = forms.CharField(
            label="委托事项", max_length=120, required=False, help_text="如：全部议题的讨论和表决。"
        )


def _votes(label: str, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=VOTES_MOST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        **kwargs,
    )


def _day(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class ResolutionForm(PlainForm):
    """A vote and the task that comes of it."""

    topic = forms.ModelChoiceField(label="议题", queryset=None, required=False, empty_label="不属于列入的议题")
    text = forms.CharField(
        label="决议内容", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text="做什么、做到什么程度。"
    )
    in_favour, against, abstained = _votes("同意"), _votes("反对", initial=0), _votes("弃权", initial=0)
    owner = forms.ChoiceField(label="责任单位")
    due_on = _day("完成期限", help_text="下次会议报告办理情况。")

    def __init__(self, *args: Any, topics: QuerySet, owners: Sequence[Enterprise | Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topic"].queryset = topics
        self.owners = {f"{type(each).__name__.lower()}-{each.pk}": each for each in owners}
        self.fields["owner"].choices = [
            ("secretariat", SECRETARIAT),
            *((key, str(each)) for key, each in self.owners.items()),
        ]

    @property
    def entry(self) -> ResolutionEntry:
        """What the valid form says."""
        said = self.cleaned_data
        owner = self.owners.get(said["owner"])
        return ResolutionEntry(
            text=said["text"],
            ballot=Ballot(said["in_favour"], said["against"], said["abstained"]),
            due_on=said["due_on"],
            topic=said["topic"],
            enterprise=owner if isinstance(owner, Enterprise) else None,
            unit=owner if isinstance(owner, Unit) else None,
        )


class ReportForm(PlainForm):
    """What became of a resolution."""

    is_done = forms.TypedChoiceField(
        label="办理结果",
        choices=[("done", "已完成"), ("open", "未完成")],
        coerce=lambda value: value == "done",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(label="办理情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    due_on = _day("新的完成期限", required=False, help_text="未完成的可以重新定期限，不填则不变。")


class CloseForm(PlainForm):
    """What was discussed, for the minutes."""

    record = forms.CharField(
        label="会议情况",
        max_length=10000,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text="谁讲了什么、讨论了什么，会写进会议纪要。议程、到会情况和决议自动列出，不用重复写。",
    )
