"""The demand ledger (诉求台账) and the resource list (资源清单)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet

from alliances.ledger import ALLIANCE, parts_of, settle
from alliances.models import Membership
from enterprises.ledger import ENTERPRISE, EnterpriseLabels
from ledgers.cleaning import CellFault
from ledgers.kinds import Amount, Choice, Date, Integer, Name, Phone, Text
from ledgers.reading import Reading
from ledgers.registry import Ledger, register
from ledgers.sheet import Check, Column, Sheet, Values, not_before
from ledgers.storing import Counts, counted, upsert, with_keys
from tenants.services import unit_ensure

from .models import Demand, Resource
from .numbers import numbers_take
from .selectors import demand_list, resource_list
from .workflow import ENDS

State, Result = Demand.State, Demand.Result
#: The ledger's 办理状态 → state and result. Offices write the first three; the others come with exports of demands that
#: went through the portal, so that nothing is lost when they come back.
STATES: dict[str, tuple[str, str]] = {
    "待交办": (State.ACCEPTED, ""),
    "办理中": (State.IN_PROGRESS, ""),
    "已解决": (State.CLOSED, Result.SOLVED),
    **{state.label: (state, "") for state in State if state not in (State.ACCEPTED, State.IN_PROGRESS, State.CLOSED)},
    **{result.label: (State.CLOSED, result) for result in Result if result != Result.SOLVED},
}


def _closed_has_day(values: Values) -> CellFault | None:
    if STATES[values["state"]][0] in ENDS and values["closed_on"] is None:
        return CellFault("required", f"{values['state']}但缺办结日期", "请补填")
    return None


DEMANDS = Sheet(
    key="demands",
    title="诉求台账",
    filename="诉求台账.xlsx",
    natural_key=("raised_on", "enterprise", "element", "content"),
    repeats_allowed=True,
    columns=(
        Column("raised_on", "提出日期", Date(reported=True), required=True),
        Column("enterprise", "企业名称", ENTERPRISE, required=True),
        Column("element", "诉求类别", Choice(dictionary="element", missing="类别不在字典"), required=True),
        Column("content", "诉求内容", Text(), required=True),
        Column("unit", "责任单位", Name(max_length=60)),
        Column("accepted_on", "受理日期", Date(reported=True)),
        Column("due_on", "办理时限", Date()),
        Column("state", "办理状态", Choice(tuple(STATES)), required=True),
        Column("closed_on", "办结日期", Date(reported=True)),
        Column("loan", "发放贷款（万元）", Amount("万元", places=4), group="解决成效"),
        Column("talent", "引进人才用工（人）", Integer(), group="解决成效"),
        Column("land", "解决用地（亩）", Amount("亩"), group="解决成效"),
        Column("rating", "企业评价", Choice(Demand.Rating.choices)),
    ),
    checks=(
        not_before("accepted_on", "raised_on", "受理日期早于提出日期"),
        not_before("closed_on", "raised_on", "办结日期早于提出日期"),
        Check(("closed_on", "state"), _closed_has_day),
    ),
)

RESOURCES = Sheet(
    key="resources",
    title="资源清单",
    filename="资源清单.xlsx",
    natural_key=("alliance", "enterprise", "kind", "content", "published_on"),
    repeats_allowed=True,
    columns=(
        Column("alliance", "联盟名称", ALLIANCE, required=True),
        Column("enterprise", "企业名称", ENTERPRISE, required=True),
        Column("kind", "资源类别", Choice(dictionary="resource_kind"), required=True),
        Column("content", "资源内容", Text(), required=True),
        Column("published_on", "发布日期", Date(reported=True), required=True),
        Column("valid_until", "有效期至", Date()),
        Column("scope", "共享范围", Choice(Resource.Scope.choices), required=True),
        Column("contact_name", "联系人", Name(max_length=40), personal=True),
        Column("contact_phone", "联系电话", Phone(), personal=True),
    ),
    checks=(not_before("valid_until", "published_on", "有效期早于发布日期"),),
)


def store_demands(reading: Reading, today: date) -> Counts:
    """Write demands; new ones get their number in the order of the days on which they were raised."""
    rows = reading.rows
    units = unit_ensure(row.values["unit"] for row in rows if row.values["unit"])
    alliances = _alliance_of({row.values["enterprise"] for row in rows})
    plain = ("raised_on", "enterprise", "element", "content", "accepted_on", "due_on", "closed_on", "loan", "talent",
             "land", "rating")  # fmt: skip
    records = [
        {
            **{name: row.values[name] for name in plain},
            **dict(zip(("state", "result"), STATES[row.values["state"]], strict=True)),
            "alliance": alliances.get(row.values["enterprise"]),
            "unit": units[row.values["unit"]].pk if row.values["unit"] else None,
        }
        for row in rows
    ]
    records = with_keys(Demand, records, DEMANDS.natural_key)
    numbers, in_hand = _numbers(records)
    records = [
        {**record, "number": numbers[record["ledger_key"]], "source": Demand.Source.LEDGER}
        for record in records
        if record["ledger_key"] not in in_hand
    ]
    stored = upsert(Demand, records, key=("ledger_key",), fixed=("number", "source", *reading.absent_columns))
    stored.index(Demand)
    counts = counted(rows, stored)
    if in_hand:
        counts.remarks.append(f"{len(in_hand)} 件诉求已经在平台上办理，保留平台上的办理情况，没有按台账改动。")
    return counts


def _numbers(records: list[dict[str, Any]]) -> tuple[dict[str, str], set[str]]:
    """The number of each demand by its key: the one it has, or the next of its year; and the keys of those that
    somebody has acted on here: a ledger does not set back what went on since."""
    keys = [record["ledger_key"] for record in records]
    known = list(Demand.objects.filter(ledger_key__in=keys).values_list("ledger_key", "number", "version"))
    numbers = {str(key): number for key, number, _ in known}
    fresh = sorted(
        (record for record in records if record["ledger_key"] not in numbers), key=lambda record: record["raised_on"]
    )
    taken = numbers_take([record["raised_on"].year for record in fresh])
    numbers |= {record["ledger_key"]: number for record, number in zip(fresh, taken, strict=True)}
    return numbers, {str(key) for key, _, version in known if version}


def _alliance_of(enterprise_ids: set[int]) -> dict[int, int]:
    """The alliance through which an enterprise's demands come: the one it joined first."""
    members = Membership.objects.filter(enterprise__in=enterprise_ids, left_on__isnull=True)
    pairs = members.order_by("-joined_on", "-pk").values_list("enterprise_id", "alliance_id")
    return dict(pairs)


