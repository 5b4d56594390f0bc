"""The enterprise roster, the Party organisation ledger and the support force ledger."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from ledgers.cleaning import CellFault
from ledgers.kinds import Amount, Bool, Choice, CreditCode, Date, Integer, Lookup, MultiLookup, MultiText, Name, Phone
from ledgers.reading import Reading
from ledgers.registry import Ledger, register, register_lookup
from ledgers.sheet import Column, Sheet, Values
from ledgers.storing import Counts, counted, link, upsert, with_keys
from tenants import search
from tenants.models import Region

from .models import (
    Cadre,
    Enterprise,
    PartyOrganisation,
    PartyOrganisationCount,
    Scale,
    Stream,
    SupportedEnterprise,
    SupportGroup,
)
from .selectors import cadre_list, enterprise_list, party_organisation_list

REGION = Lookup("region", missing="县（市、区）不存在")
ENTERPRISE = Lookup("enterprise", missing="企业不在名册")
ENTERPRISES = MultiLookup("enterprise", missing="企业不在名册")

ROSTER = Sheet(
    key="enterprises",
    title="企业名册",
    filename="企业名册.xlsx",
    natural_key=("credit_code",),
    columns=(
        Column("alliances", "所属联盟", MultiLookup("alliance", missing="联盟不在名册"), help="没有加入联盟的企业留空"),
        Column("name", "企业名称", Name(max_length=120), required=True, example="鱼台嘉通燃料化工有限公司"),
        Column("credit_code", "统一社会信用代码", CreditCode(), required=True, example="91370827MAYFG6PG5F"),
        Column("region", "县（市、区）", REGION, required=True, aliases=("县市区",), example="鱼台县"),
        Column("park", "所在园区", Name(max_length=60), example="鱼台高新技术产业园"),
        Column("segment_name", "产业链环节", Name(max_length=40), example="燃料化工"),
        Column("stream", "上中下游", Choice(Stream.choices)),
        Column("scale", "企业类型", Choice(Scale.choices), required=True),
        Column("staff", "从业人数", Integer(), aliases=("从业人数（人）",), example="723"),
        Column("revenue", "年营业收入（万元）", Amount("万元", places=4)),
        Column("research_share", "研发占比（%）", Amount("%", places=2, maximum=100)),
        Column("honours", "资质荣誉", MultiText(), help="多项用“、”分开"),
        Column("founded_on", "成立日期", Date(reported=True)),
        Column("is_climbing", "助企攀登企业", Bool()),
        Column("contact_name", "联系人", Name(max_length=40), personal=True),
        Column("contact_phone", "联系电话", Phone(), personal=True),
    ),
)

PARTY = Sheet(
    key="party_organisations",
    title="党组织台账",
    filename="党组织台账.xlsx",
    natural_key=("enterprise", "name"),
    notes=("只填人数，不填党员姓名；书记、专职党务工作者是职务，可以填写姓名。",),
    columns=(
        Column("enterprise", "企业名称", ENTERPRISE, required=True),
        Column("name", "党组织名称", Name(max_length=120), required=True),
        Column("kind", "类型", Choice(PartyOrganisation.Kind.choices), required=True),
        Column("secretary", "书记", Name(max_length=40), personal=True),
        Column("secretary_post", "行政职务", Name(max_length=40)),
        Column("secretary_is_manager", "中层及以上", Bool()),
        Column("members", "党员数", Integer(), required=True),
        Column("developed", "本年度发展党员数", Integer()),
        Column("activists", "入党积极分子数", Integer()),
        Column("applicants", "递交入党申请书数", Integer()),
        Column("is_paired", "结对共建", Bool()),
        Column("worker", "专职党务工作者", Name(max_length=40), personal=True),
        Column("worker_is_certified", "资格认证", Bool(yes="持证", no="未持证")),
    ),
)

FORCES = Sheet(
    key="support_forces",
    title="助企力量台账",
    filename="助企力量台账.xlsx",
    natural_key=("group", "name"),
    repeats_allowed=True,
    columns=(
        Column("group", "小组名称", Name(max_length=80), required=True, example="市级第1助企攀登小组"),
        Column("level", "层级", Choice(SupportGroup.Level.choices), required=True),
        Column("region", "县（市、区）", REGION, required=True, aliases=("县市区",)),
        Column("name", "姓名", Name(max_length=40), required=True, personal=True),
        Column("is_leader", "组内职务", Bool(yes="组长", no="成员"), required=True),
        Column("rank", "职级", Choice(Cadre.Rank.choices), required=True),
        Column("home_unit", "派出单位", Name(max_length=80), required=True),
        Column("enterprises", "服务企业", ENTERPRISES),
        Column("assigned_on", "选派日期", Date(reported=True), required=True),
        Column("is_full_time", "脱产", Bool()),
    ),
)


def enterprises_by_name(names: Collection[str]) -> Mapping[str, int | CellFault]:
    """Ids by name or 统一社会信用代码; a name that several enterprises bear stands for none of them."""
    found: dict[str, int | CellFault] = {}
    for name, pk in Enterprise.objects.filter(name__in=names).values_list("name", "pk"):
        if name in found:
            found[name] = CellFault("lookup", "企业名称有重名", f"有几家企业都叫“{name}”，请改填统一社会信用代码")
        else:
            found[name] = pk
    return found | dict(Enterprise.objects.filter(credit_code__in=names).values_list("credit_code", "pk"))


class EnterpriseLabels:
    """What a ledger calls an enterprise: its name, or its code where several bear the same name."""

    def __init__(self) -> None:
        names = Enterprise.objects.order_by().values("name").annotate(bearers=Count("pk")).filter(bearers__gt=1)
        self._shared = set(names.values_list("name", flat=True))

    def __call__(self, enterprise: Enterprise) -> str:
        return enterprise.credit_code if enterprise.name in self._shared else enterprise.name


def counties_by_name(names: Collection[str]) -> Mapping[str, int]:
    """Ids of counties."""
    counties = Region.objects.filter(level=Region.Level.COUNTY, name__in=names)
    return dict(counties.values_list("name", "pk"))


def store_enterprises(reading: Reading, today: date) -> Counts:
    """Write the roster; parks that are named for the first time are created below their county."""
    rows = reading.rows
    parks, created = _parks({(row.values["region"], row.values["park"]) for row in rows if row.values["park"]})
    plain = (
        "name", "credit_code", "region", "segment_name", "stream", "scale", "staff", "revenue", "research_share",
        "honours", "founded_on", "is_climbing", "contact_name", "contact_phone",
    )  # fmt: skip
    texts = {"segment_name", "stream", "contact_name", "contact_phone"}
    records = []
    for row in rows:
        values = row.values
        record = {name: values[name] for name in plain}
        for name in texts:
            record[name] = record[name] or ""
        record["is_climbing"] = bool(record["is_climbing"])
        record["park"] = parks.get((values["region"], values["park"]))
        record["initials"] = search.initials(values["name"])[:120]
        record["pinyin"] = search.full_pinyin(values["name"])[:400]
        record["figures_on"] = reading.reported_on or today
        records.append(record)
    # A file that does not say for which day it is (an export) does not make old figures younger.
    quiet = () if reading.reported_on else ("figures_on",)
    stored = upsert(Enterprise, records, key=("credit_code",), fixed=reading.absent_columns, quiet=quiet)
    stored.index(Enterprise)
    counts = counted(rows, stored)
    if created:
        counts.remarks.append(f"新建园区 {created} 个")
    return counts


def _parks(wanted: set[tuple[int, str]]) -> tuple[dict[tuple[int, str], int], int]:
    """Ids of parks by (county, name), and how many of them had to be created."""
    known = dict.fromkeys(wanted)
    there = Region.objects.filter(level=Region.Level.PARK, parent__in={county for county, _ in wanted})
    known |= {(county, name): pk for county, name, pk in there.values_list("parent_id", "name", "pk")}
    missing = sorted(pair for pair, pk in known.items() if pk is None)
    if missing:
        paths = dict(Region.objects.filter(pk__in={county for county, _ in missing}).values_list("pk", "path"))
        for (county, name), pk in zip(missing, _next_ids(Region, len(missing)), strict=True):
            known[county, name] = pk
        Region.objects.bulk_create(
            Region(
                pk=known[county, name],
                name=name,
                level=Region.Level.PARK,
                parent_id=county,
                path=f"{paths[county]}{known[county, name]}/",
            )
            for county, name in missing
        )
    return {pair: pk for pair, pk in known.items() if pk is not None}, len(missing)


def _next_ids(model: type[Region], number: int) -> list[int]:
    """Ids taken in advance, because a region's path contains its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, number],
        )
        return [row[0] for row in cursor.fetchall()]


