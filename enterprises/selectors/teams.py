"""Reads about 红帆指导员 teams, and about enterprises without any force."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404

from tenants.models import Role, User
from tenants.permissions import Actor

from ..models import Enterprise, InstructorTeam, SupportedEnterprise, TeamAssignment, TeamMember
from ..permissions import in_force, visible_enterprises


def team_list(*, actor: Actor) -> QuerySet[InstructorTeam]:
    """The teams of the actor's regions, those that he belongs to, and those assigned to an enterprise he may see."""
    teams = InstructorTeam.objects.all()
    if actor.sees_whole_tenant:
        return teams
    guiding = TeamAssignment.objects.filter(enterprise__in=visible_enterprises(actor)).values("team_id")
    own = TeamMember.objects.filter(account=actor.user).values("team_id")
    return teams.filter(Q(region__in=actor.region_ids) | Q(pk__in=guiding) | Q(pk__in=own))


def team_get(*, actor: Actor, pk: int) -> InstructorTeam:
    """One of them with its region, or 404."""
    return get_object_or_404(team_list(actor=actor).select_related("region"), pk=pk)


def team_member_get(*, actor: Actor, pk: int) -> TeamMember:
    """A member of a visible team, or 404."""
    members = TeamMember.objects.filter(team__in=team_list(actor=actor)).select_related("team__region")
    return get_object_or_404(members, pk=pk)


def team_assignment_list(*, actor: Actor) -> QuerySet[TeamAssignment]:
    """The assignments to visible enterprises."""
    assignments = TeamAssignment.objects.all()
    return assignments if actor.sees_whole_tenant else assignments.filter(enterprise__in=visible_enterprises(actor))


def team_assignment_get(*, actor: Actor, pk: int) -> TeamAssignment:
    """One of them, or 404."""
    found = team_assignment_list(actor=actor).select_related("team__region", "enterprise")
    return get_object_or_404(found, pk=pk)


def with_strength(teams: QuerySet[InstructorTeam], today: date) -> QuerySet[InstructorTeam]:
    """Add `leader_count`, `member_count` and `enterprise_count` of the day, counted one team at a time."""
    people = TeamMember.objects.filter(in_force(today))
    return teams.annotate(
        leader_count=_number_of(people.filter(is_leader=True)),
        member_count=_number_of(people.filter(is_leader=False)),
        enterprise_count=_number_of(TeamAssignment.objects.filter(in_force(today))),
    )


def _number_of(rows: QuerySet) -> Coalesce:
    counted = rows.filter(team=OuterRef("pk")).order_by().values("team").values(number=Count("pk"))
    return Coalesce(Subquery(counted), 0)


def teams_of(enterprise: Enterprise, today: date) -> list[TeamAssignment]:
    """Who guides an enterprise that the caller may see, now or from a later day, each team with its people of today."""
    people = Prefetch("team__members", TeamMember.objects.filter(in_force(today)))
    present = enterprise.team_assignments.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today))
    return list(present.select_related("team__region").prefetch_related(people))


def has_force(today: date) -> Q:
    """Whether somebody is sent to the enterprise (the outer row): a support group, or a team on that day."""
    groups = SupportedEnterprise.objects.filter(enterprise=OuterRef("pk"))
    teams = TeamAssignment.objects.filter(in_force(today), enterprise=OuterRef("pk"))
    return Q(Exists(groups)) | Q(Exists(teams))


def instructor_accounts() -> QuerySet[User]:
    """The accounts that may be given to a member: those that the administrator made for instructors."""
    users = User.objects.filter(is_active=True, assignments__role=Role.INSTRUCTOR)
    return users.distinct().order_by("full_name", "pk")


def enterprises_named(*, actor: Actor, text: str) -> list[Enterprise]:
    """The visible enterprises with this full name or 统一社会信用代码; two at most, which is one too many."""
    named = visible_enterprises(actor).filter(Q(name=text.strip()) | Q(credit_code=text.strip().upper()))
    return list(named[:2])
