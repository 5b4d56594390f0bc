"""Which demands and resources an actor may see."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from alliances.models import AlliancePermission
from alliances.permissions import visible_alliances
from enterprises.models import Enterprise
from enterprises.permissions import ASSIST, OPERATE, granted_to, holds
from tenants.models import Role
from tenants.permissions import Actor

from .case import Case
from .course import parties_of
from .models import Assignment, Demand, Resource
from .workflow import Party


def visible_demands(actor: Actor) -> QuerySet[Demand]:
    """Whole tenant for city staff; those of own regions for county staff; those handed to it for a department; those
    of own alliances for secretaries; own ones for enterprises and the cadres who assist them. A draft is its
    enterprise's and its writer's alone."""
    demands = Demand.objects.all()
    shown = ~Q(state=Demand.State.DRAFT) | Q(entered_by=actor.user.pk) | Q(entered_by__isnull=True)
    if actor.roles & {Role.ENTERPRISE, Role.INSTRUCTOR}:
        shown |= Q(enterprise__in=granted_to(actor, OPERATE, ASSIST))
    if actor.sees_whole_tenant:
        return demands.filter(shown)
    seen = Q(unit__in=actor.unit_ids)
    if actor.unit_ids:
        handed = Assignment.objects.filter(unit__in=actor.unit_ids, ended_at__isnull=True)
        seen |= Q(pk__in=handed.values("demand"))
    if actor.region_ids:
        seen |= Q(enterprise__region__in=actor.region_ids) | Q(enterprise__park__in=actor.region_ids)
    if actor.roles & {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY}:
        seen |= Q(alliance__in=AlliancePermission.objects.in_force(actor.user).values("content_object_id"))
    if actor.roles & {Role.ENTERPRISE, Role.INSTRUCTOR}:
        seen |= Q(enterprise__in=granted_to(actor, OPERATE, ASSIST))
    return demands.filter(seen, shown)


def parties(actor: Actor, demand: Demand, case: Case) -> tuple[frozenset[Party], int | None]:
    """What the actor is to a demand that he may see, and the unit for which he acts, if he acts for one.

    The office of the enterprise's region (and the city's) accepts, assigns and supervises; departments are what they
    were handed; the alliance's secretaries urge; enterprises and those who assist them ask.
    """
    held: set[Party] = set()
    if actor.sees_whole_tenant or actor.region_ids & {demand.enterprise.region_id, demand.enterprise.park_id}:
        held |= {Party.ACCEPTOR, Party.ASSIGNER, Party.SUPERVISOR}
    if actor.roles & {Role.ALLIANCE_SECRETARY, Role.ROTATING_SECRETARY} and demand.alliance_id:
        own = AlliancePermission.objects.in_force(actor.user).filter(content_object=demand.alliance_id)
        held |= {Party.SECRETARY} if own.exists() else set()
    if actor.roles & {Role.ENTERPRISE, Role.INSTRUCTOR}:
        for party, codename in ((Party.ENTERPRISE, OPERATE), (Party.DEPUTY, ASSIST)):
            if holds(actor, demand.enterprise, codename):
                held.add(party)
    if demand.entered_by_id == actor.user.pk:
        # The office that took the call speaks for the caller.
        held.add(Party.DEPUTY)
    # In charge first: a person of two units acts for the one whose say is greater.
    own_units = sorted(actor.unit_ids & case.units, key=lambda unit: (unit != case.lead, unit))
    unit = own_units[0] if own_units else None
    if unit is not None:
        held |= parties_of(case, unit)
    return frozenset(held), unit


def may_ask(actor: Actor, enterprise: Enterprise) -> bool:
    """Whether the actor submits demands for an enterprise that he may see: the office for a caller, the enterprise
    itself, whoever assists it."""
    return actor.is_staff or holds(actor, enterprise, OPERATE, ASSIST)


def visible_resources(actor: Actor) -> QuerySet[Resource]:
    """Own and own alliances' offers; those shared with the whole city for everyone who holds a role."""
    resources = Resource.objects.all()
    if actor.sees_whole_tenant:
        return resources
    if not actor.roles:
        return resources.none()
    own = Q(enterprise__in=granted_to(actor, OPERATE, ASSIST)) | Q(alliance__in=visible_alliances(actor))
    return resources.filter(own | Q(scope=Resource.Scope.CITY))
