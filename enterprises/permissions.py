"""Which enterprises an actor may see (domain.md §1). Everything about an enterprise follows from this set."""

from __future__ import annotations

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from tenants.models import Role
from tenants.permissions import Actor

from .models import (
    Enterprise,
    EnterprisePermission,
    InstructorTeam,
    PartyOrganisation,
    PartyOrganisationPermission,
    TeamAssignment,
)

OPERATE, ASSIST = "operate_enterprise", "assist_enterprise"
#: On a Party organisation: the account of its secretary.
LEAD = "lead_party_organisation"


def granted_to(actor: Actor, *codenames: str) -> QuerySet:
    """The ids of the enterprises that the actor works for: by an object permission, and, asked for `ASSIST`, by a team.

    The right of a team begins and ends with the days of its books, with no run in between (docs/adr/0055). The rows
    are a union: they may stand in `__in` and be read, `holds` asks about one enterprise.
    """
    granted = _permissions(actor, codenames).order_by().values_list("content_object_id", flat=True)
    if ASSIST not in codenames or Role.INSTRUCTOR not in actor.roles:
        return granted
    return granted.union(_guided(actor).order_by().values_list("enterprise_id", flat=True))


def holds(actor: Actor, enterprise: Enterprise, *codenames: str) -> bool:
    """Whether this enterprise is among those `granted_to` the actor."""
    if _permissions(actor, codenames).filter(content_object=enterprise).exists():
        return True
    by_team = ASSIST in codenames and Role.INSTRUCTOR in actor.roles
    return by_team and _guided(actor).filter(enterprise=enterprise).exists()


def _permissions(actor: Actor, codenames: tuple[str, ...]) -> QuerySet[EnterprisePermission]:
    return EnterprisePermission.objects.filter(user=actor.user, permission__codename__in=codenames)


def _guided(actor: Actor) -> QuerySet[TeamAssignment]:
    """The assignments in force of the teams that the actor's account belongs to today."""
    today = localdate()
    # In one call: start, end and account of the same member.
    member = in_force(today, "team__members__") & Q(team__members__account=actor.user)
    return TeamAssignment.objects.filter(in_force(today), member)


def in_force(day: date, path: str = "") -> Q:
    """The terms (`starts_on`, `ends_on` behind `path`) that a day lies in: `terms.standing`, asked of the database."""
    open_or_later = Q(**{f"{path}ends_on__isnull": True}) | Q(**{f"{path}ends_on__gte": day})
    return Q(**{f"{path}starts_on__lte": day}) & open_or_later


def keeps_team(actor: Actor, team: InstructorTeam) -> bool:
    """Whether the actor keeps the team's books: the office of its region."""
    return actor.is_staff and (actor.sees_whole_tenant or team.region_id in actor.region_ids)


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
    return actor.is_staff or holds(actor, enterprise, ASSIST)


def leads(actor: Actor, organisation: PartyOrganisation) -> bool:
    """Whether the actor's account is that of the organisation's secretary."""
    return PartyOrganisationPermission.objects.filter(
        user=actor.user, permission__codename=LEAD, content_object=organisation
    ).exists()


def _reverse(accessor: str) -> QuerySet:
    """The rows of a floor above that refer to enterprises, reached through the relation instead of an import."""
    return Enterprise._meta.get_field(accessor).related_model.objects.all()
