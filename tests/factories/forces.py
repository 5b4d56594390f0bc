"""Rows of the support forces."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.utils import timezone

from enterprises.models import (
    Cadre,
    Enterprise,
    InstructorTeam,
    SupportedEnterprise,
    SupportGroup,
    TeamAssignment,
    TeamMember,
    Visit,
)
from tenants import search
from tenants.models import Role

from .business import ADDED, number_of
from .ground import county
from .people import actor


def support_group(*enterprises: Enterprise, name: str | None = None, **values: Any) -> SupportGroup:
    """A county group that serves `enterprises`."""
    name = name or f"第{number_of(SupportGroup)}助企攀登小组"
    defaults = {"initials": search.initials(name), "level": SupportGroup.Level.COUNTY, "region": county()}
    made = SupportGroup.objects.create(name=name, **(defaults | values))
    SupportedEnterprise.objects.bulk_create(SupportedEnterprise(group=made, enterprise=each) for each in enterprises)
    search.index([made])
    return made


def cadre(group: SupportGroup, name: str = "孙伟", **values: Any) -> Cadre:
    defaults = {"rank": Cadre.Rank.SECTION, "home_unit": "市财政局", "assigned_on": ADDED}
    made = Cadre.objects.create(group=group, name=name, initials=search.initials(name), **(defaults | values))
    search.index([made])
    return made


def visit(enterprise: Enterprise, **values: Any) -> Visit:
    """A visit of today by somebody of the office."""
    defaults = {"visited_on": timezone.localdate(), "visitors": "孙伟、李敏", "content": "了解用工情况，宣讲惠企政策。"}
    if "recorded_by" not in values:
        defaults["recorded_by"] = actor(Role.CITY_STAFF).user
    made = Visit.objects.create(enterprise=enterprise, form_token=uuid4(), **(defaults | values))
    search.index([made])
    return made


def team(*enterprises: Enterprise, name: str | None = None, **values: Any) -> InstructorTeam:
    """A county's 红帆指导员 team, which guides `enterprises` since its first day."""
    name = name or f"第{number_of(InstructorTeam)}红帆指导员团"
    defaults = {"initials": search.initials(name), "region": county(), "studio": "王静工作室"}
    made = InstructorTeam.objects.create(name=name, **(defaults | values))
    for each in enterprises:
        TeamAssignment.objects.create(team=made, enterprise=each, starts_on=ADDED, form_token=uuid4())
    search.index([made])
    return made


def team_member(team: InstructorTeam, person: str = "王静", **values: Any) -> TeamMember:
    """Somebody in the team since its first day."""
    defaults = {"starts_on": ADDED, "form_token": uuid4(), "position": "区委组织部副部长"}
    return TeamMember.objects.create(team=team, person=person, **(defaults | values))
