"""The conditions of policies: three-valued logic, words, and the same answer in Python and in the database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enterprises.models import Enterprise, Scale
from policies.compiling import compiled
from policies.eligibility import (
    FIELDS,
    MOST_DEPTH,
    OPERATORS,
    Condition,
    ConditionError,
    Fact,
    Facts,
    Group,
    Kind,
    Node,
    Operator,
    Truth,
    asked,
    condition,
    dumped,
    findings,
    parsed,
    truth,
)
from policies.rules import facts_of
from tenants.models import DictionaryEntry, Tenant
from tests import factories

TODAY = date(2026, 11, 28)
CHAINS = ("医药", "新能源", "高端装备")
HONOURS = ("专精特新", "高新技术企业", "瞪羚企业")
SEGMENTS = ("原料药", "制剂", "包装")
REGIONS = ("任城区", "鱼台县")
SCALES = tuple(label for _, label in Scale.choices)
WORDS = {"cluster": CHAINS, "honours": HONOURS, "segment": SEGMENTS, "region": REGIONS, "scale": SCALES}
NUMBERS = st.integers(0, 20).map(lambda number: Decimal(number) * 5)
DAYS = st.dates(date(2010, 1, 1), date(2026, 1, 1))


def values(key: str) -> st.SearchStrategy[Any]:
    kind = FIELDS[key].kind
    if kind in (Kind.CHOICE, Kind.SET):
        return st.lists(st.sampled_from(WORDS[key]), min_size=1, max_size=2, unique=True).map(tuple)
    return {Kind.NUMBER: NUMBERS, Kind.DAY: DAYS, Kind.FLAG: st.booleans()}[kind]


@st.composite
def one_condition(draw: st.DrawFn) -> Condition:
    key = draw(st.sampled_from(sorted(FIELDS)))
    operator = draw(st.sampled_from(sorted(OPERATORS[FIELDS[key].kind])))
    return Condition(key, Operator(operator), draw(values(key)))


TREES: st.SearchStrategy[Node] = st.recursive(
    one_condition(),
    lambda parts: st.builds(Group, st.lists(parts, max_size=3).map(tuple), st.booleans()),
    max_leaves=8,
)


@st.composite
def all_facts(draw: st.DrawFn) -> Facts:
    def value(key: str) -> Any:
        found = values(key).map(lambda each: each[0] if FIELDS[key].kind == Kind.CHOICE else each)
        return draw(st.none() | found)

    return {key: Fact(value(key)) for key in FIELDS}


@given(TREES, all_facts(), st.data())
def test_a_value_that_comes_to_be_known_never_turns_a_yes_into_a_no(
    tree: Node, facts: Facts, data: st.DataObject
) -> None:
    before = truth(tree, facts)
    key = data.draw(st.sampled_from(sorted(FIELDS)))
    if before == Truth.UNKNOWN or facts[key].value is not None:
        return
    told = data.draw(values(key).map(lambda each: each[0] if FIELDS[key].kind == Kind.CHOICE else each))
    assert truth(tree, {**facts, key: Fact(told)}) == before


def depth(node: Node) -> int:
    return 1 + max(map(depth, node.parts), default=0) if isinstance(node, Group) else 0


@given(TREES, all_facts())
def test_a_tree_survives_being_stored(tree: Node, facts: Facts) -> None:
    stored = dumped(tree)
    if depth(tree) > MOST_DEPTH:
        with pytest.raises(ConditionError, match="层"):
            parsed(stored)
        return
    again = parsed(stored)
    assert again == tree
    assert truth(again, facts) == truth(tree, facts)


@given(one_condition(), all_facts())
def test_every_finding_says_what_is_asked_and_what_is_there(one: Condition, facts: Facts) -> None:
    [finding] = findings(one, facts)
    assert finding.truth == truth(one, facts)
    assert FIELDS[one.field].label in finding.asked
    assert finding.found
    assert (finding.found == "没有填报") == (facts[one.field].value is None) == (finding.truth == Truth.UNKNOWN)


U, F, T = Truth.UNKNOWN, Truth.UNFIT, Truth.FIT
ONE = {
    T: Condition("staff", Operator.AT_LEAST, Decimal(1)),
    F: Condition("staff", Operator.AT_MOST, Decimal(1)),
    U: Condition("revenue", Operator.AT_LEAST, Decimal(1)),
}
KNOWN: Facts = {key: Fact(Decimal(5) if key == "staff" else None) for key in FIELDS}


@pytest.mark.parametrize(
    ("parts", "all_of", "any_of"),
    [
        ((), T, T),
        ((T, T), T, T),
        ((T, F), F, T),
        ((T, U), U, T),
        ((F, U), F, U),
        ((F, F), F, F),
        ((U, U), U, U),
        ((T, F, U), F, T),
    ],
)
def test_groups_follow_kleene(parts: tuple[Truth, ...], all_of: Truth, any_of: Truth) -> None:
    group = tuple(ONE[part] for part in parts)
    assert truth(Group(group), KNOWN) == all_of
    assert truth(Group(group, is_any=True), KNOWN) == any_of


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (Condition("revenue", Operator.AT_LEAST, Decimal("5000.0000")), "年营业收入不低于 5,000 万元"),
        (Condition("research_share", Operator.AT_LEAST, Decimal("3.5")), "研发占比不低于 3.5%"),
        (Condition("honours", Operator.HAS_ALL, ("专精特新",)), "资质荣誉：专精特新"),
        (Condition("honours", Operator.HAS_ANY, ("专精特新", "瞪羚企业")), "资质荣誉有其一 专精特新、瞪羚企业"),
        (Condition("scale", Operator.ONE_OF, ("链主", "规上")), "企业类型：链主或规上"),
        (Condition("founded_on", Operator.AT_MOST, date(2023, 1, 5)), "成立日期不晚于 2023年1月5日"),
        (Condition("is_climbing", Operator.IS, True), "是助企攀登企业"),
        (Condition("has_party_organisation", Operator.IS, True), "已建立党组织"),
    ],
)
def test_conditions_in_words(one: Condition, words: str) -> None:
    assert asked(one) == words


@pytest.mark.parametrize(
    ("field", "operator", "value", "reason"),
    [
        ("salary", "at_least", 1, "没有这个条件项目"),
        ("revenue", "has_any", 1, "不能这样比较"),
        ("revenue", "at_least", "很多", "数字"),
        ("revenue", "at_least", "NaN", "数字"),
        ("revenue", "at_least", -1, "不小于 0"),
        ("founded_on", "at_least", "去年", "日期"),
        ("is_climbing", "is", "是", "是或否"),
        ("scale", "one_of", [], "至少要选一个"),
        ("honours", "has_all", [""], "至少要选一个"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(field: str, operator: str, value: Any, reason: str) -> None:
    with pytest.raises(ConditionError, match=reason):
        condition(field, operator, value)


@pytest.mark.parametrize("stored", [None, [], {}, {"all": 3}, {"all": [], "any": []}, {"field": "staff"}])
def test_what_was_never_stored_is_refused(stored: Any) -> None:
    with pytest.raises(ConditionError):
        parsed(stored)


@pytest.fixture
def enterprises(scope: Tenant) -> dict[int, Facts]:
    """Enterprises of every kind, missing values included; each with what is known of it."""
    alliances = {
        label: factories.alliance(
            factories.enterprise(), cluster=factories.entry(DictionaryEntry.Kind.CLUSTER, label), name=f"{label}联盟"
        )
        for label in CHAINS
    }
    for number in range(48):
        made = factories.enterprise(
            region=factories.county(REGIONS[number % 2]),
            scale=Scale.values[number % 3],
            revenue=None if number % 4 == 0 else number * 2,
            research_share=None if number % 5 == 0 else Decimal(number) * 2,
            staff=None if number % 7 == 0 else number,
            honours=[honour for place, honour in enumerate(HONOURS) if number >> place & 1],
            founded_on=None if number % 6 == 0 else date(2010 + number % 16, 1, 1),
            segment_name="" if number % 4 == 1 else SEGMENTS[number % 3],
            is_climbing=number % 3 == 0,
        )
        for place, alliance in enumerate(alliances.values()):
            if number % 4 == place or number % 9 == place:
                left = date(2026, 1, 1) if number % 8 == 0 else None
                factories.membership(alliance, made, joined_on=date(2025, 1, 1), left_on=left)
        if number % 5 < 2:
            factories.party_organisation(made)
    found = Enterprise.objects.select_related("region")
    return {each.pk: facts_of(each, today=TODAY) for each in found}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None)
@given(tree=TREES)
def test_the_database_gives_the_same_answers(enterprises: dict[int, Facts], tree: Node) -> None:
    rows = Enterprise.objects.annotate(fits=compiled(tree, today=TODAY)).values_list("pk", "fits")
    answers = {True: Truth.FIT, False: Truth.UNFIT, None: Truth.UNKNOWN}
    assert {pk: answers[fits] for pk, fits in rows} == {pk: truth(tree, facts) for pk, facts in enterprises.items()}
