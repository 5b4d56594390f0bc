"""Reads about alliances, their members and activities."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256

from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from enterprises.models import Enterprise
from enterprises.permissions import visible_enterprises
from tenants.permissions import Actor
from tenants.search import matching

from ..models import Activity, ActivityAttachment, ActivityEnterprise, Alliance, Membership
from ..permissions import recordable_alliances, visible_alliances

#: How many enterprises the participant picker offers at once.
PICKER_ROWS = 20


def alliance_list(*, actor: Actor) -> QuerySet[Alliance]:
    """The alliances that the actor may see."""
    return visible_alliances(actor)


def with_counts(alliances: QuerySet[Alliance], *, today: date) -> QuerySet[Alliance]:
    """Add `member_count`, `activity_count` (of this year) and `open_demand_count`.

    Each is counted by itself: joins would multiply each other's rows. Meant for the few rows that are shown.
    """
    this_year = Q(held_on__gte=date(today.year, 1, 1), held_on__lte=today, state=Activity.State.HELD)
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
    """The activities of visible alliances: planned, held and withdrawn ones."""
    activities = Activity.objects.all()
    return activities if actor.sees_whole_tenant else activities.filter(alliance__in=visible_alliances(actor))


def activity_list_current(*, actor: Actor) -> QuerySet[Activity]:
    """Those that are planned or have been held."""
    return activity_list(actor=actor).exclude(state=Activity.State.WITHDRAWN)


def activity_list_held(*, actor: Actor) -> QuerySet[Activity]:
    """Those that have been held: what figures count."""
    return activity_list(actor=actor).filter(state=Activity.State.HELD)


def with_participants(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Add `enterprise_count`. Meant for the few rows that are shown."""
    rows = Activity.enterprises.through.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
    counted = Subquery(rows.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    return activities.annotate(enterprise_count=Coalesce(counted, Value(0)))


def activity_get(*, actor: Actor, pk: int) -> Activity:
    """One of them with its alliance, type and host, or 404."""
    return get_object_or_404(activity_list(actor=actor).select_related("alliance", "type", "host"), pk=pk)


def attachment_list(activity: Activity) -> QuerySet[ActivityAttachment]:
    """The photos and papers of a visible activity, in the order in which they came."""
    return ActivityAttachment.objects.filter(activity=activity).select_related("file").order_by("pk")


def attachment_get(*, actor: Actor, pk: int) -> ActivityAttachment:
    """A photo or paper of a visible activity, or 404."""
    found = ActivityAttachment.objects.filter(activity__in=activity_list(actor=actor))
    return get_object_or_404(found.select_related("file", "activity__alliance"), pk=pk)


# Recording activities


def recordable_list(*, actor: Actor) -> QuerySet[Alliance]:
    """The alliances whose activities the actor may record."""
    return recordable_alliances(actor)


def may_record(*, actor: Actor, alliance_id: int) -> bool:
    """Whether the actor may record activities of this alliance."""
    return recordable_alliances(actor).filter(pk=alliance_id).exists()


def last_activity(*, actor: Actor, alliance: Alliance) -> Activity | None:
    """The latest activity of an alliance, to start the next one from; withdrawn ones are no example."""
    activities = activity_list_current(actor=actor).filter(alliance=alliance)
    return activities.select_related("type").order_by("-held_on", "-pk").first()


def participant_candidates(*, actor: Actor, alliance: Alliance, activity: Activity | None = None) -> QuerySet:
    """The enterprises that may be named as participants: the members, whoever else the actor may see, and those that
    the activity names already."""
    candidates = Q(pk__in=visible_enterprises(actor).values("pk")) | Q(pk__in=_members_of(alliance))
    if activity is not None:
        candidates |= Q(pk__in=ActivityEnterprise.objects.filter(activity=activity).values("enterprise"))
    return Enterprise.objects.filter(candidates)


def concerned(activity: Activity) -> QuerySet[Enterprise]:
    """The members of an activity's alliance and the activity's participants, whoever asks."""
    there = ActivityEnterprise.objects.filter(activity=activity).values("enterprise")
    return Enterprise.objects.filter(Q(pk__in=_members_of(activity.alliance)) | Q(pk__in=there))


def _members_of(alliance: Alliance) -> QuerySet:
    return Membership.objects.filter(alliance=alliance, left_on__isnull=True).values("enterprise")


@dataclass(frozen=True)
class Picker:
    """What the participant picker shows."""

    chosen: list[Enterprise]
    offered: list[Enterprise]
    #: How many more there are; a longer search term narrows them down.
    more: int
    members: int
    q: str


def participant_picker(
    *,
    actor: Actor,
    alliance: Alliance,
    activity: Activity | None = None,
    chosen: Collection[int] = (),
    q: str = "",
    everyone: bool = False,
) -> Picker:
    """Who is chosen, and whom `q` (name or pinyin initials) offers; without it the alliance's members.

    `everyone` chooses all members as well. Members stand before others, each by pinyin.
    """
    candidates = participant_candidates(actor=actor, alliance=alliance, activity=activity)
    members = set(_members_of(alliance).values_list("enterprise", flat=True))
    wanted = set(chosen) | (members if everyone else set())
    found = candidates if q else Enterprise.objects.filter(pk__in=members)
    offered = matching(found, q).exclude(pk__in=wanted)
    members_first = Case(When(pk__in=members, then=0), default=1)
    rows = list(offered.order_by(members_first, "pinyin", "pk")[: PICKER_ROWS + 1])
    more = offered.count() - PICKER_ROWS if len(rows) > PICKER_ROWS else 0
    allowed = candidates.filter(pk__in=wanted).order_by("pinyin", "pk")
    return Picker(list(allowed), rows[:PICKER_ROWS], more, len(members), q)


#: What an edit may change, in the form's order; with the participants it tells one version from another.
EDITED = (
    "state", "held_on", "type_id", "five_joint", "topic", "host_name", "head_count",
    "outcome", "loan", "hires", "land", "agreements", "withdrawn_because",
)  # fmt: skip


def activity_version(activity: Activity) -> str:
    """A digest of what the activity says now: an edit that started from another one is not written over it."""
    participants = sorted(activity.participants.values_list("enterprise_id", flat=True))
    values = [getattr(activity, name) for name in EDITED]
    # Decimals come back from the database with all their places, from a form with those that were typed.
    plain = [format(value.normalize(), "f") if isinstance(value, Decimal) else str(value) for value in values]
    return sha256("\x1f".join([*plain, *map(str, participants)]).encode()).hexdigest()[:32]
