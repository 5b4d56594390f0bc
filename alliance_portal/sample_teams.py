"""红帆指导员 teams of the sample city: one complete, one that lacks people. May run again."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from enterprises.models import Enterprise, InstructorTeam, PartyOrganisation
from enterprises.selectors.certificates import worker_version
from enterprises.services.certificates import Worker, worker_save
from enterprises.services.teams import NewMember, team_assign, team_join, team_leave, team_save, team_unassign
from tenants.models import Region, User
from tenants.permissions import Actor

#: The teams began their work this long ago.
SINCE = timedelta(days=120)
#: (name, post, leads, has left)
PEOPLE = (
    ("王静", "县级干部", True, False),
    ("刘洋", "县委组织部组织科科长", False, False),
    ("陈晨", "县工业和信息化局党建办主任", False, False),
    ("赵敏", "县财政局干部", False, True),
)
ENTERPRISES = 4


def teams_ensure(admin: Actor, region: Region, account: User, today: date) -> None:
    """Two teams of a county; `account` is that of a member of the first. Made on the first run only."""
    if InstructorTeam.objects.exists():
        return
    first = team_save(actor=admin, name=f"{region.name}第一红帆指导员团", region=region, studio="王静“红帆”工作室")
    second = team_save(actor=admin, name=f"{region.name}第二红帆指导员团", region=region)
    starts_on = today - SINCE
    for number, (person, position, leads, left) in enumerate(PEOPLE):
        member = NewMember(person, starts_on, position, is_leader=leads, account=account if person == "刘洋" else None)
        made = team_join(actor=admin, team=first, member=member, token=UUID(int=number + 1), today=today)
        if left:
            day = today - timedelta(days=30)
            team_leave(actor=admin, member=made, ends_on=day, reason="工作调动", today=today)
    alone = NewMember("孙伟", starts_on, "县市场监管局副局长", is_leader=True)
    team_join(actor=admin, team=second, member=alone, token=UUID(int=10), today=today)
    enterprises = Enterprise.objects.filter(region=region, is_operating=True).order_by("-is_climbing", "pinyin", "pk")
    for number, enterprise in enumerate(enterprises[:ENTERPRISES]):
        made_assignment = team_assign(
            actor=admin,
            team=second if number == ENTERPRISES - 1 else first,
            enterprise=enterprise,
            starts_on=starts_on,
            ends_on=today + timedelta(days=180) if number else None,
            token=UUID(int=20 + number),
            today=today,
        )
        if number == 1:
            day = today - timedelta(days=10)
            team_unassign(actor=admin, assignment=made_assignment, ends_on=day, reason="企业迁出本县", today=today)


def certificates_ensure(admin: Actor, region: Region, today: date) -> None:
    """Workers' certificates of a county: one that has run out, one that soon will, one that is valid for long."""
    known = PartyOrganisation.objects.filter(enterprise__region=region)
    if known.filter(worker_certified_until__isnull=False).exists():
        return
    certified = known.filter(worker_is_certified=True).exclude(worker="").order_by("pk")
    for number, (each, days) in enumerate(zip(certified[:3], (-20, 40, 500), strict=False)):
        worker = Worker(each.worker, True, f"DW2024{number + 1:06d}", today + timedelta(days=days))
        worker_save(actor=admin, organisation=each, worker=worker, version=worker_version(each), today=today)
