"""Forms about rotation: requests, the office's answer, a roster, a new person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms

from enterprises.models import PartyOrganisation
from tenants.plain_forms import PlainForm

from ..models import RotationRequest
from ..rotation import Quarter

Kind = RotationRequest.Kind


def day_field(label: str, **kwargs: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **kwargs)


class UnitField(forms.TypedChoiceField):
    """A unit of the alliance; cleaned to the Party organisation."""

    def __init__(self, label: str, units: Iterable[PartyOrganisation]) -> None:
        by_id = {str(unit.pk): unit for unit in units}
        choices = [("", "请选择"), *((pk, unit.name) for pk, unit in by_id.items())]
        super().__init__(label=label, choices=choices, coerce=by_id.__getitem__)


class TurnField(forms.TypedChoiceField):
    """A turn to come; cleaned to its quarter and unit."""

    def __init__(self, turns: Iterable[tuple[Quarter, PartyOrganisation]]) -> None:
        by_name = {str(turn[0]): turn for turn in turns}
        choices = [("", "请选择"), *((name, f"{name}　{unit.name}") for name, (_, unit) in by_name.items())]
        super().__init__(label="哪一次轮值", choices=choices, coerce=by_name.__getitem__)


class RequestForm(PlainForm):
    """A wish about a unit's turn. 顺延 and 对调 name the turn, 代理 the unit and the days of an absence."""

    reason = forms.CharField(label="理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(
        self,
        *args: Any,
        kind: str,
        speaks_for: Sequence[PartyOrganisation],
        units: Sequence[PartyOrganisation],
        turns: Sequence[tuple[Quarter, PartyOrganisation]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if kind == Kind.ACTING:
            fields: dict[str, forms.Field] = {"organisation": UnitField("申请单位", speaks_for)}
            if len(speaks_for) == 1:
                fields["organisation"].initial = str(speaks_for[0].pk)
            fields["other"] = UnitField("由哪个单位代理", units)
            fields["person"] = forms.CharField(
                label="代理人", max_length=40, required=False, help_text="不填则为代理单位的书记。"
            )
            fields["starts_on"], fields["ends_on"] = (
                day_field("离岗自"),
                day_field("至", help_text="离岗超过 30 天才需要代理。"),
            )
        else:
            fields = {"turn": TurnField(turns)}
            if kind == Kind.SWAP:
                fields["other"] = UnitField("与哪个单位对调", units)
        self.fields = fields | self.fields

    @property
    def wish(self) -> dict[str, Any]:
        """The cleaned values as `services.rotation_request` takes them."""
        values = dict(self.cleaned_data)
        if "turn" in values:
            quarter, organisation = values.pop("turn")
            values |= {"organisation": organisation, "starts_on": quarter.starts_on, "ends_on": quarter.ends_on}
        return values


class RefusalForm(PlainForm):
    """Why a request is refused."""

    answer = forms.CharField(
        label="不同意的理由", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text="申请单位会看到。"
    )


class RosterForm(PlainForm):
    """An order of rotation as a meeting adopted it: each unit gets its number."""

    meeting = forms.CharField(label="通过会议", max_length=120, help_text="如：2026年第一次成员大会。")
    adopted_on = day_field("通过日期")
    effective_on = day_field("生效日期", help_text="名单从这一天以后开始的一轮起执行。")

    def __init__(self, *args: Any, units: Sequence[PartyOrganisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = {f"unit_{unit.pk}": unit for unit in units}
        for number, (name, unit) in enumerate(self.units.items(), start=1):
            self.fields[name] = forms.IntegerField(
                label=f"{unit.name}（第几位）", min_value=1, max_value=len(units), initial=number
            )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        taken: dict[int, str] = {}
        for name, unit in self.units.items():
            number = values.get(name)
            if number in taken:
                self.add_error(name, f"“{taken[number]}”也是第 {number} 位。请改其中一个。")
            elif number is not None:
                taken[number] = unit.name
        return values

    @property
    def order(self) -> list[PartyOrganisation]:
        """The units in the order of their numbers."""
        return sorted(self.units.values(), key=lambda unit: self.cleaned_data[f"unit_{unit.pk}"])


class PersonForm(PlainForm):
    """A new secretary of the unit that holds the term."""

    person = forms.CharField(label="新任书记", max_length=40)
    since = day_field("到任日期", help_text="任期不变，轮值单位不变。")
