"""Reads of brand and demonstration projects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from enterprises.models import Enterprise, PartyOrganisation
from tenants.permissions import Actor

from ..brands import Shortage, shortage
from ..models import Alliance, BrandAttachment, BrandProgress, BrandProject
from ..permissions import kept_alliances, visible_alliances

#: Alliances without a project that a list names before it says how many more there are.
NAMED = 10


def brand_list(*, actor: Actor) -> QuerySet[BrandProject]:
    """The projects of the alliances that the actor may see."""
    if actor.sees_whole_tenant:
        return BrandProject.objects.all()
    return BrandProject.objects.filter(alliance__in=visible_alliances(actor).order_by().values("pk"))


def brand_get(*, actor: Actor, pk: int) -> BrandProject:
    """One of them, or 404."""
    found = brand_list(actor=actor).select_related("alliance", "enterprise", "organisation")
    return get_object_or_404(found, pk=pk)


def brands_of(alliance: Alliance) -> list[BrandProject]:
    """The projects of a visible alliance, the latest year first."""
    return list(alliance.brands.select_related("enterprise", "organisation").order_by("-year", "place", "pk"))


def progress_list(brand: BrandProject) -> QuerySet[BrandProgress]:
    """How a visible project went, the latest first."""
    return brand.progress.select_related("noted_by").order_by("-noted_on", "-pk")


def brand_attachment_list(brand: BrandProject) -> QuerySet[BrandAttachment]:
    """The photos and papers of a visible project, in the order in which they came."""
    return BrandAttachment.objects.filter(brand=brand).select_related("file").order_by("pk")


def brand_attachment_get(*, actor: Actor, pk: int) -> BrandAttachment:
    """A photo or paper of a visible project, or 404."""
    found = BrandAttachment.objects.filter(brand__in=brand_list(actor=actor))
    return get_object_or_404(found.select_related("file", "brand__alliance"), pk=pk)


def responsible_candidates(alliance: Alliance) -> tuple[list[Enterprise], list[PartyOrganisation]]:
    """Who may carry a project out: the alliance's members, and their Party organisations."""
    members = Enterprise.objects.filter(memberships__alliance=alliance, memberships__left_on__isnull=True)
    organisations = PartyOrganisation.objects.filter(enterprise__in=members.values("pk"))
    return list(members.order_by("pinyin", "pk")), list(organisations.order_by("initials", "pk"))


def shortages_of(alliance: Alliance, brands: Sequence[BrandProject], *, today: date) -> list[Shortage]:
    """What is missing of a visible alliance's projects, last year's and this year's."""
    counted = [each.year for each in brands if each.place is not None]
    found = (
        shortage(year=year, count=counted.count(year), founded_on=alliance.founded_on, today=today)
        for year in (today.year - 1, today.year)
    )
    return [each for each in found if each]


@dataclass(frozen=True)
class YearSoFar:
    """How the alliances that the actor keeps stand this year."""

    alliances: int
    without: int
    #: The first of those without a project.
    named: list[Alliance]
    projects: int
    done: int


def year_so_far(*, actor: Actor, year: int) -> YearSoFar:
    """The projects of a year among the alliances whose files the actor keeps; stopped ones do not count."""
    kept = kept_alliances(actor)
    counted = BrandProject.objects.filter(year=year, place__isnull=False)
    without = kept.filter(~Exists(counted.filter(alliance=OuterRef("pk"))))
    of_kept = counted.filter(alliance__in=kept.order_by().values("pk"))
    totals = of_kept.aggregate(
        projects=Count("pk"),
        done=Count("pk", filter=Q(state=BrandProject.State.DONE)),
        alliances=Count("alliance", distinct=True),
    )
    named = list(without.order_by("pinyin", "pk"))
    return YearSoFar(totals["alliances"] + len(named), len(named), named[:NAMED], totals["projects"], totals["done"])


#: What an edit may change.
EDITED = ("year", "kind", "name", "goal", "enterprise_id", "organisation_id", "due_on", "state", "result")


def brand_version(brand: BrandProject) -> str:
    """A digest of what the project says now: an edit that started from another one is not written over it."""
    values = "\x1f".join(str(getattr(brand, name)) for name in EDITED)
    return sha256(values.encode()).hexdigest()[:32]
