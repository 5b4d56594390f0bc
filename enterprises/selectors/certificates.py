"""Reads about the certificates of full-time Party workers (专职党务工作者资格认证)."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

from django.db.models import Q, QuerySet

from tenants.models import Role, RoleAssignment

from ..models import PartyOrganisation, PartyOrganisationPermission
from ..permissions import LEAD
from ..terms import EXPIRING_DAYS, Certificate


def certificate_is(state: str, today: date) -> Q:
    """The organisations whose worker's certificate stands so: `terms.certificate`, asked of the database."""
    known = Q(worker_is_certified=True)
    soon = today + timedelta(days=EXPIRING_DAYS)
    return {
        Certificate.VALID: known & Q(worker_certified_until__gt=soon),
        Certificate.EXPIRING: known & Q(worker_certified_until__range=(today, soon)),
        Certificate.EXPIRED: known & Q(worker_certified_until__lt=today),
    }[Certificate(state)]


def certificates_due(today: date) -> QuerySet[PartyOrganisation]:
    """All organisations of the tenant whose worker's certificate runs out soon or has run out."""
    due = certificate_is(Certificate.EXPIRING, today) | certificate_is(Certificate.EXPIRED, today)
    return PartyOrganisation.objects.filter(due).select_related("enterprise").order_by("pk")


def people_told(organisations: list[PartyOrganisation]) -> dict[int, set[int]]:
    """Ids of the accounts that look after each: its secretary's, and the office of its county or park."""
    told: dict[int, set[int]] = {each.pk: set() for each in organisations}
    leaders = PartyOrganisationPermission.objects.filter(
        content_object__in=told, permission__codename=LEAD, user__is_active=True
    )
    for organisation, user in leaders.values_list("content_object_id", "user_id"):
        told[organisation].add(user)
    offices: dict[int, set[int]] = {}
    county = RoleAssignment.objects.filter(role=Role.COUNTY_STAFF, region__isnull=False, user__is_active=True)
    for region, user in county.values_list("region_id", "user_id"):
        offices.setdefault(region, set()).add(user)
    for each in organisations:
        for region in (each.enterprise.region_id, each.enterprise.park_id):
            told[each.pk] |= offices.get(region or 0, set())
    return told


def worker_version(organisation: PartyOrganisation) -> str:
    """A digest of what is registered now: an edit that started from another one is not written over it."""
    said = (
        organisation.worker,
        organisation.worker_is_certified,
        organisation.worker_certificate,
        organisation.worker_certified_until,
    )
    return sha256("\x1f".join(map(str, said)).encode()).hexdigest()[:32]
