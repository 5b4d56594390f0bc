"""Which demands and resources an actor may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from alliances.models import AlliancePermission
from alliances.permissions import visible_alliances
from enterprises.permissions import ASSIST, OPERATE, granted_to
from tenants.models import Role
from tenants.permissions import Actor

from .models import Demand, Resource


def visible_demands(actor: Actor) -> QuerySet[Demand]:
    """Whole tenant for city staff; those of own regions for county staff; those handed to it for a department; those
    of own alliances for secretaries; own ones for enterprises and the cadres who assist them."""
    demands = Demand.objects.all()
    if actor.sees_whole_tenant:
        return demands
    seen = Q(unit__in=actor.unit_ids)
    if actor.region_ids:
        seen |= Q(enterprise__region__in=actor.region_ids) | Q(enterprise__park__in=actor.region_ids)
    if actor.roles & {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}:
        seen |= Q(alliance__in=AlliancePermission.objects.in_force(actor.user).values("content_object_id"))
    if actor.roles & {Role.ENTERPRISE, Role.INSTRUCTOR}:
        seen |= Q(enterprise__in=granted_to(actor, OPERATE, ASSIST))
    return demands.filter(seen)


def visible_resources(actor: Actor) -> QuerySet[Resource]:
    """Own and own alliances' offers; those shared with the whole city for everyone who holds a role."""
    resources = Resource.objects.all()
    if actor.sees_whole_tenant:
        return resources
    if not actor.roles:
        return resources.none()
    own = Q(enterprise__in=granted_to(actor, OPERATE, ASSIST)) | Q(alliance__in=visible_alliances(actor))
    return resources.filter(own | Q(scope=Resource.Scope.CITY))
