"""Appointing, relieving and correcting who holds a post of an alliance (domain.md §2).

Only the office does: a post may carry the right to manage the alliance, which begins and ends with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.db import transaction

from tenants.models import User
from tenants.permissions import STAFF, Actor

from ..models import Alliance, AlliancePermission, Appointment
from ..permissions import MANAGE, visible_alliances
from ..rotation_wording import in_words
from ..selectors.appointments import appointment_version

ONE_DAY = timedelta(days=1)
#: An officer may be chosen while the alliance is being founded; further back is a slip in the year.
BEFORE_FOUNDING = timedelta(days=366)


@dataclass(frozen=True)
class Officer:
    """What is said about a person in a post. `phone` None leaves the known one."""

    person: str
    starts_on: date
    position: str = ""
    phone: str | None = None
    account: User | None = None


@transaction.atomic
def appoint(*, actor: Actor, alliance: Alliance, post: str, officer: Officer, today: date) -> Appointment:
    """Put a person into a post; whoever is in it holds it until the day before.

    The same person from the same day on is no second appointment, however often it is sent. Raises `ValidationError`
    for days that cannot be, `PermissionDenied` for everybody but the office.
    """
    _lock(actor, alliance)
    present = alliance.appointments.filter(post=post, ends_on__isnull=True).first()
    if present and (present.person, present.starts_on) == (officer.person.strip(), officer.starts_on):
        return present
    last = present or alliance.appointments.filter(post=post).order_by("-ends_on").first()
    _check_start(alliance, last, officer.starts_on, today)
    if present:
        _end(present, officer.starts_on - ONE_DAY, f"由{officer.person.strip()}接任")
    made = Appointment(alliance=alliance, post=post)
    _write(made, officer)
    rights_end([alliance.pk], {present.account_id} if present else ())
    return made


@transaction.atomic
def relieve(*, actor: Actor, appointment: Appointment, ends_on: date, reason: str, today: date) -> Appointment:
    """End an appointment; the post is vacant from the next day on, the right to manage the alliance ends at once.

    Raises `ValidationError` for an appointment that is over, for days that cannot be and without a reason.
    """
    _lock(actor, appointment.alliance)
    appointment.refresh_from_db()
    if appointment.ends_on is not None:
        raise ValidationError(f"{appointment}已于{in_words(appointment.ends_on)}卸任，不必再登记。")
    if not appointment.starts_on <= ends_on <= today:
        raise ValidationError({"ends_on": f"卸任日期要在{in_words(appointment.starts_on)}和今天之间。"})
    _end(appointment, ends_on, reason.strip())
    rights_end([appointment.alliance_id], {appointment.account_id})
    return appointment


@transaction.atomic
def appointment_correct(
    *, actor: Actor, appointment: Appointment, officer: Officer, version: str, today: date
) -> Appointment:
    """Correct what was registered about somebody in office.

    Raises `ValidationError` when it was changed since `version`, for somebody who is out of office, for days that
    cannot be.
    """
    _lock(actor, appointment.alliance)
    appointment = Appointment.objects.select_related("alliance", "account").get(pk=appointment.pk)
    if appointment.ends_on is not None:
        raise ValidationError(f"{appointment}已于{in_words(appointment.ends_on)}卸任，不能再改。")
    if version != appointment_version(appointment):
        raise ValidationError(
            f"您打开这个页面以后，有人改过：现在登记的是{appointment}，{in_words(appointment.starts_on)}起任职。"
            "请核对，确定要改的再提交一次。",
            code="newer",
        )
    former = appointment.alliance.appointments.filter(post=appointment.post).exclude(pk=appointment.pk)
    _check_start(appointment.alliance, former.order_by("-ends_on").first(), officer.starts_on, today)
    account = appointment.account_id
    _write(appointment, officer)
    rights_end([appointment.alliance_id], {account})
    return appointment


def rights_end(alliance_ids: Iterable[int], user_ids: Iterable[int | None]) -> None:
    """Take the right to manage some alliances from users who hold no post with an account there any more."""
    held = AlliancePermission.objects.filter(
        permission__codename=MANAGE, content_object__in=alliance_ids, user__in=[pk for pk in user_ids if pk]
    )
    in_office = set(
        Appointment.objects.filter(alliance__in=alliance_ids, ends_on__isnull=True).values_list("alliance", "account")
    )
    over = [each.pk for each in held if (each.content_object_id, each.user_id) not in in_office]
    AlliancePermission.objects.filter(pk__in=over).delete()


def _lock(actor: Actor, alliance: Alliance) -> None:
    """Only the office, only where it may look, and one at a time."""
    actor.require(*STAFF)
    visible = visible_alliances(actor).filter(pk=alliance.pk).values("pk")
    Alliance.objects.select_for_update(no_key=True).get(pk__in=visible)


def _check_start(alliance: Alliance, last: Appointment | None, starts_on: date, today: date) -> None:
    """Refuse a first day that is to come, out of reach, or not after the start (or end) of the last in the post."""
    if starts_on > today:
        raise ValidationError({"starts_on": "任职日期不能晚于今天。到任以后再登记。"})
    if starts_on < alliance.founded_on - BEFORE_FOUNDING:
        founded = in_words(alliance.founded_on)
        raise ValidationError({"starts_on": f"比联盟成立（{founded}）早一年以上，请核对年份。"})
    if last is None:
        return
    if last.ends_on is None and starts_on <= last.starts_on:
        raise ValidationError({"starts_on": f"现任{last.person}{in_words(last.starts_on)}到任，接任的日期要在这以后。"})
    if last.ends_on is not None and starts_on <= last.ends_on:
        raise ValidationError({"starts_on": f"上一任{last.person}任至{in_words(last.ends_on)}，接任的日期要在这以后。"})


def _end(appointment: Appointment, ends_on: date, reason: str) -> None:
    appointment.ends_on, appointment.end_reason = ends_on, reason
    appointment.full_clean()
    appointment.save()


def _write(appointment: Appointment, officer: Officer) -> None:
    appointment.person, appointment.starts_on = officer.person.strip(), officer.starts_on
    appointment.position = officer.position.strip()
    if officer.phone is not None:
        appointment.phone = officer.phone
    appointment.account = officer.account if appointment.post in Appointment.WITH_ACCOUNT else None
    appointment.full_clean()
    appointment.save()
    if appointment.account:
        AlliancePermission.objects.get_or_create(
            user=appointment.account,
            permission=Permission.objects.get(codename=MANAGE, content_type__app_label="alliances"),
            content_object=appointment.alliance,
        )
