"""Keeping the books of 红帆指导员 teams: who belongs to one, which enterprises it guides (domain.md §2).

The rights of its members follow the books (`permissions.granted_to`): nothing else is to be switched on or off.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from tenants import search
from tenants.models import Region, User
from tenants.permissions import STAFF, Actor

from ..models import Enterprise, InstructorTeam, TeamAssignment, TeamMember
from ..permissions import keeps_team
from ..selectors.teams import team_get
from ..terms import in_words, overlapping

#: Further away than this is a slip in the year.
AHEAD_MOST, BACK_MOST = timedelta(days=366), timedelta(days=366 * 10)
REFUSAL = "指导员团队由团队所在县（市、区）的两新工委和市级管理。如需调整，请联系他们。"
Booked = TypeVar("Booked", TeamMember, TeamAssignment)


@dataclass(frozen=True)
class NewMember:
    """What is said about somebody who joins a team."""

    person: str
    starts_on: date
    position: str = ""
    is_leader: bool = False
    ends_on: date | None = None
    account: User | None = None


@transaction.atomic
def team_save(
    *, actor: Actor, name: str, region: Region, studio: str = "", team: InstructorTeam | None = None
) -> InstructorTeam:
    """Register a team, or change what is registered; sent twice, it is one.

    Raises `ValidationError` for a name that another team bears, `PermissionDenied` for a region of others.
    """
    actor.require(*STAFF)
    same_name = InstructorTeam.objects.filter(name=name.strip())
    if team is None:
        if made := same_name.filter(region=region, studio=studio.strip()).first():
            return made
        wanted = InstructorTeam()
    else:
        wanted = _lock(actor, team)
    if same_name.exclude(pk=wanted.pk).exists():
        raise ValidationError({"name": f"已有名为“{name.strip()}”的团队。请换一个名称，或修改原来的团队。"})
    wanted.name, wanted.region, wanted.studio = name.strip(), region, studio.strip()
    wanted.initials = search.initials(wanted.name)[:80]
    if not keeps_team(actor, wanted):
        raise PermissionDenied(REFUSAL)
    wanted.full_clean()
    wanted.save()
    search.index([wanted])
    return wanted


@transaction.atomic
def team_join(*, actor: Actor, team: InstructorTeam, member: NewMember, token: UUID, today: date) -> TeamMember:
    """Take somebody into a team; a form (`token`) sent twice makes one row.

    A team may stay short or be larger than the rule: pages warn. Raises `ValidationError` for days that cannot be,
    for a second leader and for somebody who is in the team already.
    """
    team = _lock(actor, team)
    if made := TeamMember.objects.filter(form_token=token, team=team).first():
        return made
    _check_days(member.starts_on, member.ends_on, today)
    there = [each for each in team.members.all() if _overlap(each, member.starts_on, member.ends_on)]
    if any(each.person == member.person.strip() for each in there):
        raise ValidationError({"person": f"{member.person.strip()}这段时间已在团队里。要改职务或日期，先登记退出。"})
    leader = next((each for each in there if each.is_leader), None)
    if member.is_leader and leader:
        until = f"至{in_words(leader.ends_on)}" if leader.ends_on else "现在"
        raise ValidationError({"is_leader": f"团长{until}是{leader}。请先登记他退出，再登记新团长。"})
    made = TeamMember(
        team=team,
        person=member.person.strip(),
        position=member.position.strip(),
        is_leader=member.is_leader,
        account=member.account,
        starts_on=member.starts_on,
        ends_on=member.ends_on,
        form_token=token,
    )
    return _insert(made)


@transaction.atomic
def team_assign(
    *,
    actor: Actor,
    team: InstructorTeam,
    enterprise: Enterprise,
    starts_on: date,
    ends_on: date | None,
    token: UUID,
    today: date,
) -> TeamAssignment:
    """Send a team to an enterprise; a form (`token`) sent twice makes one row.

    Raises `ValidationError` for days that cannot be and where the team guides the enterprise at that time already.
    """
    team = _lock(actor, team)
    if made := TeamAssignment.objects.filter(form_token=token, team=team).first():
        return made
    _check_days(starts_on, ends_on, today)
    for each in team.assignments.filter(enterprise=enterprise):
        if _overlap(each, starts_on, ends_on):
            since = in_words(each.starts_on)
            raise ValidationError({"enterprise": f"{team}从{since}起已派驻{enterprise}。要改日期，先结束原来的派驻。"})
    return _insert(
        TeamAssignment(team=team, enterprise=enterprise, starts_on=starts_on, ends_on=ends_on, form_token=token)
    )


def team_leave(*, actor: Actor, member: TeamMember, ends_on: date, reason: str, today: date) -> TeamMember:
    """Say the last day of somebody in a team. Raises `ValidationError` for a day before he came or that is too far."""
    return _end(TeamMember, actor, member, ends_on, reason, today)


def team_unassign(
    *, actor: Actor, assignment: TeamAssignment, ends_on: date, reason: str, today: date
) -> TeamAssignment:
    """Say the last day of an assignment; the members' right to the enterprise ends with it, whatever runs or does not.

    Raises `ValidationError` for a day before it began or that is too far, and for one that is over.
    """
    return _end(TeamAssignment, actor, assignment, ends_on, reason, today)


@transaction.atomic
def _end(model: type[Booked], actor: Actor, row: Booked, ends_on: date, reason: str, today: date) -> Booked:
    _lock(actor, row.team)
    row = model.objects.get(pk=row.pk)
    if row.ends_on is not None and row.ends_on < today:
        if (row.ends_on, row.end_reason) == (ends_on, reason.strip()):
            return row
        raise ValidationError(f"已于{in_words(row.ends_on)}结束，不必再登记。")
    if ends_on < row.starts_on:
        raise ValidationError({"ends_on": f"最后一天不能早于开始的日期（{in_words(row.starts_on)}）。"})
    if row.ends_on is not None and ends_on > row.ends_on:
        raise ValidationError({"ends_on": f"已登记到{in_words(row.ends_on)}为止。要延长，到期后另行登记。"})
    if ends_on > today + AHEAD_MOST:
        raise ValidationError({"ends_on": "日期在一年以后。请核对年份。"})
    row.ends_on, row.end_reason = ends_on, reason.strip()
    row.full_clean()
    row.save()
    return row


def _lock(actor: Actor, team: InstructorTeam) -> InstructorTeam:
    """Only the office of its region, and one at a time."""
    actor.require(*STAFF)
    team = team_get(actor=actor, pk=team.pk)
    if not keeps_team(actor, team):
        raise PermissionDenied(REFUSAL)
    InstructorTeam.objects.select_for_update(no_key=True).get(pk=team.pk)
    return team


def _check_days(starts_on: date, ends_on: date | None, today: date) -> None:
    if not today - BACK_MOST <= starts_on <= today + AHEAD_MOST:
        raise ValidationError({"starts_on": "日期离今天太远。请核对年份。"})
    if ends_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": "最后一天不能早于开始的日期。请核对两个日期。"})
    if ends_on is not None and ends_on > starts_on + BACK_MOST:
        raise ValidationError({"ends_on": "离开始的日期超过十年。请核对年份，或不填。"})


def _overlap(row: TeamMember | TeamAssignment, starts_on: date, ends_on: date | None) -> bool:
    return overlapping(row.starts_on, row.ends_on, starts_on, ends_on)


def _insert(row: Booked) -> Booked:
    """Save a new row; the unique rules of the database have the last word."""
    row.full_clean()
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise ValidationError("这张表单已经用过，请重新打开后再填。") from error
    return row
