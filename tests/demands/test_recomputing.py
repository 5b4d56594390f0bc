"""Open deadlines follow a changed calendar when an administrator asks for it, and only then."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from demands.clocks import ZONE, Complexity, Deadline, Step, end_of, recomputed, start
from demands.models import Demand, DemandDeadline, DemandEvent
from demands.services import DemandEntry, demand_act, demand_enter
from demands.workflow import Action, Need
from enterprises.models import Enterprise
from tenants.models import Role, Tenant
from tenants.permissions import Actor
from tenants.scope import tenant_scope
from tenants.selectors.calendar import calendar_current, deadlines_outdated
from tenants.services import calendar_change, deadlines_recompute
from tenants.working_days import STATUTORY, WorkingCalendar
from tests import factories

MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=ZONE)
TUESDAY = date(2026, 11, 3)

instants = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(ZONE))  # noqa: DTZ001
changes = st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.booleans(), max_size=30)
WORKING = [Step.ACCEPT, Step.ASSIGN, Step.SIGN, Step.REPLY, Step.ASSIST, Step.RESOLVE, Step.DECIDE]


def other(found: dict[date, bool]) -> WorkingCalendar:
    return STATUTORY.with_days(1, found.items())


@given(instants, st.sampled_from(list(Step)), st.integers(1, 30), changes)
def test_a_deadline_computed_again_is_as_if_it_had_started_with_that_calendar(
    at: datetime, step: Step, days: int, found: dict[date, bool]
) -> None:
    if step is Step.PROMISE:
        return
    calendar = other(found)
    again = recomputed(start(step, at, STATUTORY, days=days), STATUTORY, calendar)
    assert again == start(step, at, calendar, days=days)
    assert recomputed(again, calendar, STATUTORY) == start(step, at, STATUTORY, days=days)


@given(instants, st.sampled_from(WORKING), st.integers(1, 30), changes)
def test_what_is_over_or_agreed_stays(at: datetime, step: Step, days: int, found: dict[date, bool]) -> None:
    calendar = other(found)
    deadline = start(step, at, STATUTORY, days=days)
    over = Deadline(step, at, deadline.due_at, 0, ended_at=at)
    assert recomputed(over, STATUTORY, calendar) == over
    if step is not Step.DECIDE:
        assert recomputed(deadline, STATUTORY, calendar, is_agreed=True).due_at == deadline.due_at


# In the database


@pytest.fixture(autouse=True)
def _scope(request: pytest.FixtureRequest):
    if "db" not in request.fixturenames and "tenant" not in request.fixturenames:
        yield
        return
    with tenant_scope(request.getfixturevalue("tenant")):
        yield


@pytest.fixture
def admin(tenant: Tenant) -> Actor:
    return factories.actor(Role.TENANT_ADMIN, login="guanli")


@pytest.fixture
def enterprise(tenant: Tenant) -> Enterprise:
    return factories.enterprise(region=factories.county())


@pytest.fixture
def office(tenant: Tenant) -> Actor:
    return factories.actor(Role.COUNTY_STAFF, region=factories.county())


def submitted(enterprise: Enterprise, number: int = 0) -> Demand:
    asker = factories.actor(Role.ENTERPRISE, enterprise=enterprise, login=f"qiye{number}")
    entry = DemandEntry(factories.entry("element"), "流动资金紧张，希望续贷五百万元")
    return demand_enter(actor=asker, enterprise=enterprise, entry=entry, submit=True, token=uuid4(), now=MONDAY)[0]


def accepted(office: Actor, demand: Demand) -> Demand:
    current = Demand.objects.get(pk=demand.pk)
    return demand_act(
        actor=office,
        demand=current,
        action=Action.ACCEPT,
        said={Need.COMPLEXITY: Complexity.ORDINARY},
        version=current.version,
        token=uuid4(),
        now=MONDAY,
    )[0]


def day_off(admin: Actor, day: date = TUESDAY) -> None:
    calendar_change(
        actor=admin, first=day, last=day, rule="off", reason="产业大会", is_complete=False,
        version=calendar_current().version, token=uuid4(), now=MONDAY,
    )  # fmt: skip


def recompute(admin: Actor) -> int:
    return deadlines_recompute(actor=admin, token=uuid4(), now=MONDAY)


def outdated(admin: Actor) -> list[tuple[str, int]]:
    return [(each.label, each.count) for each in deadlines_outdated(actor=admin)]


def test_a_changed_calendar_alone_moves_nothing(admin: Actor, office: Actor, enterprise: Enterprise) -> None:
    demand = accepted(office, submitted(enterprise))
    before = list(DemandDeadline.objects.values_list("pk", "due_at", "calendar_version"))
    day_off(admin)
    assert list(DemandDeadline.objects.values_list("pk", "due_at", "calendar_version")) == before
    assert Demand.objects.get(pk=demand.pk).due_on == date(2026, 11, 11)
    assert outdated(admin) == [("诉求的时限", 2)]


def test_asked_for_it_moves_what_the_day_off_lies_in_and_says_so(
    admin: Actor, office: Actor, enterprise: Enterprise
) -> None:
    demand = accepted(office, submitted(enterprise))
    day_off(admin)
    # 交办 and 办结 are open.
    assert recompute(admin) == 2
    now = Demand.objects.get(pk=demand.pk)
    assert now.due_on == date(2026, 11, 12)
    due = {row.step: row.due_at for row in now.deadlines.filter(ended_at__isnull=True)}
    assert now.next_due_at == due["assign"] == end_of(date(2026, 11, 4))
    event = DemandEvent.objects.filter(demand=demand).latest("pk")
    assert event.text.startswith("工作日历已调整，按第 ")
    assert ["办理时限", "2026年11月11日", "2026年11月12日"] in event.changes
    assert now.version == demand.version + 1
    assert outdated(admin) == []
    assert recompute(admin) == 0
    assert DemandEvent.objects.filter(demand=demand).latest("pk") == event


def test_new_deadlines_are_computed_with_the_changed_calendar(
    admin: Actor, office: Actor, enterprise: Enterprise
) -> None:
    day_off(admin)
    demand = accepted(office, submitted(enterprise))
    assert demand.due_on == date(2026, 11, 12)
    assert outdated(admin) == []


def test_many_demands_take_as_many_statements_as_few(admin: Actor, office: Actor, enterprise: Enterprise) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            recompute(admin)
        return len(captured)

    accepted(office, submitted(enterprise))
    day_off(admin)
    few = asked()
    for number in range(1, 6):
        accepted(office, submitted(enterprise, number))
    day_off(admin, TUESDAY + timedelta(days=1))
    assert asked() <= few + 1  # one more old version may be read


def test_ansecond_tenants_deadlines_stay(
    admin: Actor, office: Actor, enterprise: Enterprise, second_tenant: Tenant
) -> None:
    with tenant_scope(second_tenant):
        theirs = DemandDeadline.objects.count()
    accepted(office, submitted(enterprise))
    day_off(admin)
    recompute(admin)
    with tenant_scope(second_tenant):
        assert DemandDeadline.objects.count() == theirs
        assert not DemandDeadline.objects.filter(calendar_version__gt=1).exists()
