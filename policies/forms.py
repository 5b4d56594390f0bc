"""Forms about the conditions of policies."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from enterprises.models import Scale
from tenants.models import DictionaryEntry, Region
from tenants.plain_forms import PlainForm

from .eligibility import (
    FIELDS,
    OPERATORS,
    Condition,
    ConditionError,
    Fact,
    Facts,
    Group,
    Kind,
    Node,
    condition,
)

_SEPARATORS = re.compile(r"[、，,;；\s]+")
#: Rows that a group of conditions offers beyond those filled in.
SPARE_ROWS, MOST_ROWS = 3, 20
YES_NO = {"是": True, "否": False}
EXAMPLES = {
    Kind.NUMBER: "填数字",
    Kind.SET: "多项用“、”分开",
    Kind.CHOICE: "多项用“、”分开",
    Kind.FLAG: "填“是”或“否”",
    Kind.DAY: "如 2026-03-05",
}


def _asks() -> list[tuple[str, str]]:
    """What a condition may ask: the field and how it is compared, in words."""
    found = [("", "不设")]
    for field in FIELDS.values():
        for operator, words in OPERATORS[field.kind].items():
            unit = f"（{field.unit}）" if field.unit else ""
            found.append((f"{field.key}:{operator}", f"{field.label}{unit} {words} —— {EXAMPLES[field.kind]}"))
    return found


@dataclass(frozen=True)
class Line:
    """One row of the form: what is asked, and of which value."""

    what: forms.BoundField
    value: forms.BoundField


class ConditionsForm(PlainForm):
    """Two groups of conditions: all of the first must be met, and at least one of the second."""

    version = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, tree: Node | None, version: str) -> None:
        filled = {"all": list(_of(tree, is_any=False)), "any": list(_of(tree, is_any=True))}
        initial: dict[str, Any] = {"version": version}
        self.rows: dict[str, int] = {}
        for group, found in filled.items():
            sent = sum(1 for key in data or () if key.startswith(f"{group}_") and key.endswith("_what"))
            self.rows[group] = min(max(len(found) + SPARE_ROWS, sent), MOST_ROWS)
            for number, each in enumerate(found):
                initial[f"{group}_{number}_what"] = f"{each.field}:{each.operator}"
                initial[f"{group}_{number}_value"] = _typed(each)
        super().__init__(data, initial=initial)
        for group, count in self.rows.items():
            for number in range(count):
                label = f"第 {number + 1} 条"
                self.fields[f"{group}_{number}_what"] = forms.ChoiceField(
                    label=f"{label}条件", choices=_asks(), required=False
                )
                self.fields[f"{group}_{number}_value"] = forms.CharField(
                    label=f"{label}数值", max_length=300, required=False
                )

    def lines(self, group: str) -> Iterator[Line]:
        """The rows of a group, for the page."""
        for number in range(self.rows[group]):
            yield Line(self[f"{group}_{number}_what"], self[f"{group}_{number}_value"])

    @property
    def all_lines(self) -> list[Line]:
        return list(self.lines("all"))

    @property
    def any_lines(self) -> list[Line]:
        return list(self.lines("any"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        parts = {group: self._conditions(group, cleaned) for group in self.rows}
        tree: tuple[Node, ...] = tuple(parts["all"])
        if parts["any"]:
            tree = (*tree, Group(tuple(parts["any"]), is_any=True))
        cleaned["tree"] = Group(tree)
        return cleaned

    def _conditions(self, group: str, cleaned: dict[str, Any]) -> list[Condition]:
        found = []
        for number in range(self.rows[group]):
            what, typed = cleaned.get(f"{group}_{number}_what", ""), cleaned.get(f"{group}_{number}_value", "")
            if not what:
                if typed:
                    self.add_error(f"{group}_{number}_what", "填了数值，还没有选条件。请选择，或把数值清空。")
                continue
            key, _, operator = what.partition(":")
            try:
                found.append(condition(key, operator, _read(key, typed)))
            except ConditionError as error:
                self.add_error(f"{group}_{number}_value", str(error))
        return found


def _of(tree: Node | None, *, is_any: bool) -> Iterator[Condition]:
    """The conditions of one of the two groups."""
    for part in tree.parts if isinstance(tree, Group) else ():
        if isinstance(part, Condition) and not is_any:
            yield part
        elif isinstance(part, Group) and is_any:
            yield from (each for each in part.parts if isinstance(each, Condition))


def _typed(one: Condition) -> str:
    """A condition's value as a clerk would type it."""
    match FIELDS[one.field].kind:
        case Kind.NUMBER:
            return str(_plain(one.value))
        case Kind.FLAG:
            return "是" if one.value else "否"
        case Kind.DAY:
            return str(one.value.isoformat())
        case _:
            return "、".join(one.value)


def _read(key: str, typed: str) -> Any:
    """What a clerk typed, as a plain value. Raises `ConditionError` for a name that does not exist here."""
    field = FIELDS[key]
    if field.kind == Kind.FLAG:
        return YES_NO.get(typed.strip())
    if field.kind not in (Kind.CHOICE, Kind.SET):
        return typed.strip().replace(",", "")
    names = [name for name in _SEPARATORS.split(typed.strip()) if name]
    known = _known(key)
    strange = [name for name in names if known is not None and name not in known]
    if strange:
        offered = "、".join(sorted(known or ())[:20])
        raise ConditionError(f"没有“{'、'.join(strange)}”。可以填：{offered}。")
    return names


def _plain(value: Any) -> Any:
    """A number without the zeros that its column stores."""
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _known(key: str) -> set[str] | None:
    """The names that exist for a field; None where anything may be written."""
    match key:
        case "cluster":
            return set(
                DictionaryEntry.objects.filter(kind=DictionaryEntry.Kind.CLUSTER).values_list("label", flat=True)
            )
        case "region":
            return set(Region.objects.filter(level=Region.Level.COUNTY).values_list("name", flat=True))
        case "scale":
            return {label for _, label in Scale.choices}
    return None


class TrialForm(PlainForm):
    """Figures to try out: what if. Nothing of it is kept."""

    revenue = forms.DecimalField(label="年营业收入", min_value=0, max_digits=16, decimal_places=4, required=False)
    research_share = forms.DecimalField(
        label="研发占比", min_value=0, max_value=100, max_digits=5, decimal_places=2, required=False
    )
    staff = forms.IntegerField(label="从业人数", min_value=0, max_value=2_000_000_000, required=False)
    honours = forms.CharField(label="资质荣誉", max_length=300, required=False, help_text="多项用“、”分开。")

    UNITS = {"revenue": "万元", "research_share": "%", "staff": "人"}

    @classmethod
    def of(cls, data: Any, facts: Facts) -> TrialForm:
        """The form as sent, or filled with what the books say."""
        if any(name in data for name in cls.base_fields):
            return cls(data)
        initial = {name: _plain(facts[name].value) for name in cls.base_fields if name != "honours"}
        return cls(initial=initial | {"honours": "、".join(facts["honours"].value or ())})

    def applied(self, facts: Facts) -> Facts:
        """The facts with the figures that were typed; a figure left empty is not known."""
        typed: dict[str, Any] = dict(self.cleaned_data)
        typed["honours"] = tuple(name for name in _SEPARATORS.split(typed["honours"].strip()) if name)
        if typed["staff"] is not None:
            typed["staff"] = Decimal(typed["staff"])
        return {**facts, **{name: Fact(value) for name, value in typed.items()}}

    @property
    def fields_with_units(self) -> Iterable[tuple[forms.BoundField, str]]:
        return [(field, self.UNITS.get(field.name, "")) for field in self]
