"""Reads for figures and papers.

All figures of a period and of the one before come from one statement: each source is a grouped queryset, already
narrowed by its own app to what the actor may see, and the database hands all groups back as JSON.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    Count,
    F,
    Func,
    IntegerField,
    JSONField,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import TruncMonth
from django.shortcuts import get_object_or_404
from django.utils import timezone

from alliances.models import Alliance, Handover, Meeting, Membership
from alliances.organisation_chart import tiers
from alliances.permissions import SEES_DEMANDS
from alliances.rotation_wording import in_words
from alliances.selectors import activity_list_held, alliance_list, with_counts
from alliances.selectors.appointments import with_officers
from alliances.selectors.chains import chain_stages, chain_supplies
from alliances.selectors.charters import charter_list
from alliances.selectors.handovers import handover_list, with_units
from alliances.selectors.organisation import alliance_organisation
from alliances.selectors.rotation import rotation_of
from demands.lights import ON_TIME, with_light
from demands.models import Demand
from demands.selectors import demand_list, resource_list
from enterprises.models import Enterprise, PartyOrganisation, PartyOrganisationCount, SupportedEnterprise
from enterprises.selectors import cadre_list, enterprise_list, party_organisation_list, support_group_list
from policies.selectors import policy_list
from tenants.models import Job, Region, Tenant
from tenants.permissions import Actor
from tenants.scope import require_tenant_id

from .charts import by_place, charts
from .figures import Figures, Place, Rows, figures, shown
from .models import Briefing, HandoverPaper, Minutes, Snapshot
from .overview import Overview, TypicalCase
from .periods import Period
from .permissions import RegionTree, region_tree
from .profile import Profile
from .sentences import activity_case, demand_case

Result, State = Demand.Result, Demand.State
#: Task name of the jobs that make briefings.
BRIEFING_TASK = "reports.briefing_make"
HANDOVER_TASK = "reports.handover_paper_make"
MINUTES_TASK = "reports.minutes_make"
PROFILE_TASK = "reports.profile_make"
#: Gains that a briefing tells of: field, words, unit.
GAINS = (("loan", "协调发放贷款", "万元"), ("talent", "引进人才用工", "人"), ("land", "解决用地", "亩"))
#: Where a demand's region and park stand.
OF_ENTERPRISE = ("enterprise__region", "enterprise__park")
ACTIVITIES_TOLD = 1


class ExactDecoder(json.JSONDecoder):
    """Reads JSON's numbers with a point as Decimal: money is never a float."""

    def __init__(self) -> None:
        super().__init__(parse_float=Decimal)


class DaysBetween(Func):
    """Natural days from the first day to the second: PostgreSQL's date difference, a whole number."""

    template = "(%(expressions)s)"
    arg_joiner = " - "
    output_field = IntegerField()

    def __init__(self, start: str, end: str) -> None:
        super().__init__(end, start)


class AllRows(Subquery):
    """All rows of a `values()` queryset as one JSON list of objects."""

    template = "(SELECT COALESCE(jsonb_agg(to_jsonb(_row)), '[]'::jsonb) FROM (%(subquery)s) _row)"
    output_field = JSONField(decoder=ExactDecoder)


def overview_for(
    *, actor: Actor, period: Period, region: Region | None, today: date, tree: RegionTree | None = None
) -> Overview:
    """What dashboard and briefing show of `period` and `region` (None: all that the actor may see).

    One statement, besides the one for the region tree. Raises `PermissionDenied` for roles without figures.
    """
    tree = tree or region_tree(actor)
    place = tree.place(region)
    before = period.previous
    sources = {f"now_{name}": rows for name, rows in _sources(actor, period, place, today).items()}
    sources |= {f"before_{name}": rows for name, rows in _sources(actor, before, place, today).items()}
    found = _together(sources)
    rows: Rows = {name.removeprefix("now_"): found[name] for name in found if name.startswith("now_")}
    rows_before: Rows = {name.removeprefix("before_"): found[name] for name in found if name.startswith("before_")}
    parts = by_place(rows, tree.parts(region), period)
    return Overview(
        period=period,
        place=place,
        as_of=today,
        figures=figures(rows, rows_before, period, place),
        parts=parts,
        charts=charts(rows, parts, period, place),
    )


def figures_for(*, actor: Actor, period_from: date, period_to: date, region: Region | None = None) -> Figures:
    """The figures alone, both days included. Raises `ValueError` when the days are the wrong way round."""
    period = Period(period_from, period_to)
    return overview_for(actor=actor, period=period, region=region, today=timezone.localdate()).figures


