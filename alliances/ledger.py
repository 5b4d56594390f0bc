"""The alliance roster and the activity ledger; memberships out of the enterprise roster."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet

from enterprises.ledger import ENTERPRISE, ENTERPRISES, REGION, EnterpriseLabels
from enterprises.models import Enterprise
from ledgers.kinds import Amount, Bool, Choice, Date, Integer, Lookup, Name, Text
from ledgers.reading import Reading, Row
from ledgers.registry import Ledger, follow, register, register_lookup
from ledgers.sheet import Column, Sheet, Values
from ledgers.storing import Counts, Stored, counted, link, upsert, with_keys
from tenants import search
from tenants.services import unit_ensure

from .models import Activity, ActivityEnterprise, Alliance, Appointment, Membership, Segment
from .selectors import activity_list, alliance_list
from .selectors.appointments import with_officers
from .services.appointments import rights_end

ALLIANCE = Lookup("alliance", missing="联盟不在名册")

#: The posts that the roster names.
POSTS = ("chairman", "secretary_general", "instructor")
ROSTER = Sheet(
    key="alliances",
    title="联盟名册",
    filename="联盟名册.xlsx",
    natural_key=("name", "cluster"),
    columns=(
        Column("name", "联盟名称", Name(max_length=80), required=True, example="鱼台县盐化工产业链党建联盟"),
        Column("cluster", "产业集群", Choice(dictionary="cluster"), required=True),
        Column("region", "县（市、区）", REGION, required=True, aliases=("县市区",), example="鱼台县"),
        Column("lead_unit", "牵头部门", Name(max_length=60)),
        Column("chairman", "理事长", Name(max_length=40), personal=True),
        Column("secretary_general", "秘书长", Name(max_length=40), personal=True),
        Column("instructor", "联盟指导员", Name(max_length=40), personal=True),
        Column("initiator", "发起单位", ENTERPRISE),
        Column("founded_on", "成立日期", Date(reported=True), required=True, example="2021-01-01"),
        Column("has_charter", "章程", Bool()),
    ),
)

#: What a row may say; withdrawing takes a reason and is done on the activity's page.
STATES = tuple((state.value, str(state.label)) for state in (Activity.State.PLANNED, Activity.State.HELD))
OUTCOMES = ("loan", "hires", "land", "agreements")
ACTIVITIES = Sheet(
    key="activities",
    title="活动台账",
    filename="活动台账.xlsx",
    natural_key=("held_on", "alliance", "type", "topic"),
    repeats_allowed=True,
    columns=(
        Column("held_on", "活动日期", Date(reported=True), required=True),
        Column("alliance", "联盟名称", ALLIANCE, required=True),
        Column("type", "活动类型", Choice(dictionary="activity_type"), required=True),
        Column("five_joint", "五共类别", Choice(Activity.FiveJoint.choices), required=True),
        Column("topic", "活动主题", Name(max_length=200), required=True),
        Column("host_name", "主办单位", Name(max_length=120)),
        Column("enterprises", "参加企业", ENTERPRISES, help="多家用“、”分开"),
        Column("head_count", "参加人数", Integer(), aliases=("参加人数（人）",)),
        Column("outcome", "活动成效", Text()),
        Column("loan", "达成贷款（万元）", Amount("万元", places=4)),
        Column("hires", "达成用工（人）", Integer()),
        Column("land", "落实用地（亩）", Amount("亩")),
        Column("agreements", "签订协议（份）", Integer()),
        Column("state", "活动状态", Choice(STATES), help="空着算已开展"),
    ),
)


def alliances_by_name(names: Collection[str]) -> Mapping[str, tuple[int, ...]]:
    """The alliances of each name: mostly one, but two chains of one county may bear the same name."""
    found: dict[str, tuple[int, ...]] = {}
    for name, pk in Alliance.objects.filter(name__in=names).order_by("founded_on", "pk").values_list("name", "pk"):
        found[name] = (*found.get(name, ()), pk)
    return found


def settle(rows: Sequence[tuple[tuple[int, ...], Collection[int]]]) -> list[int]:
    """Which alliance each row means: of several with its name, the one that most of its enterprises belong to."""
    doubtful = {pk for candidates, _ in rows if len(candidates) > 1 for pk in candidates}
    members = set(
        Membership.objects.filter(alliance__in=doubtful, left_on__isnull=True).values_list(
            "alliance_id", "enterprise_id"
        )
    )
    # max() keeps the first of equals: the alliance that was founded earlier.
    return [
        max(candidates, key=lambda pk, of=enterprises: sum((pk, each) in members for each in of))
        for candidates, enterprises in rows
    ]


def parts_of(sheet: Sheet, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """What the key of a row that names an alliance is made of: never which of two with one name is meant by now."""
    return [
        tuple(min(row.values[name]) if name == "alliance" else row.values[name] for name in sheet.natural_key)
        for row in rows
    ]


def store_alliances(reading: Reading, today: date) -> Counts:
    """Write the roster; departments that are named for the first time become units."""
    rows = reading.rows
    units = unit_ensure(row.values["lead_unit"] for row in rows if row.values["lead_unit"])
    # A blank cell does not take away a charter that is registered here.
    chartered = set(Alliance.objects.filter(charters__isnull=False).values_list("name", "cluster"))
    records = [
        {
            "name": row.values["name"],
            "initials": search.initials(row.values["name"])[:80],
            "pinyin": search.full_pinyin(row.values["name"])[:300],
            "cluster": row.values["cluster"],
            "region": row.values["region"],
            "lead_unit": units[row.values["lead_unit"]].pk if row.values["lead_unit"] else None,
            "initiator": row.values["initiator"],
            "founded_on": row.values["founded_on"],
            "has_charter": bool(row.values["has_charter"]) or (row.values["name"], row.values["cluster"]) in chartered,
            "has_rotation": True,
        }
        for row in rows
    ]
    stored = upsert(Alliance, records, key=("name", "cluster"), fixed=("has_rotation", *reading.absent_columns))
    stored.index(Alliance)
    changed = _appoint(rows, today)
    updated = {pk: values for pk, values in changed.items() if pk not in stored.created}
    return counted(rows, Stored(stored.created, stored.updated | updated))


def _appoint(rows: Sequence[Row], today: date) -> dict[int, Values]:
    """Put the persons that a roster names into their posts, from the alliance's founding or, where somebody else was in
    office, from today on. Returns the rows that changed a post, by alliance.

    A blank cell relieves nobody, and whoever was relieved does not come back by being named.
    """
    named = {(row.values["name"], row.values["cluster"]): row.values for row in rows}
    alliances = {
        each.pk: each
        for each in Alliance.objects.filter(name__in={name for name, _ in named})
        if (each.name, each.cluster_id) in named
    }
    last: dict[tuple[int, str], Appointment] = {}
    relieved: set[tuple[int, str, str]] = set()
    for each in Appointment.objects.filter(alliance__in=alliances, post__in=POSTS).order_by("starts_on"):
        last[each.alliance_id, each.post] = each
        if each.ends_on:
            relieved.add((each.alliance_id, each.post, each.person))
    changed: dict[int, Values] = {}
    ended, renamed, new = [], [], []
    for pk, alliance in alliances.items():
        values = named[alliance.name, alliance.cluster_id]
        for post in POSTS:
            person, there = values[post], last.get((pk, post))
            if not person or (there and there.person == person) or (pk, post, person) in relieved:
                continue
            changed[pk] = values
            if there and there.ends_on is None and there.starts_on >= today:
                there.person = person
                renamed.append(there)
                continue
            if there and there.ends_on is None:
                there.ends_on, there.end_reason = today - timedelta(days=1), "联盟名册更新"
                ended.append(there)
            starts_on = min(today, alliance.founded_on)
            if there and there.ends_on:
                starts_on = max(today, there.ends_on + timedelta(days=1))
            new.append(Appointment(alliance=alliance, post=post, person=person, starts_on=starts_on))
    # First who goes, then who comes: the database lets no two hold one post.
    Appointment.objects.bulk_update([*ended, *renamed], ["person", "ends_on", "end_reason"])
    Appointment.objects.bulk_create(new)
    rights_end(alliances, {each.account_id for each in ended})
    return changed


def store_memberships(reading: Reading, today: date) -> None:
    """Let the roster's enterprises join the alliances it names, from the alliance's or the enterprise's founding.

    A blank cell ends no membership, and whoever left does not come back by being named: leaving and joining again have
    their own procedure.
    """
    named = [row.values for row in reading.rows if row.values["alliances"]]
    if not named:
        return
    alliances = {each.pk: each for each in Alliance.objects.filter(pk__in={
        pk for values in named for candidates in values["alliances"] for pk in candidates
    })}  # fmt: skip
    codes = [values["credit_code"] for values in named]
    ids = dict(Enterprise.objects.filter(credit_code__in=codes).values_list("credit_code", "pk"))
    known = set(Membership.objects.filter(alliance__in=alliances).values_list("alliance_id", "enterprise_id"))
    chains = _chains_of_segments(named, alliances)

    def likelihood(alliance: int, enterprise: int, segment: str) -> tuple[bool, bool, int]:
        """Of alliances with one name an enterprise means its own, the one it started, that of its segment's chain."""
        of = alliances[alliance]
        return (alliance, enterprise) in known, of.initiator_id == enterprise, chains[segment, of.cluster_id]

    wanted: dict[tuple[int, int], Values] = {}
    for values in named:
        enterprise, segment = ids[values["credit_code"]], values["segment_name"]
        for candidates in values["alliances"]:
            meant = max(candidates, key=lambda pk, of=enterprise, within=segment: likelihood(pk, of, within))
            wanted[meant, enterprise] = values
    Membership.objects.bulk_create(
        Membership(
            alliance_id=alliance,
            enterprise_id=enterprise,
            joined_on=max(alliances[alliance].founded_on, values["founded_on"] or date.min),
        )
        for (alliance, enterprise), values in wanted.items()
        if (alliance, enterprise) not in known
    )
    order = {"up": 0, "middle": 1, "down": 2}
    segments = {
        (alliances[alliance].cluster_id, values["segment_name"]): values["stream"]
        for (alliance, _), values in wanted.items()
        if values["segment_name"] and values["stream"]
    }
    records = [
        {"cluster": cluster, "name": name, "stream": stream, "position": order[stream]}
        for (cluster, name), stream in sorted(segments.items())
    ]
    upsert(Segment, records, key=("cluster", "name"), fixed=("position",))


