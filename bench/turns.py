"""A quarter's turn for 10,000 alliances in 300 tenants, beside the bare SQL that writes the same rows."""

from __future__ import annotations

import resource
from collections.abc import Callable
from datetime import date, datetime
from functools import partial

from django.contrib.auth.models import Permission
from django.db import connection, connections, transaction
from django.utils import timezone

from alliances.models import Alliance, AlliancePermission, Handover, Membership, Roster, RosterSlot, Term, TermHolder
from alliances.permissions import MANAGE
from alliances.services import rotation_turn
from bench.measuring import Result, against, seconds
from enterprises.models import Enterprise, PartyOrganisation, PartyOrganisationPermission, Scale
from enterprises.permissions import LEAD
from notices.models import Notice
from tenants.models import DictionaryEntry, Region, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import tenant_create

TENANTS, ALLIANCES, MEMBERS = 300, 10_000, 4
LIMIT, MEMORY_LIMIT = 3.0, 1.1
#: After so many tenants memory has its full size.
SETTLED = 30
#: Rows by table.
Staged = dict[str, list[tuple]]
BEFORE, TURN = date(2026, 1, 1), date(2026, 4, 1)
LAST_DAY = date(2026, 3, 31)
#: What a turn writes: model, and the condition that tells its rows from those before.
WRITTEN = {
    Term: "starts_on = '2026-04-01'",
    TermHolder: "starts_on = '2026-04-01'",
    AlliancePermission: "until = '2026-06-30'",
    Handover: "true",
    Notice: "true",
}


def measure(tenant: Tenant) -> list[Result]:
    """All tenants one after another, each turn undone; the reference writes the rows of a first turn again."""
    tenants = [_tenant(number) for number in range(TENANTS)]
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    mine = theirs = 0.0
    settled = 0.0
    for number, each in enumerate(tenants, 1):
        theirs += _undone(each, partial(_write, _staged(each)))
        mine += _undone(each, partial(rotation_turn, at=_midnight(TURN)))
        if number == SETTLED:
            settled = _peak()
    return [
        against(f"季度轮换 {ALLIANCES:,} 个联盟、{TENANTS} 个租户", mine * 1000, theirs * 1000, unit="ms", limit=LIMIT),
        against(f"季度轮换内存：全部租户比前 {SETTLED} 个", _peak(), settled, unit="MB", limit=MEMORY_LIMIT),
    ]


def _undone(tenant: Tenant, work: Callable[[], object]) -> float:
    """The time of one tenant's work with all its checks; afterwards everything is as before."""
    with transaction.atomic():
        taken = seconds(partial(_checked, tenant, work))
        transaction.set_rollback(True)
    return taken


def _checked(tenant: Tenant, work: Callable[[], object]) -> None:
    with tenant_scope(tenant), connection.cursor() as cursor:
        work()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _write(staged: Staged) -> None:
    """What nobody can do without: end the terms and insert what follows, sent by the client as a turn sends it, into
    the tables with all that they hold. One statement for each table."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE alliances_term SET outcome = 'completed' WHERE ends_on = %s", [LAST_DAY])
        cursor.execute("DELETE FROM alliances_alliancepermission WHERE until = %s", [LAST_DAY])
        for table, rows in staged.items():
            values = ", ".join([f"({', '.join(['%s'] * len(rows[0]))})"] * len(rows))
            cursor.execute(f"INSERT INTO {table} VALUES {values}", [value for row in rows for value in row])


def _staged(tenant: Tenant) -> Staged:
    """The rows that a tenant's turn writes, by table; afterwards everything is as before."""
    staged = {}
    with transaction.atomic():
        with tenant_scope(tenant), connection.cursor() as cursor:
            turned = rotation_turn(at=_midnight(TURN))
            assert len(turned.opened) == len(turned.closed) == Alliance.objects.count()
            for model, condition in WRITTEN.items():
                cursor.execute(f"SELECT * FROM {model._meta.db_table} WHERE {condition}")
                staged[model._meta.db_table] = cursor.fetchall()
        transaction.set_rollback(True)
    return staged


def _tenant(number: int) -> Tenant:
    """A city whose alliances rotate since the first quarter: four members each, two with accounts, and a secretary."""
    slug = f"turn{number}"
    tenant = tenant_create(
        slug=slug, name=f"轮换市{number}", body_name="市委社会工作部", regions=["甲县"], since=date(2021, 1, 1)
    )
    with tenant_scope(tenant):
        _fill(slug, len(range(number, ALLIANCES, TENANTS)))
        rotation_turn(at=_midnight(BEFORE))
    return tenant


def _fill(slug: str, count: int) -> None:
    region = Region.objects.get(level=Region.Level.COUNTY)
    cluster = DictionaryEntry.objects.filter(kind=DictionaryEntry.Kind.CLUSTER)[0]
    enterprises = Enterprise.objects.bulk_create(
        Enterprise(name=f"企业{at}", credit_code=f"TURN{at:014d}", region=region, scale=Scale.ABOVE_SCALE)
        for at in range(count * MEMBERS)
    )
    organisations = PartyOrganisation.objects.bulk_create(
        PartyOrganisation(name=f"{each.name}党支部", enterprise=each, kind="branch", secretary="李敏")
        for each in enterprises
    )
    alliances = Alliance.objects.bulk_create(
        Alliance(name=f"联盟{at}", cluster=cluster, region=region, founded_on=BEFORE) for at in range(count)
    )
    Membership.objects.bulk_create(
        Membership(alliance=alliances[at // MEMBERS], enterprise=each, joined_on=BEFORE)
        for at, each in enumerate(enterprises)
    )
    rosters = Roster.objects.bulk_create(
        Roster(alliance=each, version=1, meeting="成员大会", adopted_on=BEFORE, effective_on=BEFORE)
        for each in alliances
    )
    RosterSlot.objects.bulk_create(
        RosterSlot(roster=rosters[at // MEMBERS], organisation=each, position=at % MEMBERS, entered_on=BEFORE)
        for at, each in enumerate(organisations)
    )
    leading = [each for at, each in enumerate(organisations) if at % MEMBERS < 2]
    users = User.objects.bulk_create(
        User(username=f"u{at}@{slug}", full_name="李敏", password="!", tenant_id=region.tenant_id)
        for at in range(len(leading) + count)
    )
    lead, manage = (Permission.objects.get(codename=codename) for codename in (LEAD, MANAGE))
    PartyOrganisationPermission.objects.bulk_create(
        PartyOrganisationPermission(user=user, permission=lead, content_object=each)
        for user, each in zip(users, leading, strict=False)
    )
    AlliancePermission.objects.bulk_create(
        AlliancePermission(user=user, permission=manage, content_object=each)
        for user, each in zip(users[len(leading) :], alliances, strict=True)
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def _peak() -> float:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