REPORTED = ("members", "developed", "activists", "applicants")


def store_party_organisations(reading: Reading, today: date) -> Counts:
    """Write Party organisations and what they report for this day."""
    rows = reading.rows
    records = [
        {
            "enterprise": row.values["enterprise"],
            "name": row.values["name"],
            "initials": search.initials(row.values["name"])[:120],
            "kind": row.values["kind"],
            "form": PartyOrganisation.Form.OWN,
            "secretary": row.values["secretary"] or "",
            "secretary_post": row.values["secretary_post"] or "",
            "secretary_is_manager": bool(row.values["secretary_is_manager"]),
            "is_paired": bool(row.values["is_paired"]),
            "worker": row.values["worker"] or "",
            "worker_is_certified": bool(row.values["worker_is_certified"]),
        }
        for row in rows
    ]
    stored = upsert(PartyOrganisation, records, key=("enterprise", "name"), fixed=("form", *reading.absent_columns))
    stored.index(PartyOrganisation)
    organisations = PartyOrganisation.objects.filter(enterprise__in={record["enterprise"] for record in records})
    ids = {(enterprise, name): pk for enterprise, name, pk in organisations.values_list("enterprise_id", "name", "pk")}
    reports = [
        {
            "organisation": ids[row.values["enterprise"], row.values["name"]],
            "reported_on": reading.reported_on or today,
            **{name: row.values[name] or 0 for name in REPORTED},
        }
        for row in rows
    ]
    if reading.reported_on is None:
        reports = _news(reports)
    counts = upsert(PartyOrganisationCount, reports, key=("organisation", "reported_on"), fixed=reading.absent_columns)
    result = counted(rows, stored)
    # A row whose only news are its counts has changed as well.
    told = {row["organisation"] for row in (*counts.created.values(), *counts.updated.values())}
    result.updated = len(told.union(stored.updated) - stored.created.keys())
    result.unchanged = len(rows) - result.created - result.updated
    return result


