"""Reads about meetings of the alliances that an actor may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import make_aware

from enterprises.models import Enterprise, EnterprisePermission
from enterprises.permissions import ASSIST, OPERATE, granted_to
from tenants.models import Role, RoleAssignment, Unit, User
from tenants.permissions import Actor

from .. import meetings as rules
from ..models import Alliance, AlliancePermission, BodySeat, Meeting, MeetingBody, MeetingSeat, MeetingTopic
from ..permissions import CHAIR, MANAGE, recordable_alliances, visible_alliances

State = Meeting.State
SOON_DAYS = 14


def body_list(*, actor: Actor, alliance: Alliance) -> QuerySet[MeetingBody]:
    """The bodies of an alliance that the actor may see."""
    return MeetingBody.objects.filter(alliance=alliance, alliance__in=visible_alliances(actor))


def body_get(*, actor: Actor, pk: int) -> MeetingBody:
    """A body of a visible alliance, or 404."""
    bodies = MeetingBody.objects.filter(alliance__in=visible_alliances(actor))
    return get_object_or_404(bodies.select_related("alliance__region", "alliance__cluster"), pk=pk)


def meeting_list(*, actor: Actor) -> QuerySet[Meeting]:
    """The meetings of visible alliances."""
    meetings = Meeting.objects.all()
    return meetings if actor.sees_whole_tenant else meetings.filter(body__alliance__in=visible_alliances(actor))


def meeting_get(*, actor: Actor, pk: int) -> Meeting:
    """One of them with its body and alliance, or 404."""
    return get_object_or_404(meeting_list(actor=actor).select_related("body__alliance__region"), pk=pk)


def topic_get(*, actor: Actor, pk: int) -> MeetingTopic:
    """A topic of a visible meeting, or 404."""
    topics = MeetingTopic.objects.filter(meeting__in=meeting_list(actor=actor))
    return get_object_or_404(topics.select_related("meeting__body__alliance"), pk=pk)


def seat_get(*, actor: Actor, pk: int) -> MeetingSeat:
    """A seat of a visible meeting, or 404."""
    seats = MeetingSeat.objects.filter(meeting__in=meeting_list(actor=actor))
    return get_object_or_404(seats.select_related("meeting__body__alliance__region", "enterprise", "unit"), pk=pk)


def keeps_meetings(actor: Actor, alliance: Alliance) -> bool:
    """Whether the actor plans and records an alliance's meetings: the office, its secretary, its present 轮值书记."""
    return recordable_alliances(actor).filter(pk=alliance.pk).exists()


def topic_list(*, actor: Actor, meeting: Meeting) -> QuerySet[MeetingTopic]:
    """The topics of a visible meeting: the agenda, and what was proposed by those whom the actor speaks for.

    Whoever keeps the meetings reads every proposal.
    """
    topics = MeetingTopic.objects.filter(meeting=meeting).select_related("enterprise", "proposed_by")
    if keeps_meetings(actor, meeting.body.alliance):
        return topics
    own = Q(proposed_by=actor.user) | Q(enterprise__in=granted_to(actor, OPERATE, ASSIST))
    return topics.filter(Q(state=MeetingTopic.State.ACCEPTED) | own)


@dataclass(frozen=True)
class Participant:
    """Who has a seat: a member enterprise or a department."""

    name: str
    enterprise_id: int | None = None
    unit_id: int | None = None


def participants(body: MeetingBody) -> list[Participant]:
    """Who is to be invited to a meeting of a body now: all present members, or those with its seats.

    An enterprise that has left the alliance has no seat any more.
    """
    members = Enterprise.objects.filter(memberships__alliance=body.alliance_id, memberships__left_on__isnull=True)
    if body.all_members:
        return [Participant(each.name, enterprise_id=each.pk) for each in members.order_by("pinyin", "pk")]
    seats = BodySeat.objects.filter(body=body).filter(Q(unit__isnull=False) | Q(enterprise__in=members))
    return [
        Participant(str(seat), enterprise_id=seat.enterprise_id, unit_id=seat.unit_id)
        for seat in seats.select_related("enterprise", "unit")
    ]


