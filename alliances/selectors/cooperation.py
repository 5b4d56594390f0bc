"""Reads about agreements and shared venues. Whoever sees an alliance sees both."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils.timezone import localtime, make_aware

from enterprises.models import Enterprise
from enterprises.permissions import OPERATE, granted_to
from tenants.permissions import Actor

from ..agreements import Standing, expiring_before, standing
from ..bookings import Day, Span, calendar
from ..models import Agreement, Alliance, Venue, VenueBooking
from ..permissions import keeps, visible_alliances

CALENDAR_DAYS = 14


def agreement_list(*, actor: Actor) -> QuerySet[Agreement]:
    """The agreements of the alliances that the actor may see."""
    return Agreement.objects.filter(alliance__in=visible_alliances(actor))


def agreement_get(*, actor: Actor, pk: int) -> Agreement:
    """One of them, or 404."""
    return get_object_or_404(
        with_renewal(agreement_list(actor=actor)).select_related("alliance__region", "file", "follows"), pk=pk
    )


def with_renewal(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Add `is_renewed`: another agreement follows."""
    return agreements.annotate(is_renewed=Exists(Agreement.objects.filter(follows=OuterRef("pk"))))


def in_force(today: date) -> Q:
    """Agreements that hold on a day, also those that end soon."""
    ended = Q(ended_on__isnull=True) | Q(ended_on__gt=today)
    return ended & (Q(valid_until__isnull=True) | Q(valid_until__gte=today))


def expiring(today: date) -> Q:
    """Those of them that end within the days of the first reminder."""
    return in_force(today) & Q(valid_until__lt=expiring_before(today))


def light_up(agreements: Iterable[Agreement], *, today: date) -> None:
    """Give each agreement its `standing`; they come from `with_renewal`."""
    for each in agreements:
        each.standing = standing_of(each, today=today)


def standing_of(agreement: Agreement, *, today: date) -> Standing:
    """How one stands that comes from `with_renewal`."""
    return standing(
        valid_until=agreement.valid_until,
        ended_on=agreement.ended_on,
        is_renewed=agreement.is_renewed,
        today=today,
    )


def venue_list(*, actor: Actor) -> QuerySet[Venue]:
    """The venues of the alliances that the actor may see."""
    return Venue.objects.filter(alliance__in=visible_alliances(actor))


def venue_get(*, actor: Actor, pk: int) -> Venue:
    """One of them, or 404."""
    return get_object_or_404(venue_list(actor=actor).select_related("alliance__region", "enterprise"), pk=pk)


def booking_get(*, actor: Actor, pk: int) -> VenueBooking:
    """A booking of a visible venue, or 404."""
    bookings = VenueBooking.objects.filter(venue__in=venue_list(actor=actor))
    return get_object_or_404(bookings.select_related("venue__alliance", "enterprise"), pk=pk)


def members_of(alliance: Alliance) -> QuerySet[Enterprise]:
    """The present members, by name."""
    return Enterprise.objects.filter(memberships__alliance=alliance, memberships__left_on=None).order_by("pinyin", "pk")


def own_members(*, actor: Actor, alliance: Alliance) -> list[Enterprise]:
    """The present members for which the actor speaks."""
    return list(members_of(alliance).filter(pk__in=granted_to(actor, OPERATE).values("content_object")))


def may_book(*, actor: Actor, venue: Venue) -> bool:
    """Members for themselves; the office and the secretary for anybody."""
    return venue.is_offered and (
        keeps(actor, venue.alliance) or bool(own_members(actor=actor, alliance=venue.alliance))
    )


def may_keep_venue(*, actor: Actor, venue: Venue) -> bool:
    """The office, the secretary, and the member that offers it."""
    own = granted_to(actor, OPERATE).filter(content_object=venue.enterprise_id)
    return keeps(actor, venue.alliance) or own.exists()


def may_cancel(*, actor: Actor, booking: VenueBooking) -> bool:
    """Whoever booked it, whoever keeps the venue, and the unit that was to use it."""
    return bool(cancellable(actor=actor, venue=booking.venue, bookings=[booking]))


def cancellable(*, actor: Actor, venue: Venue, bookings: Iterable[VenueBooking]) -> list[VenueBooking]:
    """Those of a venue's bookings that the actor may cancel."""
    if may_keep_venue(actor=actor, venue=venue):
        return list(bookings)
    own = {unit.pk for unit in own_members(actor=actor, alliance=venue.alliance)}
    return [each for each in bookings if each.booked_by_id == actor.user.pk or each.enterprise_id in own]


def taken(venue: Venue, first: date, days: int) -> list[VenueBooking]:
    """The bookings that stand from a day on, with who uses the venue."""
    start = make_aware(datetime.combine(first, datetime.min.time()))
    standing_ones = VenueBooking.objects.filter(venue=venue, cancelled_at=None, ends_at__gt=start)
    return list(
        standing_ones.filter(starts_at__lt=start + timedelta(days=days))
        .select_related("enterprise", "booked_by")
        .order_by("starts_at")
    )


def span_of(booking: VenueBooking) -> Span:
    """A booking's hours in local time, labelled with who uses them and what for."""
    who = booking.enterprise.name if booking.enterprise else booking.booked_by.full_name
    return Span(localtime(booking.starts_at), localtime(booking.ends_at), f"{who}：{booking.purpose}")


def venue_calendar(venue: Venue, *, today: date) -> list[Day]:
    """The two weeks to come, each day with what is taken."""
    return calendar(today, CALENDAR_DAYS, [span_of(each) for each in taken(venue, today, CALENDAR_DAYS)])