def _chains_of_segments(named: Sequence[Values], alliances: Mapping[int, Alliance]) -> Counter[tuple[str, int]]:
    """How often a segment occurs in each chain: among members, and in the rows whose alliance is beyond doubt."""
    members = Membership.objects.filter(left_on__isnull=True)
    found = Counter(members.values_list("enterprise__segment_name", "alliance__cluster_id"))
    found.update(
        (values["segment_name"], alliances[candidates[0]].cluster_id)
        for values in named
        for candidates in values["alliances"]
        if len(candidates) == 1
    )
    return found


def store_activities(reading: Reading, today: date) -> Counts:
    """Write activities and who took part."""
    rows = reading.rows
    hosts = dict(
        Enterprise.objects.filter(name__in={row.values["host_name"] for row in rows}).values_list("name", "pk")
    )
    meant = settle([(row.values["alliance"], row.values["enterprises"]) for row in rows])
    records = [
        {
            **{name: row.values[name] for name in ("held_on", "type", "five_joint", "topic", "head_count")},
            "alliance": alliance,
            "host_name": row.values["host_name"] or "",
            "host": hosts.get(row.values["host_name"]),
            "outcome": row.values["outcome"] or "",
            **{name: row.values[name] for name in OUTCOMES},
            "state": row.values["state"] or Activity.State.HELD,
        }
        for row, alliance in zip(rows, meant, strict=True)
    ]
    records = with_keys(Activity, records, ACTIVITIES.natural_key, parts=parts_of(ACTIVITIES, rows))
    absent = reading.absent_columns
    stored = upsert(
        Activity, records, key=("ledger_key",), fixed=(*absent, "host") if "host_name" in absent else absent
    )
    stored.index(Activity)
    if "state" in absent:
        # Such a ledger lists what has been held: what was planned here has happened.
        planned = Activity.objects.filter(ledger_key__in=[record["ledger_key"] for record in records])
        planned.filter(state=Activity.State.PLANNED, held_on__lte=today).update(state=Activity.State.HELD)
    if "enterprises" not in absent:
        keys = [record["ledger_key"] for record in records]
        ids = dict(Activity.objects.filter(ledger_key__in=keys).values_list("ledger_key", "pk"))
        wanted = {ids[key]: row.values["enterprises"] for key, row in zip(keys, rows, strict=True)}
        link(ActivityEnterprise, "activity", "enterprise", wanted)
    return counted(rows, stored)