def speaks_for(actor: Actor, meeting: Meeting) -> list[Enterprise]:
    """The enterprises in whose name the actor may propose topics: those that are invited and that he works for."""
    invited = {each.enterprise_id for each in participants(meeting.body) if each.enterprise_id}
    own = Enterprise.objects.filter(pk__in=granted_to(actor, OPERATE, ASSIST))
    return list(own.filter(pk__in=invited).order_by("pinyin", "pk"))


def seat_list(meeting: Meeting) -> list[MeetingSeat]:
    """The seats of a visible meeting, in the order in which they were invited."""
    seats = MeetingSeat.objects.filter(meeting=meeting)
    return list(seats.select_related("enterprise", "unit", "proxy__enterprise", "proxy__unit").order_by("pk"))


def standing_of(meeting: Meeting, seats: Iterable[MeetingSeat]) -> rules.Standing:
    """Whether a meeting is quorate with these seats."""
    present = MeetingSeat.State.PRESENT
    given = [rules.Seat(seat.pk, seat.state == present, seat.proxy_id) for seat in seats]
    return rules.standing(given, meeting.regime)


def alliance_meetings(*, actor: Actor, alliance: Alliance) -> tuple[QuerySet[Meeting], QuerySet[Meeting]]:
    """The meetings of a visible alliance: those to come, the next first; and those that were, the latest first."""
    meetings = meeting_list(actor=actor).filter(body__alliance=alliance).select_related("body")
    over = Q(state__in=(State.HELD, State.CANCELLED))
    return meetings.exclude(over).order_by("starts_at", "pk"), meetings.filter(over).order_by("-starts_at", "-pk")


def meetings_soon(*, actor: Actor, today: date) -> QuerySet[Meeting]:
    """What is held in the next two weeks, among the meetings that the actor may see."""
    first = make_aware(datetime.combine(today, time.min))
    soon = meeting_list(actor=actor).filter(starts_at__gte=first, starts_at__lt=first + timedelta(days=SOON_DAYS))
    open_ones = soon.filter(state__in=(State.PLANNED, State.CALLED))
    return open_ones.select_related("body__alliance").order_by("starts_at", "pk")


# Who is told


def member_accounts(invited: Iterable[Participant]) -> list[User]:
    """The accounts of the enterprises and departments with a seat."""
    enterprises = {each.enterprise_id for each in invited if each.enterprise_id}
    units = {each.unit_id for each in invited if each.unit_id}
    operating = EnterprisePermission.objects.filter(content_object__in=enterprises, permission__codename=OPERATE)
    in_units = RoleAssignment.objects.filter(unit__in=units)
    told = Q(pk__in=operating.values("user")) | Q(pk__in=in_units.values("user"))
    return list(User.objects.filter(told, is_active=True).order_by("pk"))


def keeper_accounts(alliance: Alliance) -> list[User]:
    """The accounts of the alliance's secretaries and of its present 轮值书记."""
    held = AlliancePermission.objects.filter(content_object=alliance, permission__codename__in=(MANAGE, CHAIR))
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk"))


def superior_accounts(alliance: Alliance) -> list[User]:
    """The office above an alliance: the staff of its county; the city's where the county has no account."""
    county = RoleAssignment.objects.filter(role=Role.COUNTY_STAFF).select_related("region")
    above = {each.user_id for each in county if each.region and alliance.region.path.startswith(each.region.path)}
    if not above:
        above = set(RoleAssignment.objects.filter(role=Role.CITY_STAFF).values_list("user", flat=True))
    return list(User.objects.filter(pk__in=above, is_active=True).order_by("pk"))


def unit_candidates() -> QuerySet[Unit]:
    """The departments that may be given a seat."""
    return Unit.objects.filter(is_active=True).order_by("kind", "pk")
