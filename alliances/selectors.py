"""Reads about alliances, their members and activities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from enterprises.models import Enterprise, PartyOrganisation, Stream
from tenants.models import Region, Unit
from tenants.permissions import Actor

from .models import Activity, Alliance, Membership
from .permissions import visible_alliances


def alliance_list(*, actor: Actor) -> QuerySet[Alliance]:
    """The alliances that the actor may see."""
    return visible_alliances(actor)


def with_counts(alliances: QuerySet[Alliance], *, today: date) -> QuerySet[Alliance]:
    """Add `member_count`, `activity_count` (of this year) and `open_demand_count`.

    Each is counted by itself: joins would multiply each other's rows. Meant for the few rows that are shown.
    """
    this_year = Q(held_on__gte=date(today.year, 1, 1), held_on__lte=today)
    return alliances.annotate(
        member_count=_count_of("memberships", Q(left_on__isnull=True)),
        activity_count=_count_of("activities", this_year),
        open_demand_count=_count_of("demands", Q(closed_on__isnull=True) & ~Q(state="draft")),
    )


def _count_of(accessor: str, condition: Q) -> Coalesce:
    """The number of rows of a related table, also of a floor above, reached through the relation."""
    rows = Alliance._meta.get_field(accessor).related_model.objects.filter(condition, alliance=OuterRef("pk"))
    counted = rows.order_by().values("alliance").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def alliance_get(*, actor: Actor, pk: int) -> Alliance:
    """One of them with what its head line shows, or 404."""
    alliances = visible_alliances(actor).select_related("cluster", "region", "lead_unit", "initiator")
    return get_object_or_404(alliances, pk=pk)


@dataclass(frozen=True)
class Organisation:
    """The 2+1+X+N of an alliance (domain.md §2), as far as the ledgers tell."""

    #: 2: the county's office and the committees of the parks in which members stand.
    offices: list[str]
    #: X: the Party organisations of the members, and of how many members.
    party_organisations: int
    organised_members: int
    members: int
    #: N: the leading department first, then those that answer for the members' demands.
    departments: list[str]
    #: How many members stand upstream, midstream and downstream, in words.
    streams: list[tuple[str, int]]


def alliance_organisation(alliance: Alliance) -> Organisation:
    """Who leads, belongs to and supports a visible alliance."""
    members = Enterprise.objects.filter(memberships__alliance=alliance, memberships__left_on__isnull=True)
    parks = Region.objects.filter(park_enterprises__in=members).distinct().order_by("position", "pk")
    parties = PartyOrganisation.objects.filter(enterprise__in=members)
    party_count = parties.aggregate(n=Count("pk"), enterprises=Count("enterprise", distinct=True))
    streams = dict(members.order_by().values_list("stream").annotate(n=Count("pk")))
    answering = Unit.objects.filter(demands__alliance=alliance).exclude(pk=alliance.lead_unit_id)
    return Organisation(
        offices=[f"{alliance.region.name}两新工委", *(f"{park.name}综合党委" for park in parks)],
        party_organisations=party_count["n"],
        organised_members=party_count["enterprises"],
        members=sum(streams.values()),
        departments=[unit.name for unit in (alliance.lead_unit, *answering.distinct().order_by("pk")) if unit],
        streams=[(label, streams.get(value, 0)) for value, label in Stream.choices],
    )


def membership_list(*, actor: Actor, alliance: Alliance) -> QuerySet[Membership]:
    """Present members of a visible alliance, the initiator first, then by the day they joined (domain.md §3)."""
    members = Membership.objects.filter(alliance=alliance, alliance__in=visible_alliances(actor), left_on__isnull=True)
    initiator_first = Case(When(enterprise=alliance.initiator_id, then=0), default=1)
    return members.select_related("enterprise").order_by(initiator_first, "joined_on", "enterprise__credit_code")


def former_membership_list(*, actor: Actor, alliance: Alliance) -> QuerySet[Membership]:
    """Ended memberships of a visible alliance, the latest first."""
    members = Membership.objects.filter(alliance=alliance, alliance__in=visible_alliances(actor), left_on__isnull=False)
    return members.select_related("enterprise").order_by("-left_on", "enterprise__credit_code")


def memberships_of(*, actor: Actor, enterprise: Enterprise) -> QuerySet[Membership]:
    """The present and ended memberships of a visible enterprise in alliances that the actor may see."""
    memberships = Membership.objects.filter(enterprise=enterprise, alliance__in=visible_alliances(actor))
    return memberships.select_related("alliance__cluster").order_by("left_on", "joined_on", "pk")


def activity_list(*, actor: Actor) -> QuerySet[Activity]:
    """The activities of visible alliances."""
    activities = Activity.objects.all()
    return activities if actor.sees_whole_tenant else activities.filter(alliance__in=visible_alliances(actor))


def with_participants(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Add `enterprise_count`. Meant for the few rows that are shown."""
    rows = Activity.enterprises.through.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
    counted = Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return activities.annotate(enterprise_count=Coalesce(counted, Value(0)))


def activity_get(*, actor: Actor, pk: int) -> Activity:
    """One of them with its alliance, type and host, or 404."""
    return get_object_or_404(activity_list(actor=actor).select_related("alliance", "type", "host"), pk=pk)