def alliance_rows(alliances: QuerySet[Alliance]) -> Iterator[Values]:
    """Roster rows of alliances."""
    label = EnterpriseLabels()
    for alliance in with_officers(alliances).select_related("cluster", "region", "lead_unit", "initiator"):
        yield {
            **{column.key: getattr(alliance, column.key) for column in ROSTER.columns},
            "cluster": alliance.cluster.label,
            "region": alliance.region.name,
            "lead_unit": alliance.lead_unit.name if alliance.lead_unit else None,
            "initiator": label(alliance.initiator) if alliance.initiator else None,
        }


def activity_rows(activities: QuerySet[Activity]) -> Iterator[Values]:
    """Ledger rows of activities."""
    label = EnterpriseLabels()
    for activity in activities.select_related("alliance", "type").prefetch_related("enterprises"):
        yield {
            **{column.key: getattr(activity, column.key) for column in ACTIVITIES.columns},
            "alliance": activity.alliance.name,
            "type": activity.type.label,
            "state": activity.get_state_display() if activity.state == Activity.State.WITHDRAWN else activity.state,
            "enterprises": tuple(map(label, activity.enterprises.all())),
        }


def register_ledgers() -> None:
    """Called when the app is ready."""
    register_lookup("alliance", alliances_by_name, source=(ROSTER.key, "name"))
    register(Ledger(ROSTER, store_alliances, alliance_rows, lambda actor: alliance_list(actor=actor), order=10))
    register(Ledger(ACTIVITIES, store_activities, activity_rows, lambda actor: activity_list(actor=actor), order=60))
    follow("enterprises", store_memberships)