def _news(reports: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that differ from what the organisation reported last: an export that comes back is no new report."""
    counts = PartyOrganisationCount.objects.filter(organisation__in=[report["organisation"] for report in reports])
    last = counts.order_by("organisation", "-reported_on").distinct("organisation")
    known = {organisation: values for organisation, *values in last.values_list("organisation", *REPORTED)}
    return [report for report in reports if known.get(report["organisation"]) != [report[name] for name in REPORTED]]


def store_forces(reading: Reading, today: date) -> Counts:
    """Write groups, the enterprises they serve, and their cadres."""
    rows, absent = reading.rows, reading.absent_columns
    groups: dict[str, dict[str, Any]] = {}
    served: dict[str, set[int]] = {}
    for row in rows:
        name = row.values["group"]
        groups.setdefault(
            name,
            {
                "name": name,
                "initials": search.initials(name)[:80],
                "level": row.values["level"],
                "region": row.values["region"],
            },
        )
        served.setdefault(name, set()).update(row.values["enterprises"])
    changed = upsert(SupportGroup, list(groups.values()), key=("name",))
    changed.index(SupportGroup)
    ids = dict(SupportGroup.objects.filter(name__in=groups).values_list("name", "pk"))
    if "enterprises" not in absent:
        link(SupportedEnterprise, "group", "enterprise", {ids[name]: members for name, members in served.items()})
    records = [
        {
            "group": ids[row.values["group"]],
            "name": row.values["name"],
            "initials": search.initials(row.values["name"])[:40],
            "is_leader": row.values["is_leader"],
            "rank": row.values["rank"],
            "home_unit": row.values["home_unit"],
            "assigned_on": row.values["assigned_on"],
            "is_full_time": row.values["is_full_time"] is not False,
        }
        for row in rows
    ]
    records = with_keys(Cadre, records, FORCES.natural_key)
    stored = upsert(Cadre, records, key=("ledger_key",), fixed=absent)
    stored.index(Cadre)
    return counted(rows, stored)


def enterprise_rows(enterprises: QuerySet[Enterprise]) -> Iterator[Values]:
    """Roster rows of enterprises; the alliances column is filled by the alliances app."""
    memberships = "memberships__alliance"
    for enterprise in enterprises.select_related("region", "park").prefetch_related(memberships):
        current = [m.alliance.name for m in enterprise.memberships.all() if m.left_on is None]
        yield {
            **{column.key: getattr(enterprise, column.key, None) for column in ROSTER.columns},
            "alliances": tuple(current),
            "region": enterprise.region.name,
            "park": enterprise.park.name if enterprise.park else None,
        }


def party_rows(organisations: QuerySet[PartyOrganisation]) -> Iterator[Values]:
    """Ledger rows of Party organisations with what each reported last."""
    label = EnterpriseLabels()
    for organisation in organisations.select_related("enterprise").prefetch_related("counts"):
        last = next(iter(organisation.counts.all()), None)
        yield {
            **{column.key: getattr(organisation, column.key, None) for column in PARTY.columns},
            **{name: getattr(last, name, None) for name in REPORTED},
            "enterprise": label(organisation.enterprise),
        }


def force_rows(cadres: QuerySet[Cadre]) -> Iterator[Values]:
    """Ledger rows of cadres with their groups."""
    label = EnterpriseLabels()
    cadres = cadres.select_related("group__region").prefetch_related("group__enterprises")
    for cadre in cadres:
        yield {
            **{column.key: getattr(cadre, column.key, None) for column in FORCES.columns},
            "group": cadre.group.name,
            "level": cadre.group.level,
            "region": cadre.group.region.name,
            "enterprises": tuple(map(label, cadre.group.enterprises.all())),
        }


def register_ledgers() -> None:
    """Called when the app is ready."""
    register_lookup("enterprise", enterprises_by_name, source=(ROSTER.key, "name"))
    register_lookup("region", counties_by_name)
    sheets: Iterable[tuple[Sheet, Any, Any, Any, int]] = (
        (ROSTER, store_enterprises, enterprise_rows, enterprise_list, 20),
        (PARTY, store_party_organisations, party_rows, party_organisation_list, 30),
        (FORCES, store_forces, force_rows, cadre_list, 40),
    )
    for sheet, store, rows, selector, order in sheets:
        register(Ledger(sheet, store, rows, lambda actor, of=selector: of(actor=actor), order))