def _together(sources: dict[str, QuerySet]) -> dict[str, list[dict[str, Any]]]:
    tenant = Tenant.objects.filter(pk=require_tenant_id())
    found: Any = tenant.values(**{name: AllRows(rows.order_by()) for name, rows in sources.items()}).get()
    return dict(found)


def _sources(actor: Actor, period: Period, place: Place, today: date) -> dict[str, QuerySet]:
    """The grouped rows that `reports.figures` lists, of one period."""
    in_post = _in(place, cadre_list(actor=actor), "group__region").filter(
        Q(relieved_on__isnull=True) | Q(relieved_on__gt=period.end), assigned_on__lte=period.end
    )
    groups = support_group_list(actor=actor).filter(pk__in=in_post.values("group"))
    resources = resource_list(actor=actor).filter(published_on__lte=period.end)
    if not actor.sees_whole_tenant:  # what others share with the whole city is theirs to count
        resources = resources.filter(alliance__in=alliance_list(actor=actor))
    return {
        "alliances": _in(place, alliance_list(actor=actor), "region")
        .filter(founded_on__lte=period.end)
        .values("region")
        .annotate(n=Count("pk")),
        "enterprises": _enterprises(actor, period, place),
        "groups": _in(place, groups, "region").values("level", "region").annotate(n=Count("pk")),
        "cadres": in_post.values(region=F("group__region")).annotate(n=Count("pk")),
        "party": _party(actor, period, place),
        "activities": _in(place, activity_list_held(actor=actor), "alliance__region")
        .filter(held_on__range=(period.start, period.end))
        .values("five_joint", kind=F("type__group"), month=TruncMonth("held_on"), region=F("alliance__region"))
        .annotate(n=Count("pk"), heads=Sum("head_count", default=0)),
        "demands": _demands(actor, period, place, today),
        "due": _in(place, demand_list(actor=actor), *OF_ENTERPRISE)
        .filter(due_on__range=(period.start, period.end))
        .values(region=F("enterprise__region"))
        .annotate(n=Count("pk"), on_time=Count("pk", filter=ON_TIME)),
        "policies": policy_list(actor=actor)
        .filter(effective_on__lte=period.end)
        .values("tenant")
        .annotate(n=Count("pk")),
        "resources": _in(place, resources, "alliance__region")
        .values(region=F("alliance__region"))
        .annotate(n=Count("pk")),
    }


def _in(place: Place, rows: QuerySet, region: str, park: str = "") -> QuerySet:
    """The rows of the place; `park` is where an enterprise's park stands, beside its county: park staff look there."""
    if place.region_ids is None:
        return rows
    found = Q(**{f"{region}__in": place.region_ids})
    if park and not place.is_county:
        found |= Q(**{f"{park}__in": place.region_ids})
    return rows.filter(found)


def _enterprises(actor: Actor, period: Period, place: Place) -> QuerySet[Enterprise]:
    members = Membership.objects.filter(Q(left_on__isnull=True) | Q(left_on__gt=period.end), joined_on__lte=period.end)
    organised = PartyOrganisation.objects.filter(form__in=(PartyOrganisation.Form.OWN, PartyOrganisation.Form.JOINT))
    enterprises = _in(place, enterprise_list(actor=actor), "region", "park")
    served = Q(pk__in=SupportedEnterprise.objects.values("enterprise"), is_climbing=True)
    return (
        enterprises.filter(Q(founded_on__isnull=True) | Q(founded_on__lte=period.end))
        .values("region")
        .annotate(
            n=Count("pk"),
            operating=Count("pk", filter=Q(is_operating=True)),
            covered=Count("pk", filter=Q(is_operating=True, pk__in=organised.values("enterprise"))),
            members=Count("pk", filter=Q(pk__in=members.values("enterprise"))),
            climbing=Count("pk", filter=Q(is_climbing=True)),
            served=Count("pk", filter=served),
        )
    )


def _party(actor: Actor, period: Period, place: Place) -> QuerySet[PartyOrganisationCount]:
    reports = PartyOrganisationCount.objects.filter(reported_on__range=(period.start, period.end))
    if not actor.sees_whole_tenant:
        reports = reports.filter(organisation__in=party_organisation_list(actor=actor))
    latest = reports.order_by("organisation_id", "-reported_on").distinct("organisation_id")
    counted = PartyOrganisationCount.objects.filter(pk__in=latest.values("pk"))
    return (
        _in(place, counted, "organisation__enterprise__region", "organisation__enterprise__park")
        .values(region=F("organisation__enterprise__region"))
        .annotate(n=Count("pk"), developed_sum=Sum("developed"), activists_sum=Sum("activists"))
    )


