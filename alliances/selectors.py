"""Reads about alliances, their members and activities."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404

from tenants.permissions import Actor

from .models import Activity, Alliance, Membership
from .permissions import visible_alliances


def alliance_list(*, actor: Actor) -> QuerySet[Alliance]:
    """The alliances that the actor may see."""
    return visible_alliances(actor)


def alliance_get(*, actor: Actor, pk: int) -> Alliance:
    """One of them with what its head line shows and its number of members today, or 404."""
    alliances = visible_alliances(actor).select_related("cluster", "region", "lead_unit", "initiator")
    members = Count("memberships", filter=Q(memberships__left_on__isnull=True))
    return get_object_or_404(alliances.annotate(member_count=members), pk=pk)


def membership_list(*, actor: Actor, alliance: Alliance) -> QuerySet[Membership]:
    """Present members of a visible alliance, the initiator first, then by the day they joined (domain.md §3)."""
    members = Membership.objects.filter(alliance=alliance, alliance__in=visible_alliances(actor), left_on__isnull=True)
    return members.select_related("enterprise").order_by("joined_on", "enterprise__credit_code")


def activity_list(*, actor: Actor) -> QuerySet[Activity]:
    """The activities of visible alliances."""
    activities = Activity.objects.all()
    return activities if actor.sees_whole_tenant else activities.filter(alliance__in=visible_alliances(actor))


def activity_get(*, actor: Actor, pk: int) -> Activity:
    """One of them with its alliance, type and host, or 404."""
    return get_object_or_404(activity_list(actor=actor).select_related("alliance", "type", "host"), pk=pk)
