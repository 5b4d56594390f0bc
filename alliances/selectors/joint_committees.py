"""Reads about joint committees: which parks have one, and the matrix 联盟 × 联合党委."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from hashlib import sha256

from django.shortcuts import get_object_or_404

from tenants.models import Region
from tenants.permissions import Actor

from ..models import Alliance, JointCommittee, Membership
from ..permissions import visible_alliances


@dataclass(frozen=True)
class ParkRow:
    """A park of a county, with its committee or without one, and how many members of each alliance stand in it."""

    park: Region
    committee: JointCommittee | None
    #: Enterprises; one in two alliances counts once.
    members: int
    #: In the order of the county's alliances.
    cells: list[tuple[Alliance, int]]


@dataclass(frozen=True)
class CountyMatrix:
    """The parks of one county (rows) against the alliances that have members there (columns)."""

    county: Region
    alliances: list[Alliance] = field(default_factory=list)
    rows: list[ParkRow] = field(default_factory=list)

    @property
    def established(self) -> int:
        return sum(row.committee is not None for row in self.rows)


def park_list(*, actor: Actor) -> list[Region]:
    """The parks whose joint committees the actor looks after: all for the city's office, its own for a county's."""
    parks = Region.objects.filter(level=Region.Level.PARK).select_related("parent")
    if not actor.sees_whole_tenant:
        parks = parks.filter(pk__in=actor.region_ids)
    return list(parks.order_by("parent__position", "parent", "position", "pk"))


def park_get(*, actor: Actor, pk: int) -> Region:
    """One of them, or 404."""
    parks = Region.objects.filter(level=Region.Level.PARK).select_related("parent")
    if not actor.sees_whole_tenant:
        parks = parks.filter(pk__in=actor.region_ids)
    return get_object_or_404(parks, pk=pk)


def joint_committee_matrix(*, actor: Actor) -> list[CountyMatrix]:
    """County by county, in a fixed number of queries."""
    parks = park_list(actor=actor)
    committees = {each.park_id: each for each in JointCommittee.objects.filter(park__in=parks)}
    memberships = Membership.objects.filter(
        left_on__isnull=True, enterprise__park__in=parks, alliance__in=visible_alliances(actor)
    )
    standing: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for place, alliance, enterprise in memberships.values_list("enterprise__park", "alliance", "enterprise"):
        standing[place][alliance].add(enterprise)
    alliances = {
        each.pk: each for each in Alliance.objects.filter(pk__in={pk for there in standing.values() for pk in there})
    }
    counties: dict[Region, list[Region]] = defaultdict(list)
    for park in parks:
        if park.parent:
            counties[park.parent].append(park)
    found = []
    for county, here in counties.items():
        columns = sorted({pk for park in here for pk in standing[park.pk]}, key=lambda pk: alliances[pk].pinyin)
        rows = [
            ParkRow(
                park,
                committees.get(park.pk),
                len(set().union(*standing[park.pk].values())),
                [(alliances[pk], len(standing[park.pk].get(pk, ()))) for pk in columns],
            )
            for park in here
        ]
        found.append(CountyMatrix(county, [alliances[pk] for pk in columns], rows))
    return found


def joint_committee_of(*, park: Region) -> JointCommittee | None:
    """The committee of a visible park."""
    return JointCommittee.objects.filter(park=park).first()


def joint_committee_version(committee: JointCommittee | None) -> str:
    """A digest of what is registered now: an edit that started from another one is not written over it."""
    if committee is None:
        return ""
    said = (committee.name, committee.secretary, committee.staff, committee.founded_on)
    return sha256("\x1f".join(map(str, said)).encode()).hexdigest()[:32]
