"""Reads about enterprises, their Party organisations and the forces that support them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, JSONField, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject
from django.shortcuts import get_object_or_404

from tenants.permissions import Actor

from ..models import (
    Cadre,
    Enterprise,
    PartyOrganisation,
    PartyOrganisationCount,
    SupportedEnterprise,
    SupportGroup,
    Visit,
)
from ..permissions import visible_enterprises
from .teams import has_force


def enterprise_list(*, actor: Actor) -> QuerySet[Enterprise]:
    """The enterprises that the actor may see."""
    return visible_enterprises(actor)


def enterprise_get(*, actor: Actor, pk: int) -> Enterprise:
    """One of them with its region and park, or 404."""
    return get_object_or_404(visible_enterprises(actor).select_related("region", "park"), pk=pk)


def party_organisation_list(*, actor: Actor) -> QuerySet[PartyOrganisation]:
    """The Party organisations of visible enterprises."""
    organisations = PartyOrganisation.objects.all()
    if actor.sees_whole_tenant:
        return organisations
    return organisations.filter(enterprise__in=visible_enterprises(actor))


def party_organisation_get(*, actor: Actor, pk: int) -> PartyOrganisation:
    """One of them with its enterprise, superior and all it ever reported, or 404."""
    organisations = party_organisation_list(actor=actor).select_related("enterprise__region", "superior")
    return get_object_or_404(organisations.prefetch_related("counts"), pk=pk)


def party_organisations_of(enterprise: Enterprise) -> QuerySet[PartyOrganisation]:
    """The Party organisations of an enterprise that the caller may see, with all they ever reported."""
    return enterprise.party_organisations.select_related("superior").prefetch_related("counts")


def latest_members() -> Subquery:
    """The number of Party members that an organisation (the outer row) reported last; None before its first report."""
    return Subquery(_reports().values("members")[:1])


def with_latest_report(organisations: QuerySet[PartyOrganisation]) -> QuerySet[PartyOrganisation]:
    """Add `report`, what each reported last: members, developed, activists, applicants, reported_on; or None."""
    names = ("members", "developed", "activists", "applicants", "reported_on")
    report = _reports().values(row=JSONObject(**{name: name for name in names}))[:1]
    return organisations.annotate(report=Subquery(report, output_field=JSONField()))


def _reports() -> QuerySet[PartyOrganisationCount]:
    return PartyOrganisationCount.objects.filter(organisation=OuterRef("pk")).order_by("-reported_on")


def support_group_list(*, actor: Actor) -> QuerySet[SupportGroup]:
    """The groups of the actor's regions, and those that serve an enterprise he may see."""
    groups = SupportGroup.objects.all()
    if actor.sees_whole_tenant:
        return groups
    served = Q(pk__in=SupportGroup.enterprises.through.objects.filter(
        enterprise__in=visible_enterprises(actor)
    ).values("group_id"))  # fmt: skip
    return groups.filter(Q(region__in=actor.region_ids) | served)


def support_group_get(*, actor: Actor, pk: int) -> SupportGroup:
    """One of them with its head counts, or 404."""
    groups = with_head_counts(support_group_list(actor=actor).select_related("region"))
    return get_object_or_404(groups, pk=pk)


def support_groups_of(enterprise: Enterprise) -> QuerySet[SupportGroup]:
    """The groups that serve an enterprise which the caller may see, with their cadres."""
    cadres = Prefetch("cadres", Cadre.objects.order_by("-is_leader", "pk"))
    return enterprise.support_groups.select_related("region").prefetch_related(cadres)


def with_head_counts(groups: QuerySet[SupportGroup]) -> QuerySet[SupportGroup]:
    """Add `cadre_count` and `enterprise_count`, counted one group at a time so that neither multiplies the other."""
    return groups.annotate(cadre_count=_number_of(Cadre), enterprise_count=_number_of(SupportedEnterprise))


def _number_of(model: type[Cadre] | type[SupportedEnterprise]) -> Coalesce:
    rows = model.objects.filter(group=OuterRef("pk")).order_by().values("group").values(number=Count("pk"))
    return Coalesce(Subquery(rows), 0)


def cadre_list(*, actor: Actor) -> QuerySet[Cadre]:
    """The cadres of visible groups."""
    cadres = Cadre.objects.all()
    return cadres if actor.sees_whole_tenant else cadres.filter(group__in=support_group_list(actor=actor))


def visit_list(*, actor: Actor) -> QuerySet[Visit]:
    """The visits to visible enterprises, but for those withdrawn."""
    visits = Visit.objects.filter(is_withdrawn=False)
    return visits if actor.sees_whole_tenant else visits.filter(enterprise__in=visible_enterprises(actor))


def visit_get(*, actor: Actor, pk: int) -> Visit:
    """One of them with its enterprise, or 404."""
    return get_object_or_404(visit_list(actor=actor).select_related("enterprise"), pk=pk)


def visits_of(enterprise: Enterprise) -> QuerySet[Visit]:
    """The visits to an enterprise that the caller may see, the latest first."""
    return enterprise.visits.filter(is_withdrawn=False).select_related("group", "recorded_by")


def visited_since(day: date) -> Exists:
    """Whether somebody has been at the enterprise (the outer row) since a day."""
    return Exists(Visit.objects.filter(enterprise=OuterRef("pk"), is_withdrawn=False, visited_on__gte=day))


@dataclass(frozen=True)
class Coverage:
    """How many of the key enterprises (助企攀登) somebody has been at since a day."""

    since: date
    enterprises: int
    visited: int
    #: Without a support group and without a team.
    unserved: int

    @property
    def missing(self) -> int:
        return self.enterprises - self.visited


def visit_coverage(*, actor: Actor, today: date) -> Coverage:
    """Of the visible key enterprises in the quarter of `today`."""
    since = quarter_start(today)
    key = visible_enterprises(actor).filter(is_climbing=True).order_by()
    counts = key.aggregate(
        all=Count("pk"),
        visited=Count("pk", filter=visited_since(since)),
        unserved=Count("pk", filter=~has_force(today)),
    )
    return Coverage(since, counts["all"], counts["visited"], counts["unserved"])


def quarter_start(day: date) -> date:
    """The first day of the natural quarter."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