def _demands(actor: Actor, period: Period, place: Place, today: date) -> QuerySet[Demand]:
    settled = Case(
        When(result=Result.SOLVED, then=Value(Decimal(1))),
        When(result=Result.PARTLY, then=Value(Decimal("0.5"))),
        default=Value(Decimal(0)),
    )
    never_taken = (State.DRAFT, State.SUBMITTED, State.RETURNED, State.REFUSED, State.MERGED)
    accepted = ~Q(state__in=never_taken) & ~Q(result=Result.WITHDRAWN)
    handled = Q(closed_on__isnull=False) & ~Q(state__in=(State.REFUSED, State.MERGED))
    raised = _in(place, demand_list(actor=actor), *OF_ENTERPRISE).exclude(state=State.DRAFT)
    raised = raised.filter(raised_on__range=(period.start, period.end))
    return (
        with_light(raised, today=today)
        .values(
            "light", "element", element_label=F("element__label"), element_position=F("element__position"),
            region=F("enterprise__region"),
        )
        .annotate(
            n=Count("pk"),
            accepted=Count("pk", filter=accepted),
            solved=Count("pk", filter=Q(result=Result.SOLVED)),
            settled=Sum(settled),
            closed=Count("pk", filter=handled),
            days=Sum(DaysBetween("raised_on", "closed_on"), filter=handled, default=0),
            rated=Count("rating"),
            satisfied=Count("pk", filter=Q(rating__gte=Demand.Rating.MOSTLY_SATISFIED)),
            loans=Sum("loan", default=0),
            talents=Sum("talent", default=0),
            lands=Sum("land", default=0),
        )
    )  # fmt: skip


def cases_for(*, actor: Actor, period: Period, place: Place) -> tuple[TypicalCase, ...]:
    """The demands that brought most, one of each kind of gain, and the liveliest activities with an outcome."""
    solved = _in(place, demand_list(actor=actor), *OF_ENTERPRISE).filter(
        raised_on__range=(period.start, period.end), result=Result.SOLVED, closed_on__isnull=False
    )
    solved = solved.filter(Q(rating__isnull=True) | Q(rating__gte=Demand.Rating.MOSTLY_SATISFIED))
    cases: list[TypicalCase] = []
    told: set[int] = set()
    for field, words, unit in GAINS:
        best = solved.filter(**{f"{field}__gt": 0}).exclude(pk__in=told)
        for demand in best.select_related("enterprise", "alliance", "unit").order_by(f"-{field}", "pk")[:1]:
            told.add(demand.pk)
            case = demand_case(
                enterprise=demand.enterprise.name,
                alliance=demand.alliance.name if demand.alliance else "",
                content=demand.content,
                unit=demand.unit.name if demand.unit else "",
                raised_on=demand.raised_on,
                closed_on=demand.closed_on,
                gains=f"{words}{shown(getattr(demand, field), 0)}{unit}",
                rating=demand.get_rating_display() if demand.rating else "",
            )
            cases.append(case)
    held = _in(place, activity_list_held(actor=actor), "alliance__region").filter(
        held_on__range=(period.start, period.end), outcome__gt=""
    )
    for activity in held.select_related("alliance").order_by(F("head_count").desc(nulls_last=True), "pk")[
        :ACTIVITIES_TOLD
    ]:
        case = activity_case(
            alliance=activity.alliance.name,
            topic=activity.topic,
            held_on=activity.held_on,
            heads=activity.head_count,
            outcome=activity.outcome,
        )
        cases.append(case)
    return tuple(cases)


def briefing_list(*, actor: Actor) -> QuerySet[Briefing]:
    """The archived briefings of the regions that the actor runs, the latest first."""
    return _of_own_regions(actor, Briefing.objects.order_by("-serial"))


def briefing_get(*, actor: Actor, pk: int) -> Briefing:
    """One of them with its file and snapshot, or 404."""
    return get_object_or_404(briefing_list(actor=actor).select_related("file", "snapshot", "region"), pk=pk)


def briefing_job_get(*, actor: Actor, pk: int) -> Job:
    """A briefing that this actor is having made, or 404."""
    return get_object_or_404(Job, pk=pk, task=BRIEFING_TASK, started_by=actor.user)