def store_resources(reading: Reading, today: date) -> Counts:
    """Write the resource list."""
    rows = reading.rows
    meant = settle([(row.values["alliance"], [row.values["enterprise"]]) for row in rows])
    records = [
        {
            **{column.key: row.values[column.key] for column in RESOURCES.columns},
            "alliance": alliance,
            "contact_name": row.values["contact_name"] or "",
            "contact_phone": row.values["contact_phone"] or "",
        }
        for row, alliance in zip(rows, meant, strict=True)
    ]
    records = with_keys(Resource, records, RESOURCES.natural_key, parts=parts_of(RESOURCES, rows))
    stored = upsert(Resource, records, key=("ledger_key",), fixed=reading.absent_columns)
    stored.index(Resource)
    return counted(rows, stored)


def demand_rows(demands: QuerySet[Demand]) -> Iterator[Values]:
    """Ledger rows of demands."""
    label = EnterpriseLabels()
    words = {pair: word for word, pair in STATES.items()}
    by_state = {state: word for word, (state, _) in reversed(STATES.items())}
    for demand in demands.select_related("enterprise", "element", "unit"):
        yield {
            **{column.key: getattr(demand, column.key) for column in DEMANDS.columns},
            "enterprise": label(demand.enterprise),
            "state": words.get((demand.state, demand.result)) or by_state[demand.state],
            "element": demand.element.label,
            "unit": demand.unit.name if demand.unit else None,
        }


def resource_rows(resources: QuerySet[Resource]) -> Iterator[Values]:
    """Ledger rows of resources."""
    label = EnterpriseLabels()
    for resource in resources.select_related("alliance", "enterprise", "kind"):
        yield {
            **{column.key: getattr(resource, column.key) for column in RESOURCES.columns},
            "alliance": resource.alliance.name,
            "enterprise": label(resource.enterprise),
            "kind": resource.kind.label,
        }


def register_ledgers() -> None:
    """Called when the app is ready."""
    register(Ledger(DEMANDS, store_demands, demand_rows, lambda actor: demand_list(actor=actor), order=70))
    register(Ledger(RESOURCES, store_resources, resource_rows, lambda actor: resource_list(actor=actor), order=80))
