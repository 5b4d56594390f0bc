"""Which alliances an actor may see."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from enterprises.permissions import ASSIST, OPERATE, granted_to
from tenants.models import Role
from tenants.permissions import STAFF, Actor

from .models import Alliance, AlliancePermission, Membership

MANAGE, CHAIR = "manage_alliance", "chair_alliance"
#: Whose work an alliance's demands are; others see no number of them.
SEES_DEMANDS = STAFF | {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}
#: Who reads an alliance's 操作日志.
SEES_LOG = STAFF | {Role.ALLIANCE_SECRETARY}


def visible_alliances(actor: Actor) -> QuerySet[Alliance]:
    """Whole tenant for city staff; own regions for county staff; those it leads for a department; own alliances for
    secretaries and for the enterprises in them."""
    alliances = Alliance.objects.all()
    if actor.sees_whole_tenant:
        return alliances
    seen = Q(region__in=actor.region_ids) | Q(lead_unit__in=actor.unit_ids)
    if actor.roles & {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}:
        granted = AlliancePermission.objects.filter(user=actor.user, permission__codename__in=(MANAGE, CHAIR))
        seen |= Q(pk__in=granted.values("content_object_id"))
    if actor.roles & {Role.ENTERPRISE, Role.INSTRUCTOR}:
        own = granted_to(actor, OPERATE, ASSIST)
        seen |= Exists(Membership.objects.filter(alliance=OuterRef("pk"), enterprise__in=own, left_on__isnull=True))
    return alliances.filter(seen)