def snapshot_list(*, actor: Actor) -> QuerySet[Snapshot]:
    """The frozen figures of the regions that the actor runs."""
    return _of_own_regions(actor, Snapshot.objects.order_by("-pk"))


def snapshot_get(*, actor: Actor, number: str) -> Snapshot:
    """One of them by its number, or 404."""
    return get_object_or_404(snapshot_list(actor=actor).select_related("region"), number=number)


def _of_own_regions(actor: Actor, rows: QuerySet) -> QuerySet:
    if actor.sees_whole_tenant:
        return rows
    return rows.filter(region__in=actor.region_ids) if actor.is_staff else rows.none()


def snapshot_of(*, actor: Actor, period: Period, region: Region) -> Snapshot | None:
    """The latest frozen figures of exactly this period and region, if there are any. Without the figures themselves."""
    found = snapshot_list(actor=actor).filter(region=region, period_from=period.start, period_to=period.end)
    return found.defer("figures").first()


def briefing_jobs_open(*, actor: Actor) -> list[Job]:
    """The briefings that this actor is having made right now."""
    states = (Job.State.QUEUED, Job.State.RUNNING)
    return list(Job.objects.filter(task=BRIEFING_TASK, state__in=states, started_by=actor.user).order_by("pk"))


def handover_paper(handover: Handover) -> HandoverPaper | None:
    """The paper of a visible pack, if somebody has asked for it."""
    return HandoverPaper.objects.select_related("job", "file").filter(handover=handover).first()


def handover_finished_get(*, actor: Actor, pk: int) -> Handover:
    """A visible pack that all three have signed, or 404."""
    return get_object_or_404(with_units(handover_list(actor=actor)), pk=pk, state=Handover.State.DONE)


def minutes_job(meeting: Meeting) -> Job | None:
    """The last job that makes a meeting's minutes."""
    return Job.objects.filter(task=MINUTES_TASK, arguments__meeting=meeting.pk).order_by("-pk").first()


def minutes_of(meeting: Meeting) -> Minutes | None:
    """The archived minutes of a visible meeting."""
    return Minutes.objects.filter(meeting=meeting).select_related("pdf", "word").first()


def profile_job(*, actor: Actor, alliance: Alliance) -> Job | None:
    """The last profile of a visible alliance that this actor asked for."""
    asked = Job.objects.filter(task=PROFILE_TASK, started_by=actor.user, arguments__alliance=alliance.pk)
    return asked.order_by("-pk").first()


def profile_of(*, actor: Actor, alliance: Alliance, today: date) -> Profile:
    """A visible alliance on one page: facts, who leads and supports it, and where its members stand in the chain."""
    counted = with_officers(with_counts(alliance_list(actor=actor).filter(pk=alliance.pk), today=today)).get()
    organisation = alliance_organisation(alliance)
    charter = charter_list(actor=actor, alliance=alliance).first()
    rotation = rotation_of(alliance=alliance, today=today)
    leader = rotation.leader.person if rotation.leader else ""
    standing = "，".join(f"{label} {count}" for label, count in organisation.streams)
    facts = [
        ("成立日期", in_words(alliance.founded_on)),
        ("发起单位", alliance.initiator.name if alliance.initiator else ""),
        ("牵头部门", alliance.lead_unit.name if alliance.lead_unit else ""),
        ("联盟指导员", counted.instructor),
        ("理事长", counted.chairman),
        ("秘书长", counted.secretary_general),
        ("联络员", counted.liaison),
        ("章程", f"第{charter.version}版（{in_words(charter.adopted_on)}通过）" if charter else "未登记"),
        ("成员企业", f"{organisation.members} 家（{standing}）"),
        ("已建党组织", f"{organisation.organised_members} 家"),
        ("本季度轮值", f"{rotation.present.organisation.name} {leader}".strip() if rotation.present else ""),
        ("本年活动", f"{counted.activity_count} 场"),
    ]
    if actor.roles & SEES_DEMANDS:
        facts.append(("在办诉求", f"{counted.open_demand_count} 件"))
    chain = chain_stages(actor=actor, chain=alliance.cluster)
    members = frozenset(
        Membership.objects.filter(alliance=alliance, left_on__isnull=True).values_list("enterprise", flat=True)
    )
    return Profile(
        alliance=alliance,
        facts=facts,
        tiers=tiers(organisation),
        chain=chain,
        supplies=chain_supplies(chain=alliance.cluster, among=chain),
        members=members,
        sees_chain=actor.is_staff,
    )
