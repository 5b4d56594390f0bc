"""Which alliances an actor may see."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from enterprises.models import PartyOrganisation, PartyOrganisationPermission
from enterprises.permissions import ASSIST, LEAD, OPERATE, granted_to, leads
from tenants.models import Role
from tenants.permissions import STAFF, Actor

from .models import Alliance, AlliancePermission, Membership

MANAGE, CHAIR = "manage_alliance", "chair_alliance"
#: Whose work an alliance's demands are; others see no number of them.
SEES_DEMANDS = STAFF | {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}
#: Who reads an alliance's 操作日志.
SEES_LOG = STAFF | {Role.ALLIANCE_SECRETARY}
#: Who keeps alliances' files; of which alliances, `keeps` says.
KEEPERS = STAFF | {Role.ALLIANCE_SECRETARY}

#: Who plans and records activities, for the alliances of `recordable_alliances`.
RECORDS = STAFF | {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}


def visible_alliances(actor: Actor) -> QuerySet[Alliance]:
    """Whole tenant for city staff; own regions for county staff; those it leads for a department; own alliances for
    secretaries and for the enterprises in them."""
    alliances = Alliance.objects.all()
    if actor.sees_whole_tenant:
        return alliances
    seen = Q(region__in=actor.region_ids) | Q(lead_unit__in=actor.unit_ids)
    if actor.roles & {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}:
        granted = AlliancePermission.objects.in_force(actor.user, MANAGE, CHAIR)
        seen |= Q(pk__in=granted.values("content_object_id"))
    if actor.roles & {Role.ENTERPRISE, Role.INSTRUCTOR}:
        own = granted_to(actor, OPERATE, ASSIST)
        seen |= Exists(Membership.objects.filter(alliance=OuterRef("pk"), enterprise__in=own, left_on__isnull=True))
    return alliances.filter(seen)


def recordable_alliances(actor: Actor) -> QuerySet[Alliance]:
    """The alliances whose activities the actor plans and records: all for city staff, those of their regions for county
    staff, their own for the secretary and, while he holds the permission, for the 轮值书记."""
    alliances = Alliance.objects.all()
    if actor.sees_whole_tenant:
        return alliances
    own = Q(pk__in=[])
    if Role.COUNTY_STAFF in actor.roles:
        own |= Q(region__in=actor.region_ids)
    by_role = {Role.ALLIANCE_SECRETARY: MANAGE, Role.ROTATING_SECRETARY: CHAIR}
    held = [codename for role, codename in by_role.items() if role in actor.roles]
    if held:
        own |= Q(pk__in=AlliancePermission.objects.in_force(actor.user, *held).values("content_object_id"))
    return alliances.filter(own)


def keeps(actor: Actor, alliance: Alliance) -> bool:
    """Whether the actor keeps the file of an alliance that he may see: the office, or its own secretary."""
    return actor.is_staff or holds(actor, alliance, MANAGE)


def kept_alliances(actor: Actor) -> QuerySet[Alliance]:
    """The alliances whose files the actor keeps, as `keeps` says of one."""
    visible = visible_alliances(actor)
    if actor.is_staff:
        return visible
    held = AlliancePermission.objects.in_force(actor.user, MANAGE)
    return visible.filter(pk__in=held.values("content_object_id"))


def may_request(actor: Actor, alliance: Alliance, organisation: PartyOrganisation) -> bool:
    """Whether the actor may speak for a unit in the rotation of an alliance that he may see."""
    return keeps(actor, alliance) or leads(actor, organisation)


def spoken_for(actor: Actor, alliance: Alliance, organisations: Iterable[PartyOrganisation]) -> list[PartyOrganisation]:
    """Those of an alliance's units for which the actor may speak, as `may_request` says of one."""
    if keeps(actor, alliance):
        return list(organisations)
    led = PartyOrganisationPermission.objects.filter(user=actor.user, permission__codename=LEAD)
    own = set(led.values_list("content_object", flat=True))
    return [each for each in organisations if each.pk in own]


def holds(actor: Actor, alliance: Alliance, codename: str) -> bool:
    """Whether the actor holds an object permission on an alliance."""
    return AlliancePermission.objects.in_force(actor.user, codename).filter(content_object=alliance).exists()
