"""Which period and region to look at; what a briefing is about."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from tenants.models import Region
from tenants.plain_forms import PlainForm

from .imprint import Imprint
from .periods import Period, period_parse, presets, quarter_parse, quarters_until
from .permissions import RegionTree

#: A longer period would have more months than a chart can show.
MAX_MONTHS = 36
CUSTOM = "custom"


class PeriodForm(PlainForm):
    """Period and region in the address: `?period=2026Q3&region=4`, or `?from=2026-01-01&to=2026-03-31`."""

    period = forms.ChoiceField(label="时期", required=False)
    region = forms.ChoiceField(label="县（市、区）", required=False)

    def __init__(self, data: Any, *, tree: RegionTree, today: date) -> None:
        super().__init__(data)
        self.tree = tree
        self.default = presets(today)[0][0]
        known = presets(today)
        wanted = self.data.get("period", "")
        if wanted not in dict(known) and wanted != CUSTOM:
            known += _named(wanted)
        self.fields["period"].choices = [*known, (CUSTOM, "自选起止日期")]
        for name, label in (("from", "从"), ("to", "至")):
            widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
            self.fields[name] = forms.DateField(label=label, required=False, widget=widget)
        if not tree.is_by_region:
            del self.fields["region"]
            return
        tops = tree.tops
        below = [region for region in tree.counties if region not in tops] if len(tops) == 1 else tops
        every = tops[0].name if len(tops) == 1 else "全部"
        self.fields["region"].choices = [("", every), *((str(each.pk), each.name) for each in below)]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("from"), cleaned.get("to")
        key = cleaned.get("period") or (CUSTOM if start or end else self.default)
        if key == CUSTOM and not (start and end):
            if not self.errors:
                self.add_error("from", "自选时期请把开始和结束日期都填上。")
            return cleaned
        try:
            chosen = Period(start, end) if start and end and key == CUSTOM else period_parse(key)
        except ValueError as fault:
            self.add_error("from", str(fault))
            return cleaned
        if len(chosen.months) > MAX_MONTHS:
            self.add_error("from", f"时期最长 {MAX_MONTHS} 个月，请缩短后再看。")
        return cleaned | {"chosen": chosen, "key": key}

    @property
    def chosen(self) -> Period:
        """The period asked for; the default one while the form has errors."""
        return self.cleaned_data["chosen"] if self.is_valid() else period_parse(self.default)

    @property
    def region_chosen(self) -> Region | None:
        """The region asked for, None for all. Call after checking it with `RegionTree.get`."""
        wanted = self.data.get("region", "") if "region" in self.fields else ""
        return self.tree.get(int(wanted)) if wanted.isdigit() else None


class BriefingForm(PlainForm):
    """A quarter, a region and the imprint of its briefing."""

    quarter = forms.ChoiceField(label="季度")
    region = forms.ChoiceField(label="区域")
    editor_note = forms.CharField(
        label="按语",
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="不填则用“现将……主要数据和办理情况予以刊发，供工作中参阅。”",
    )
    reported_to = forms.CharField(label="报", required=False, max_length=200)
    sent_to = forms.CharField(label="送", required=False, max_length=200)
    issued_to = forms.CharField(label="发", required=False, max_length=200)
    copies = forms.IntegerField(label="共印份数", min_value=1, max_value=9999, initial=50)
    again = forms.BooleanField(label="数据已更新，再编一期", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, tree: RegionTree, today: date, initial: dict[str, Any]) -> None:
        quarters = quarters_until(today, 9)
        super().__init__(data, initial={"quarter": _quarter_key(*quarters[1])} | initial)
        self.tree = tree
        self.fields["quarter"].choices = [
            (_quarter_key(*each), period_parse(_quarter_key(*each)).label + ("（未结束）" if number == 0 else ""))
            for number, each in enumerate(quarters)
        ]
        self.fields["region"].choices = [
            (str(each.pk), each.name) for each in dict.fromkeys([*tree.tops, *tree.counties])
        ]

    def clean_region(self) -> Region:
        region = self.tree.get(int(self.cleaned_data["region"]))
        if region is None:
            raise forms.ValidationError("没有这个区域，请重新选择。")
        return region

    def clean_quarter(self) -> tuple[int, int]:
        return quarter_parse(self.cleaned_data["quarter"])

    def ask_again(self, issue: int) -> None:
        """Refuse until the user says that another issue of the same quarter is wanted."""
        self.fields["again"].widget = forms.CheckboxInput()
        self.add_error(
            "again", f"这个季度和区域已经编发过第 {issue} 期。数据确有更新、需要再编一期的，请勾选后再提交。"
        )

    @property
    def imprint(self) -> Imprint:
        names = ("editor_note", "reported_to", "sent_to", "issued_to", "copies")
        return Imprint(**{name: self.cleaned_data[name] for name in names})


def _named(key: str) -> list[tuple[str, str]]:
    """An older period that somebody kept as a bookmark; nothing for what is none."""
    try:
        return [(key, period_parse(key).label)]
    except ValueError:
        return []


def _quarter_key(year: int, quarter: int) -> str:
    return f"{year}Q{quarter}"
