"""Forms about meetings: a body's rules, a meeting's time and place, topics, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from enterprises.models import Enterprise
from tenants.plain_forms import PlainForm

from ..meetings import SUPERIOR_DAYS, TOPICS_DAYS, Frequency, Share
from ..models import Meeting, MeetingBody
from ..models.meeting import SHARES
from ..services.meetings import BodyRules

Kind = MeetingBody.Kind
HALF, THIRDS = Share.MORE_THAN_HALF.value, Share.TWO_THIRDS.value
#: What a new body of each kind starts with; the alliance's charter decides.
DEFAULTS: dict[str, dict[str, Any]] = {
    Kind.ASSEMBLY: {
        "frequency": Frequency.HALF_YEARLY, "month": 1, "day": 20, "notice_days": 7, "quorum": THIRDS,
        "majority": HALF, "majority_of_all": False, "proxies_most": 1, "all_members": True,
    },
    Kind.COUNCIL: {
        "frequency": Frequency.QUARTERLY, "month": 1, "day": 15, "notice_days": 5, "quorum": THIRDS,
        "majority": HALF, "majority_of_all": True, "proxies_most": 1, "all_members": False,
    },
    # Members of a Party committee vote in person.
    Kind.COMMITTEE: {
        "frequency": Frequency.MONTHLY, "month": 1, "day": 10, "notice_days": 3, "quorum": HALF,
        "majority": HALF, "majority_of_all": True, "proxies_most": 0, "all_members": False,
    },
    Kind.JOINT: {
        "frequency": Frequency.QUARTERLY, "month": 2, "day": 15, "notice_days": 3, "quorum": HALF,
        "majority": HALF, "majority_of_all": False, "proxies_most": 1, "all_members": False,
    },
    Kind.TEA: {
        "frequency": Frequency.QUARTERLY, "month": 3, "day": 15, "notice_days": 3, "quorum": Share.NONE.value,
        "majority": HALF, "majority_of_all": False, "proxies_most": 1, "all_members": True,
    },
}  # fmt: skip
ALL_SEATS, VOTES = "seats", "votes"
COUNTED_FROM = [(VOTES, "到会单位（含委托）"), (ALL_SEATS, "全部应到单位")]
SAME = {"starts_time": "14:30", "topics_days": TOPICS_DAYS, "superior_days": SUPERIOR_DAYS}


def _number(label: str, least: int, most: int, **kwargs: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=most,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        **kwargs,
    )


class BodyForm(PlainForm):
    """How a body meets."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(label="会议名称", max_length=60)
    frequency = forms.ChoiceField(label="召开频次", choices=MeetingBody.FREQUENCIES)
    month = _number("第几个月", 1, 12, help_text="如每季度第 2 个月，填 2。每月一次的填 1。")
    day = _number("几日", 1, 28, help_text="遇到休息日顺延到下一个工作日。")
    starts_time = forms.TimeField(
        label="开始时间",
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": "“开始时间”不是时间。请写成 14:30 的样子。"},
    )
    place = forms.CharField(label="地点", max_length=80, required=False)
    notice_days = _number("提前几天通知成员", 0, 30)
    topics_days = _number("会前几天截止征集议题", 0, 30)
    superior_days = _number("提前几天报告上级", 0, 30, help_text="发会议通知时一并报告县（市、区）两新工委。")
    quorum = forms.ChoiceField(label="到会多少方可开会表决", choices=SHARES)
    majority = forms.ChoiceField(label="多少票同意为通过", choices=SHARES[1:])
    majority_of_all = forms.TypedChoiceField(
        label="票数按什么计算", choices=COUNTED_FROM, coerce=lambda value: value == ALL_SEATS
    )
    proxies_most = _number("一个单位最多受托几个单位", 0, 5, help_text="不允许委托的填 0。")
    all_members = forms.BooleanField(label="全体成员单位参加", required=False)
    enterprises = forms.ModelMultipleChoiceField(
        label="参会企业", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )
    units = forms.ModelMultipleChoiceField(
        label="参会部门", queryset=None, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, members: QuerySet, units: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["enterprises"].queryset, self.fields["units"].queryset = members, units

    @property
    def rules(self) -> BodyRules:
        """The cleaned values as the services take them."""
        values = {name: self.cleaned_data[name] for name in BodyRules.__dataclass_fields__}
        return BodyRules(**values | {name: list(values[name]) for name in ("enterprises", "units")})


class MeetingForm(PlainForm):
    """Title, time and place of a meeting."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(label="会议名称", max_length=120)
    starts_at = forms.DateTimeField(
        label="会议时间",
        widget=forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}),
        error_messages={"invalid": "“会议时间”不是日期和时间。请写成 2026-03-05 14:30 的样子。"},
    )
    place = forms.CharField(label="地点", max_length=80, required=False)


class TopicForm(PlainForm):
    """A topic; members choose in whose name they propose it."""

    title = forms.CharField(label="议题", max_length=120)
    note = forms.CharField(label="说明", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, speaks_for: Sequence[Enterprise], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if speaks_for:
            by_id = {str(each.pk): each for each in speaks_for}
            self.fields["enterprise"] = forms.TypedChoiceField(
                label="提出单位",
                choices=[(pk, each.name) for pk, each in by_id.items()],
                coerce=by_id.__getitem__,
                initial=next(iter(by_id)),
            )
            self.order_fields(["enterprise", "title", "note"])


class CancelForm(PlainForm):
    """Why a meeting does not take place."""

    reason = forms.CharField(
        label="取消原因", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), help_text="参会单位会看到。"
    )


def body_initial(body: MeetingBody) -> dict[str, Any]:
    """What the form of a body starts with."""
    values = {name: getattr(body, name) for name in BodyForm.base_fields if hasattr(body, name)}
    return values | {
        "majority_of_all": ALL_SEATS if body.majority_of_all else VOTES,
        "enterprises": list(body.seats.filter(enterprise__isnull=False).values_list("enterprise", flat=True)),
        "units": list(body.seats.filter(unit__isnull=False).values_list("unit", flat=True)),
    }


def default_initial(kind: str) -> dict[str, Any]:
    """What the form of a new body starts with."""
    values = SAME | DEFAULTS[kind] | {"name": Kind(kind).label}
    return values | {"majority_of_all": ALL_SEATS if values["majority_of_all"] else VOTES}


def meeting_initial(meeting: Meeting) -> dict[str, Any]:
    """What the form of a meeting starts with."""
    return {name: getattr(meeting, name) for name in MeetingForm.base_fields}
