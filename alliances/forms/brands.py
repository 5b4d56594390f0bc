"""Forms about brand and demonstration projects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from enterprises.models import Enterprise, PartyOrganisation
from tenants.plain_forms import PlainForm

from ..brands import NEXT, YEARLY_MOST
from ..models import BrandProject
from ..services.brands import BrandEntry
from .rotation import day_field

State = BrandProject.State


class BrandForm(PlainForm):
    """A project of one alliance. Members and their Party organisations are offered as responsible."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.CharField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(label="类别", choices=BrandProject.Kind.choices, widget=forms.RadioSelect)
    name = forms.CharField(label="项目名称", max_length=100, help_text="如：红链先锋、党员攻关示范岗。")
    year = forms.IntegerField(
        label="年度",
        min_value=2000,
        max_value=2100,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=f"一个联盟一年 1 至 {YEARLY_MOST} 个；已终止的不算。",
    )
    responsible = forms.ChoiceField(label="责任单位")
    goal = forms.CharField(
        label="目标任务",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="要做成什么，分几步，做到什么程度算完成。",
    )
    due_on = day_field("计划完成日期")

    def __init__(
        self,
        *args: Any,
        members: Sequence[Enterprise],
        organisations: Sequence[PartyOrganisation],
        brand: BrandProject | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        present = [brand.responsible] if brand and brand.responsible else []
        self.units = {_key(each): each for each in (*members, *organisations, *present)}
        groups: list[tuple[str, Any]] = [("", "请选择")]
        for label, kind in (("成员企业", Enterprise), ("党组织", PartyOrganisation)):
            groups.append((label, [(key, each.name) for key, each in self.units.items() if isinstance(each, kind)]))
        self.fields["responsible"].choices = groups

    @property
    def entry(self) -> BrandEntry:
        """What the valid form says."""
        said = dict(self.cleaned_data)
        unit = self.units[said.pop("responsible")]
        values = {name: said[name] for name in BrandEntry.__dataclass_fields__ if name in said}
        if isinstance(unit, Enterprise):
            return BrandEntry(**values, enterprise=unit)
        return BrandEntry(**values, organisation=unit)


def brand_initial(brand: BrandProject) -> dict[str, Any]:
    """What the form of a project starts with."""
    values = {name: getattr(brand, name) for name in ("kind", "name", "year", "goal", "due_on")}
    return values | {"responsible": _key(brand.responsible) if brand.responsible else ""}


def _key(unit: Enterprise | PartyOrganisation) -> str:
    return f"{unit._meta.model_name}-{unit.pk}"


class BrandProgressForm(PlainForm):
    """How far a project is, and whether it begins, ends or stops with that."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    noted_on = day_field("日期")
    text = forms.CharField(label="进展情况", max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))
    state = forms.ChoiceField(label="项目状态", widget=forms.RadioSelect)
    result = forms.CharField(
        label="成果或终止原因",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="完成的写做成了什么，终止的写为什么；仍在实施的不用填。完成或终止后不能再改。",
    )

    def __init__(self, *args: Any, brand: BrandProject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [brand.state, *NEXT[brand.state]]
        self.fields["state"].choices = [(value, State(value).label) for value in offered]
