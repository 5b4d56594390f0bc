"""Whether an enterprise meets a policy's conditions, and why (domain.md §4). Plain functions: no clock, no database.

A condition is 符合, 不符合 or 缺数据: what nobody has reported is neither met nor missed. Groups follow Kleene's logic,
which is also that of SQL, so that `policies.compiling` can ask the same of all enterprises in one query: 全部 is
不符合 as soon as one part is, 缺数据 when some part is and none is 不符合; 任一 is the mirror of it.

Nothing here promises money: a result says what the books say about the conditions, and the issuer decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any, TypeAlias


class Truth(StrEnum):
    """What the books say about a condition."""

    FIT = "fit"
    UNFIT = "unfit"
    UNKNOWN = "unknown"


WORDS = {Truth.FIT: "符合", Truth.UNFIT: "不符合", Truth.UNKNOWN: "缺数据"}


class Kind(StrEnum):
    """The type of a field: what may be compared with it, and how."""

    NUMBER = "number"
    CHOICE = "choice"
    SET = "set"
    FLAG = "flag"
    DAY = "day"


@dataclass(frozen=True)
class Field:
    """What may be asked of an enterprise. `key` names it in stored conditions; `unit` follows its numbers."""

    key: str
    label: str
    kind: Kind
    unit: str = ""


#: Everything that may be asked. A set is what an enterprise has several of; its chains are those of its alliances.
FIELDS = {
    field.key: field
    for field in (
        Field("cluster", "所属产业", Kind.SET),
        Field("region", "所在县（市、区）", Kind.CHOICE),
        Field("segment", "产业链环节", Kind.CHOICE),
        Field("scale", "企业类型", Kind.CHOICE),
        Field("revenue", "年营业收入", Kind.NUMBER, "万元"),
        Field("research_share", "研发占比", Kind.NUMBER, "%"),
        Field("staff", "从业人数", Kind.NUMBER, "人"),
        Field("honours", "资质荣誉", Kind.SET),
        Field("founded_on", "成立日期", Kind.DAY),
        Field("is_climbing", "助企攀登企业", Kind.FLAG),
        Field("has_party_organisation", "建立党组织", Kind.FLAG),
    )
}


class Operator(StrEnum):
    """How a field is compared with the condition's value."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ONE_OF = "one_of"
    HAS_ALL = "has_all"
    HAS_ANY = "has_any"
    IS = "is"


#: The operators of each kind of field, each with its words.
OPERATORS: dict[Kind, dict[Operator, str]] = {
    Kind.NUMBER: {Operator.AT_LEAST: "不低于", Operator.AT_MOST: "不高于"},
    Kind.CHOICE: {Operator.ONE_OF: "是"},
    Kind.SET: {Operator.HAS_ANY: "有其一", Operator.HAS_ALL: "都有"},
    Kind.FLAG: {Operator.IS: "为"},
    Kind.DAY: {Operator.AT_LEAST: "不早于", Operator.AT_MOST: "不晚于"},
}


@dataclass(frozen=True)
class Condition:
    """One comparison. `value` is a Decimal, a date, a bool or a tuple of texts, as the field's kind asks."""

    field: str
    operator: Operator
    value: Any


@dataclass(frozen=True)
class Group:
    """Conditions of which all, or at least one (`is_any`), must be met. An empty group asks nothing."""

    parts: tuple[Node, ...] = ()
    is_any: bool = False


Node: TypeAlias = Condition | Group


@dataclass(frozen=True)
class Fact:
    """What is known of one field: its value (None: not reported) and the day it is of."""

    value: Any
    on: date | None = None


Facts: TypeAlias = Mapping[str, Fact]


@dataclass(frozen=True)
class Finding:
    """What the books say about one condition: in words what is asked, and what is there."""

    condition: Condition
    truth: Truth
    asked: str
    found: str
    on: date | None

    @property
    def word(self) -> str:
        return WORDS[self.truth]


class ConditionError(ValueError):
    """A stored or typed condition does not make sense; the text says which and why."""


def truth(node: Node, facts: Facts) -> Truth:
    """What the books say about a condition or a group."""
    if isinstance(node, Condition):
        return _compare(node, facts)
    found = {truth(part, facts) for part in node.parts}
    decisive, other = (Truth.FIT, Truth.UNFIT) if node.is_any else (Truth.UNFIT, Truth.FIT)
    if not found:
        return Truth.FIT
    if decisive in found:
        return decisive
    return Truth.UNKNOWN if Truth.UNKNOWN in found else other


def findings(node: Node, facts: Facts) -> list[Finding]:
    """What the books say about each condition, in the order in which they stand."""
    return [
        Finding(each, _compare(each, facts), asked(each), found(each, facts), facts[each.field].on)
        for each in conditions(node)
    ]


def conditions(node: Node) -> Iterator[Condition]:
    """Every condition of a tree, in order."""
    if isinstance(node, Condition):
        yield node
    else:
        for part in node.parts:
            yield from conditions(part)


