"""Which enterprises an actor may see (domain.md §1). Everything about an enterprise follows from this set."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from tenants.models import Role
from tenants.permissions import Actor

from .models import Enterprise, EnterprisePermission, PartyOrganisation, PartyOrganisationPermission

OPERATE, ASSIST = "operate_enterprise", "assist_enterprise"
#: On a Party organisation: the account of its secretary.
LEAD = "lead_party_organisation"


def granted_to(actor: Actor, *codenames: str) -> QuerySet:
    """The ids of the enterprises on which the actor holds one of these object permissions."""
    return EnterprisePermission.objects.filter(user=actor.user, permission__codename__in=codenames).values(
        "content_object_id"
    )


def visible_enterprises(actor: Actor) -> QuerySet[Enterprise]:
    """Whole tenant for city staff; own regions for county staff; the alliance's members for its secretary; the
    enterprises behind its demands for a department; otherwise those granted."""
    enterprises = Enterprise.objects.all()
    if actor.sees_whole_tenant:
        return enterprises
    seen = Q(pk__in=[])
    if actor.region_ids:
        seen |= Q(region__in=actor.region_ids) | Q(park__in=actor.region_ids)
    if actor.unit_ids:
        seen |= Exists(_reverse("demands").filter(enterprise=OuterRef("pk"), unit__in=actor.unit_ids))
    if actor.roles & {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}:
        granted = Q(alliance__alliancepermission__user=actor.user, left_on__isnull=True)
        # The right of a 轮值书记 ends with the last day of his term.
        granted &= Q(alliance__alliancepermission__until__isnull=True) | Q(
            alliance__alliancepermission__until__gte=localdate()
        )
        seen |= Exists(_reverse("memberships").filter(granted, enterprise=OuterRef("pk")))
    if actor.roles & {Role.ENTERPRISE, Role.INSTRUCTOR}:
        seen |= Q(pk__in=granted_to(actor, OPERATE, ASSIST))
    return enterprises.filter(seen)


def may_visit(actor: Actor, enterprise: Enterprise) -> bool:
    """Whether the actor records visits to an enterprise that he may see: the office, or who assists it."""
    return actor.is_staff or granted_to(actor, ASSIST).filter(content_object=enterprise).exists()


def leads(actor: Actor, organisation: PartyOrganisation) -> bool:
    """Whether the actor's account is that of the organisation's secretary."""
    return PartyOrganisationPermission.objects.filter(
        user=actor.user, permission__codename=LEAD, content_object=organisation
    ).exists()


def _reverse(accessor: str) -> QuerySet:
    """The rows of a floor above that refer to enterprises, reached through the relation instead of an import."""
    return Enterprise._meta.get_field(accessor).related_model.objects.all()
