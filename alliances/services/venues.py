"""Writes about shared venues and their bookings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.timezone import localtime

from enterprises.models import Enterprise
from notices.services import notice_send
from tenants import search
from tenants.permissions import Actor

from ..bookings import Span, refusal, taken_by
from ..models import Alliance, Venue, VenueBooking
from ..permissions import keeps
from ..selectors.cooperation import may_book, may_cancel, may_keep_venue, members_of, own_members, span_of, taken

REFUSAL = "场地由提供单位、联盟秘书长和两新工委登记。如工作需要，请联系联盟秘书长。"


@dataclass(frozen=True)
class VenueEntry:
    """What a form says about a venue."""

    name: str
    place: str
    opens: time
    closes: time
    capacity: int | None = None
    purpose: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    is_offered: bool = True


@transaction.atomic
def venue_offer(*, actor: Actor, alliance: Alliance, enterprise: Enterprise, entry: VenueEntry, token: UUID) -> Venue:
    """Offer a member's venue to the alliance; a form (`token`) sent twice makes one.

    Raises `ValidationError` for hours and names that cannot be, `PermissionDenied` unless the actor keeps the alliance
    or speaks for the member.
    """
    speaks = enterprise in own_members(actor=actor, alliance=alliance)
    if not speaks and not keeps(actor, alliance):
        raise PermissionDenied(REFUSAL)
    if made := Venue.objects.filter(alliance=alliance, form_token=token).first():
        return made
    if not members_of(alliance).filter(pk=enterprise.pk).exists():
        raise ValidationError({"enterprise": "请选择联盟的成员企业。"})
    venue = Venue(alliance=alliance, enterprise=enterprise, form_token=token)
    return _saved(venue, entry)


@transaction.atomic
def venue_update(*, actor: Actor, venue: Venue, entry: VenueEntry) -> Venue:
    """Correct a venue, or stop offering it; bookings that stand are kept."""
    current = Venue.objects.select_for_update(no_key=True, of=("self",)).select_related("alliance").get(pk=venue.pk)
    if not may_keep_venue(actor=actor, venue=current):
        raise PermissionDenied(REFUSAL)
    return _saved(current, entry)


def _saved(venue: Venue, entry: VenueEntry) -> Venue:
    if entry.closes <= entry.opens:
        raise ValidationError({"closes": "关门时间要晚于开门时间。"})
    namesake = Venue.objects.filter(alliance=venue.alliance, name=entry.name.strip()).exclude(pk=venue.pk)
    if namesake.exists():
        raise ValidationError({"name": f"本联盟已经有“{entry.name.strip()}”。请换个名称，比如加上楼层。"})
    for name in ("name", "place", "purpose", "contact_name", "contact_phone"):
        setattr(venue, name, getattr(entry, name).strip())
    venue.opens, venue.closes, venue.capacity, venue.is_offered = (
        entry.opens, entry.closes, entry.capacity, entry.is_offered,
    )  # fmt: skip
    venue.full_clean()
    venue.save()
    search.index([venue])
    return venue


@transaction.atomic
def venue_book(
    *,
    actor: Actor,
    venue: Venue,
    enterprise: Enterprise | None,
    starts_at: datetime,
    ends_at: datetime,
    purpose: str,
    token: UUID,
    now: datetime,
) -> VenueBooking:
    """Book some hours of a venue; a form (`token`) sent twice makes one booking.

    Of two that want the same hours at once the database lets one win. Raises `ValidationError` with who has them and
    until when, and for hours outside those of the venue; `PermissionDenied` for others than members and keepers.
    """
    if not may_book(actor=actor, venue=venue):
        raise PermissionDenied("场地由联盟成员预约。如工作需要，请联系联盟秘书长。")
    if made := VenueBooking.objects.filter(venue=venue, form_token=token).first():
        return made
    if enterprise is None and not keeps(actor, venue.alliance):
        raise ValidationError({"enterprise": "请选择使用单位。"})
    span = Span(localtime(starts_at), localtime(ends_at))
    if why := refusal(span, opens=venue.opens, closes=venue.closes, now=localtime(now)):
        raise ValidationError(why)
    booking = VenueBooking(
        venue=venue, enterprise=enterprise, purpose=purpose.strip(), starts_at=starts_at, ends_at=ends_at,
        booked_by=actor.user, form_token=token,
    )  # fmt: skip
    booking.clean_fields()
    try:
        with transaction.atomic():
            booking.save()
    except IntegrityError as error:
        if made := VenueBooking.objects.filter(venue=venue, form_token=token).first():
            return made  # The other half of a double submit was quicker.
        raise ValidationError(_taken(venue, span)) from error
    return booking


def _taken(venue: Venue, span: Span) -> str:
    hit = taken_by(span, [span_of(each) for each in taken(venue, span.starts_at.date(), 1)])
    if hit is None:
        return "这个时间刚刚被别人约走了。请换个时间。"
    return f"{hit.starts_at:%H:%M} 到 {hit.ends_at:%H:%M} 已经约给{hit.label.partition('：')[0]}。请换个时间。"


@transaction.atomic
def booking_cancel(*, actor: Actor, booking: VenueBooking, reason: str, now: datetime) -> None:
    """Give the hours back, with the reason; whoever had booked them is told. A second time changes nothing."""
    current = VenueBooking.objects.select_for_update(no_key=True, of=("self",)).select_related("venue__alliance")
    held = current.get(pk=booking.pk)
    if not may_cancel(actor=actor, booking=held):
        raise PermissionDenied("只有预约的单位、提供场地的单位和联盟秘书长可以取消。")
    if not reason.strip():
        raise ValidationError({"reason": "请写明取消原因，预约的人会看到。"})
    if held.cancelled_at is not None:
        return
    held.cancelled_at, held.cancelled_because = now, reason.strip()
    held.save(update_fields=["cancelled_at", "cancelled_because"])
    if held.booked_by_id != actor.user.pk:
        notice_send(
            recipients=[held.booked_by],
            key=f"booking:{held.pk}:cancelled",
            title=f"场地预约已取消：{held.venue.name}，{localtime(held.starts_at):%m月%d日 %H:%M}",
            body=f"原因：{held.cancelled_because}",
        )