def _compare(condition: Condition, facts: Facts) -> Truth:
    value = facts[condition.field].value
    if value is None:
        return Truth.UNKNOWN
    return Truth.FIT if _COMPARISONS[condition.operator](value, condition.value) else Truth.UNFIT


_COMPARISONS: dict[Operator, Callable[[Any, Any], bool]] = {
    Operator.AT_LEAST: lambda value, wanted: bool(value >= wanted),
    Operator.AT_MOST: lambda value, wanted: bool(value <= wanted),
    Operator.ONE_OF: lambda value, wanted: value in wanted,
    Operator.HAS_ALL: lambda value, wanted: set(wanted) <= set(value),
    Operator.HAS_ANY: lambda value, wanted: bool(set(wanted) & set(value)),
    Operator.IS: lambda value, wanted: value is wanted,
}


def asked(condition: Condition) -> str:
    """A condition in words: "年营业收入不低于 5000 万元"."""
    field = FIELDS[condition.field]
    if field.kind == Kind.FLAG:
        return (
            f"{'是' if condition.value else '不是'}{field.label}"
            if condition.field == "is_climbing"
            else (f"{'已' if condition.value else '未'}{field.label}")
        )
    if field.kind == Kind.CHOICE or (field.kind == Kind.SET and len(condition.value) == 1):
        return f"{field.label}：{'或'.join(condition.value)}"
    return f"{field.label}{OPERATORS[field.kind][condition.operator]} {in_words(field, condition.value)}"


def found(condition: Condition, facts: Facts) -> str:
    """What is there, in words."""
    field, value = FIELDS[condition.field], facts[condition.field].value
    if value is None:
        return "没有填报"
    return in_words(field, value)


def in_words(field: Field, value: Any) -> str:
    """A value of a field: "6,000 万元", "专精特新、高新技术企业"."""
    match field.kind:
        case Kind.NUMBER:
            plain = f"{Decimal(value).normalize():,f}"
            return f"{plain}{'' if field.unit == '%' else ' '}{field.unit}"
        case Kind.SET:
            return "、".join(value) or "没有"
        case Kind.FLAG:
            return "是" if value else "否"
        case Kind.DAY:
            return f"{value.year}年{value.month}月{value.day}日"
        case Kind.CHOICE:
            return str(value) if isinstance(value, str) else "、".join(value)


# Stored form: {"all": [...]}, {"any": [...]}, {"field": …, "operator": …, "value": …}.

MOST_CONDITIONS, MOST_DEPTH = 40, 3


def dumped(node: Node) -> dict[str, Any]:
    """The stored form of a tree; `parsed` gives the tree back."""
    if isinstance(node, Group):
        return {"any" if node.is_any else "all": [dumped(part) for part in node.parts]}
    return {"field": node.field, "operator": node.operator.value, "value": _plain(node.value)}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def parsed(stored: Any) -> Node:
    """The tree of a stored form. Raises `ConditionError` for anything that does not make sense."""
    node = _parsed(stored, MOST_DEPTH)
    if sum(1 for _ in conditions(node)) > MOST_CONDITIONS:
        raise ConditionError(f"条件太多，最多 {MOST_CONDITIONS} 条。")
    return node


def _parsed(stored: Any, depth: int) -> Node:
    if not isinstance(stored, dict):
        raise ConditionError("条件的格式不对。")
    for key in ("all", "any"):
        if isinstance(stored.get(key), list) and len(stored) == 1:
            if depth == 0:
                raise ConditionError(f"条件最多套 {MOST_DEPTH} 层。")
            return Group(tuple(_parsed(part, depth - 1) for part in stored[key]), is_any=key == "any")
    if stored.keys() != {"field", "operator", "value"}:
        raise ConditionError("条件的格式不对。")
    return condition(stored["field"], stored["operator"], stored["value"])


def condition(field: str, operator: str, value: Any) -> Condition:
    """A condition of plain values, checked. Raises `ConditionError` when they do not fit together."""
    if field not in FIELDS:
        raise ConditionError("没有这个条件项目。")
    known = FIELDS[field]
    if operator not in OPERATORS[known.kind]:
        raise ConditionError(f"“{known.label}”不能这样比较。")
    return Condition(field, Operator(operator), _value(known, value))


def _value(field: Field, value: Any) -> Any:
    match field.kind:
        case Kind.NUMBER:
            return _number(field, value)
        case Kind.DAY:
            try:
                return date.fromisoformat(value)
            except (TypeError, ValueError):
                raise ConditionError(f"“{field.label}”要填日期，例如 2026-03-05。") from None
        case Kind.FLAG:
            if isinstance(value, bool):
                return value
            raise ConditionError(f"“{field.label}”要选是或否。")
        case Kind.SET | Kind.CHOICE:
            if isinstance(value, list | tuple) and value and all(isinstance(each, str) and each for each in value):
                return tuple(dict.fromkeys(value))
            raise ConditionError(f"“{field.label}”至少要选一个。")


def _number(field: Field, value: Any) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite() or not 0 <= number < 10**12:
        raise ConditionError(f"“{field.label}”要填不小于 0 的数字。")
    return number
