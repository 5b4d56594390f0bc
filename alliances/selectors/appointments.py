"""Reads about the posts of alliances."""

from __future__ import annotations

from hashlib import sha256

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from tenants.models import Role, User
from tenants.permissions import Actor

from ..models import Alliance, Appointment
from ..permissions import visible_alliances


def with_officers(alliances: QuerySet[Alliance]) -> QuerySet[Alliance]:
    """Add who is in office: `chairman`, `secretary_general`, `instructor`, `liaison`; "" for a vacant post."""
    in_office = Appointment.objects.filter(alliance=OuterRef("pk"), ends_on__isnull=True)
    persons = {
        post.value: Coalesce(Subquery(in_office.filter(post=post).values("person")[:1]), Value(""))
        for post in Appointment.Post
    }
    return alliances.annotate(**persons)


def appointment_list(*, actor: Actor, alliance: Alliance) -> QuerySet[Appointment]:
    """Everybody who holds or held a post of a visible alliance, the latest first."""
    appointments = Appointment.objects.filter(alliance=alliance, alliance__in=visible_alliances(actor))
    return appointments.select_related("account").order_by("-starts_on", "-pk")


def appointment_get(*, actor: Actor, pk: int) -> Appointment:
    """One of them, or 404."""
    appointments = Appointment.objects.filter(alliance__in=visible_alliances(actor))
    return get_object_or_404(appointments.select_related("alliance", "account"), pk=pk)


def secretary_accounts() -> QuerySet[User]:
    """The accounts that may be given to a post: those that the administrator made for alliance secretaries."""
    users = User.objects.filter(is_active=True, assignments__role=Role.ALLIANCE_SECRETARY)
    return users.distinct().order_by("full_name", "pk")


def appointment_version(appointment: Appointment) -> str:
    """A digest of what is registered now: a correction that started from another one is not written over it."""
    said = (appointment.person, appointment.position, appointment.phone, appointment.starts_on, appointment.account_id)
    return sha256("\x1f".join(map(str, said)).encode()).hexdigest()[:32]
