"""Who may look at figures and papers, and of which regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tenants.models import Region, Role, User
from tenants.permissions import STAFF, Actor

from .figures import Place

#: Offices see their regions; secretaries see their own alliances. Departments and enterprises have their own pages.
READERS = STAFF | {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}


@dataclass(frozen=True)
class RegionTree:
    """The regions that an actor may look at, parents before children."""

    regions: Sequence[Region]
    #: False for secretaries, whose figures follow their alliances instead of regions.
    is_by_region: bool

    def get(self, pk: int) -> Region | None:
        """The region of this id, if the actor may look at it."""
        return next((region for region in self.regions if region.pk == pk), None) if self.is_by_region else None

    @property
    def tops(self) -> list[Region]:
        """Regions whose parent is not among them: the city, or a county clerk's counties."""
        known = {region.pk for region in self.regions}
        return [region for region in self.regions if region.parent_id not in known]

    def place(self, region: Region | None) -> Place:
        """What figures look at when `region` is chosen, or nothing is."""
        region = region or self.default
        if region is None:
            name = "、".join(top.name for top in self.tops) if self.is_by_region else "我的联盟"
            ids = frozenset(each.pk for each in self.regions) if self.is_by_region else None
            return Place(None, name, ids)
        return Place(None, region.name) if region.parent_id is None else self._part(region)

    @property
    def default(self) -> Region | None:
        """The region looked at when none is chosen: the only topmost one."""
        return self.tops[0] if self.is_by_region and len(self.tops) == 1 else None

    def below(self, region: Region) -> frozenset[int]:
        """The region and everything below it."""
        return frozenset(each.pk for each in self.regions if each.path.startswith(region.path))

    @property
    def counties(self) -> list[Region]:
        """The counties among them."""
        return [region for region in self.regions if region.level == Region.Level.COUNTY]

    def parts(self, region: Region | None) -> list[Place]:
        """What the table by region lists: the counties of a city and what belongs to none of them; or the place itself.

        A park is no part of its county here: enterprises are counted in their county, with the park beside it.
        """
        region = region or self.default
        if region is None:
            return [self._part(each, is_optional=not self.is_by_region) for each in self.counties or self.tops]
        if region.parent_id is not None:
            return [self._part(region)]
        own = Place(region.pk, f"{region.name}本级", frozenset({region.pk}), is_optional=True)
        return [*(self._part(each) for each in self.counties), own]

    def _part(self, region: Region, *, is_optional: bool = False) -> Place:
        is_county = region.level == Region.Level.COUNTY
        return Place(region.pk, region.name, self.below(region), is_county, is_optional)


def region_tree(actor: Actor) -> RegionTree:
    """One query. Raises `PermissionDenied` for roles that have no figures to look at."""
    actor.require(*READERS)
    regions = Region.objects.all()
    if actor.is_staff and not actor.sees_whole_tenant:
        regions = regions.filter(pk__in=actor.region_ids)
    rows = sorted(regions, key=lambda region: (region.path.count("/"), region.position, region.pk))
    return RegionTree(rows, is_by_region=actor.is_staff)


def office_actor() -> Actor:
    """Who acts when an administrator of the server runs a command for a tenant: the whole office, nobody by name."""
    return Actor(User(full_name="命令行"), roles=frozenset({Role.TENANT_ADMIN}))
