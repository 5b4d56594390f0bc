"""Acts on demands in the database: rows, words, rights, double submits, two people at once."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from demands.clocks import ZONE
from demands.models import Assignment, Demand, DemandDeadline, DemandEvent, DemandExtension, DemandPause
from demands.selectors import course, demand_list
from demands.services import DemandEntry, demand_act, demand_enter, draft_discard, draft_update
from demands.services.acting import MovedError
from demands.workflow import Action, Need
from enterprises.models import Enterprise
from notices.models import Notice
from tenants.models import Role, Tenant
from tenants.permissions import Actor
from tenants.scope import tenant_scope
from tenants.selectors.calendar import calendar_current
from tests import factories

A, N, State = Action, Need, Demand.State
pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def _scope(tenant: Tenant):
    with tenant_scope(tenant):
        yield


@pytest.fixture
def enterprise() -> Enterprise:
    return factories.enterprise(region=factories.county())


@pytest.fixture
def office() -> Actor:
    return factories.actor(Role.COUNTY_STAFF, region=factories.county())


@pytest.fixture
def finance() -> Actor:
    return factories.actor(Role.DEPARTMENT, unit=factories.unit("市财政局"))


@pytest.fixture
def land() -> Actor:
    return factories.actor(Role.DEPARTMENT, unit=factories.unit("市自然资源和规划局"))


@pytest.fixture
def asker(enterprise: Enterprise) -> Actor:
    return factories.actor(Role.ENTERPRISE, enterprise=enterprise)


def at(day: int = 0, hour: int = 10) -> datetime:
    return MONDAY.replace(hour=hour, minute=0) + timedelta(days=day)


def act(actor: Actor, demand: Demand, action: Action, *, day: int = 0, **said: Any) -> Demand:
    current = Demand.objects.get(pk=demand.pk)
    inputs = {Need(name): value for name, value in said.items()}
    return demand_act(
        actor=actor, demand=current, action=action, said=inputs, version=current.version, token=uuid4(), now=at(day)
    )[0]


def submitted(asker: Actor, enterprise: Enterprise) -> Demand:
    entry = DemandEntry(factories.entry("element"), "流动资金紧张，希望续贷五百万元")
    return demand_enter(actor=asker, enterprise=enterprise, entry=entry, submit=True, token=uuid4(), now=at())[0]


@pytest.fixture
def assigned(asker: Actor, enterprise: Enterprise, office: Actor, finance: Actor, land: Actor) -> Demand:
    demand = submitted(asker, enterprise)
    act(office, demand, A.ACCEPT, complexity="ordinary")
    units = {"lead": unit_of(finance), "assisting": [unit_of(land)], "sharing": []}
    return act(office, demand, A.ASSIGN, text="请于下周三前办结", **units)


@pytest.fixture
def handled(assigned: Demand, finance: Actor) -> Demand:
    return act(finance, assigned, A.SIGN)


def unit_of(actor: Actor) -> Any:
    (pk,) = actor.unit_ids
    return factories.unit().__class__.objects.get(pk=pk)


def said_of(demand: Demand) -> list[str]:
    return [event.action for event in demand.events.order_by("pk")]


def test_the_straight_way_leaves_its_rows(handled: Demand, asker: Actor, finance: Actor, land: Actor):
    act(land, handled, A.OPINION, text="用地指标可以调剂", day=1)
    act(finance, handled, A.REPLY, text="已联系银行", day=1)
    act(finance, handled, A.ANSWER, result="solved", text="银行已续贷", loan=500, day=3)
    closed = act(asker, handled, A.RATE, rating=5, text="办得快", day=4)
    assert (closed.state, closed.result, closed.loan, closed.rating) == (State.CLOSED, "solved", 500, 5)
    assert (closed.accepted_on, closed.due_on) == (date(2026, 11, 2), date(2026, 11, 11))
    assert (closed.settled_on, closed.closed_on) == (date(2026, 11, 5), date(2026, 11, 6))
    assert closed.next_due_at is None
    assert said_of(closed) == ["submit", "accept", "assign", "sign", "opinion", "reply", "answer", "rate"]
    lead, assisting = (Assignment.objects.get(part=part) for part in ("lead", "assisting"))
    assert lead.signed_at
    assert (assisting.part, assisting.opinion) == ("assisting", "用地指标可以调剂")
    assert not DemandDeadline.objects.filter(ended_at__isnull=True).exists()


def test_the_time_line_says_what_changed(assigned: Demand):
    event = assigned.events.first()
    assert event.who == "任城区 李敏"
    assert event.text == "请于下周三前办结"
    assert ["主办单位", "", "市财政局"] in event.changes
    assert ["办理状态", "待交办", "待签收"] in event.changes


def test_a_department_sees_what_it_was_handed_until_it_is_handed_on(
    assigned: Demand, office: Actor, finance: Actor, land: Actor
):
    other = factories.actor(Role.DEPARTMENT, unit=factories.unit("市税务局"))
    seen = [demand_list(actor=actor).exists() for actor in (finance, land, other)]
    assert seen == [True, True, False]
    act(finance, assigned, A.OBJECT, reason="属税务事项")
    act(office, assigned, A.UPHOLD, lead=unit_of(other), reason="确属税务")
    seen = [demand_list(actor=actor).exists() for actor in (finance, land, other)]
    assert seen == [False, True, True]


def test_deadlines_are_stored_with_the_calendar_they_were_made_with(assigned: Demand):
    rows = DemandDeadline.objects.filter(ended_at__isnull=True).order_by("due_at", "pk")
    assert {(row.step, row.due_at.astimezone(ZONE).date()) for row in rows} == {
        ("sign", date(2026, 11, 3)),
        ("assist", date(2026, 11, 5)),
        ("resolve", date(2026, 11, 11)),
    }
    assert {row.calendar_version for row in rows} == {calendar_current().version}
    assert assigned.next_due_at.astimezone(ZONE).date() == date(2026, 11, 3)


def test_waiting_for_the_enterprise_leaves_a_span_and_moves_the_deadline(handled: Demand, finance: Actor, asker: Actor):
    act(finance, handled, A.PAUSE, reason="请补交审计报告", day=2)
    resumed = act(asker, handled, A.RESUME, text="已补交", day=7)
    assert resumed.due_on == date(2026, 11, 16)
    span = DemandPause.objects.get()
    assert (span.kind, span.reason, span.started_at, span.ended_at) == ("waiting", "请补交审计报告", at(2), at(7))


def test_more_time_is_asked_for_and_granted(handled: Demand, finance: Actor, office: Actor):
    act(finance, handled, A.EXTEND, new_due_on=date(2026, 11, 20), reason="要走招标")
    granted = act(office, handled, A.GRANT)
    assert granted.due_on == date(2026, 11, 20)
    row = DemandExtension.objects.get()
    assert (row.state, row.due_before, row.due_asked) == ("granted", date(2026, 11, 11), date(2026, 11, 20))
    with pytest.raises(ValidationError, match="只能申请一次"):
        act(finance, handled, A.EXTEND, new_due_on=date(2026, 11, 24), reason="再延")


def test_merging_takes_over_the_earlier_deadline(handled: Demand, asker: Actor, enterprise: Enterprise, office: Actor):
    other = submitted(asker, enterprise)
    act(office, other, A.ACCEPT, complexity="consultation")
    with pytest.raises(ValidationError, match="不能并入它自己"):
        act(office, other, A.MERGE, into=other.number, reason="同一件事")
    merged = act(office, other, A.MERGE, into=handled.number.lower(), reason="同一件事")
    handled.refresh_from_db()
    assert (merged.state, merged.merged_into_id, merged.due_on) == (State.MERGED, handled.pk, None)
    assert handled.due_on == date(2026, 11, 5)
    assert other.number in handled.events.first().text


def test_who_refuses_names_who_is_responsible(asker: Actor, enterprise: Enterprise, office: Actor):
    demand = submitted(asker, enterprise)
    with pytest.raises(ValidationError) as refusal:
        act(office, demand, A.REFUSE, reason="不属本级职权", responsible=" ")
    assert list(refusal.value.error_dict) == ["responsible"]
    refused = act(office, demand, A.REFUSE, reason="不属本级职权", responsible="省税务局")
    assert (refused.state, refused.closed_on) == (State.REFUSED, date(2026, 11, 2))
    assert "应由省税务局负责" in refused.events.first().text


def test_a_bad_rating_leads_to_a_second_handling(handled: Demand, finance: Actor, asker: Actor, office: Actor):
    act(finance, handled, A.ANSWER, result="explained", text="政策不允许", day=1)
    act(asker, handled, A.RATE, rating=1, day=1)
    second = act(office, handled, A.CALL_BACK, again=True, text="企业要求说明依据", day=2)
    assert (second.state, second.is_second, second.second_due_on) == (State.IN_PROGRESS, True, date(2026, 11, 19))
    act(finance, handled, A.ANSWER, result="explained", text="依据如下", day=5)
    closed = act(asker, handled, A.RATE, rating=2, day=6)
    assert (closed.state, closed.settled_on, closed.rating) == (State.CLOSED, date(2026, 11, 3), 2)


def test_a_row_of_a_ledger_goes_on_from_where_it_stands(enterprise: Enterprise, office: Actor, finance: Actor):
    unit = unit_of(finance)
    row = factories.demand(
        enterprise, unit=unit, accepted_on=date(2026, 10, 26), raised_on=date(2026, 10, 25), due_on=date(2026, 11, 4)
    )
    answered = act(finance, row, A.ANSWER, result="solved", text="已办")
    assert (answered.state, answered.due_on, answered.settled_on) == (
        State.ANSWERED,
        date(2026, 11, 4),
        date(2026, 11, 2),
    )
    undated = factories.demand(enterprise, state="accepted")
    dated = act(office, undated, A.RECATEGORISE, element=undated.element, complexity="ordinary", reason="台账没有时限")
    assert dated.due_on == date(2026, 11, 11)


# Rights


@pytest.mark.parametrize("action", [A.ACCEPT, A.RETURN, A.REFUSE, A.SIGN, A.SUPERVISE])
def test_who_only_asks_handles_nothing(action: Action, asker: Actor, enterprise: Enterprise):
    with pytest.raises(PermissionDenied):
        act(asker, submitted(asker, enterprise), action, reason="x", complexity="ordinary")


def test_the_office_of_another_county_has_no_say(asker: Actor, enterprise: Enterprise):
    elsewhere = factories.actor(Role.COUNTY_STAFF, region=factories.county("鱼台县"))
    with pytest.raises(PermissionDenied, match="受理单位"):
        act(elsewhere, submitted(asker, enterprise), A.ACCEPT, complexity="ordinary")


def test_whoever_assists_an_enterprise_asks_for_it_but_does_not_rate(handled: Demand, finance: Actor):
    instructor = factories.actor(Role.INSTRUCTOR, enterprise=handled.enterprise)
    act(finance, handled, A.ANSWER, result="solved", text="已办")
    with pytest.raises(PermissionDenied, match="企业"):
        act(instructor, handled, A.RATE, rating=5)


def test_a_secretary_urges_and_an_assisting_unit_does_not_answer(handled: Demand, land: Actor):
    alliance = factories.alliance(handled.enterprise)
    Demand.objects.filter(pk=handled.pk).update(alliance=alliance)
    secretary = factories.actor(Role.ALLIANCE_SECRETARY, alliance=alliance)
    act(secretary, handled, A.URGE, text="企业着急")
    with pytest.raises(PermissionDenied, match="主办单位"):
        act(land, handled, A.ANSWER, result="solved", text="已办")


# Who is told


def test_those_concerned_are_told_once(assigned: Demand, finance: Actor, land: Actor, office: Actor, asker: Actor):
    told = Notice.objects.filter(title__endswith="交办").values_list("recipient", flat=True)
    assert set(told) == {finance.user.pk, land.user.pk}
    act(finance, assigned, A.OBJECT, reason="不归我们")
    assert Notice.objects.filter(recipient=office.user.pk, title__contains="异议").exists()
    assert not Notice.objects.filter(recipient=asker.user.pk, title__contains="异议").exists()


# Twice, and two at once


def test_a_form_sent_twice_acts_once(assigned: Demand, finance: Actor):
    token = uuid4()
    call = {"actor": finance, "demand": assigned, "action": A.SIGN, "said": {}, "version": assigned.version}
    assert demand_act(**call, token=token, now=at())[1] is True
    assert demand_act(**call, token=token, now=at())[1] is False
    assert said_of(assigned).count("sign") == 1


def test_whoever_comes_second_is_told_what_happened(assigned: Demand, finance: Actor, office: Actor):
    seen = assigned.version
    act(finance, assigned, A.SIGN)
    call = {"actor": office, "demand": assigned, "said": {N.REASON: "换单位"}, "version": seen, "now": at()}
    with pytest.raises(MovedError, match=r"市财政局 李敏已在 11-02 10:00 签收，开始办理。.*请看过再决定"):
        demand_act(**call, action=A.REASSIGN, token=uuid4())
    with pytest.raises(MovedError, match="现在是“办理中”，不能再签收"):
        demand_act(actor=finance, demand=assigned, action=A.SIGN, said={}, version=seen, token=uuid4(), now=at())


def test_a_note_meanwhile_stops_nobody(handled: Demand, finance: Actor, land: Actor):
    seen = handled.version
    act(land, handled, A.NOTE, text="已看现场")
    said = {N.RESULT: "solved", N.TEXT: "已办"}
    demand_act(actor=finance, demand=handled, action=A.ANSWER, said=said, version=seen, token=uuid4(), now=at())
    assert Demand.objects.get().state == State.ANSWERED


# Entering


def test_a_form_sent_twice_makes_one_demand(asker: Actor, enterprise: Enterprise):
    token, entry = uuid4(), DemandEntry(factories.entry("element"), "缺焊工")
    call = {"actor": asker, "enterprise": enterprise, "entry": entry, "submit": True, "token": token, "now": at()}
    first, made = demand_enter(**call)
    again, made_again = demand_enter(**call)
    assert (made, made_again, again.pk) == (True, False, first.pk)
    assert (first.number, first.source, first.state) == ("XQ-2026-000001", "enterprise", State.SUBMITTED)


def test_a_draft_is_its_writers_until_submitted(asker: Actor, enterprise: Enterprise, office: Actor):
    entry = DemandEntry(factories.entry("element"), "缺焊工")
    draft, _ = demand_enter(actor=asker, enterprise=enterprise, entry=entry, submit=False, token=uuid4(), now=at())
    assert demand_list(actor=asker).exists()
    assert not demand_list(actor=office).exists()
    draft_update(actor=asker, demand=draft, entry=DemandEntry(entry.element, "缺焊工二十名"))
    act(asker, draft, A.SUBMIT)
    assert demand_list(actor=office).get().content == "缺焊工二十名"
    with pytest.raises(ValidationError, match="不再是草稿"):
        draft_discard(actor=asker, demand=draft)


def test_the_office_enters_for_a_caller(office: Actor, enterprise: Enterprise):
    demand = submitted(office, enterprise)
    assert (demand.source, demand.entered_by) == ("hotline", office.user)


def test_nobody_asks_for_somebody_elses_enterprise(asker: Actor):
    with pytest.raises(PermissionDenied):
        submitted(asker, factories.enterprise("邹城智能装备有限公司"))


def test_the_inbox_holds_what_is_next_for_each(handled: Demand, office: Actor, finance: Actor, land: Actor):
    numbers = [course.inbox(actor=actor).count() for actor in (office, finance, land)]
    assert numbers == [0, 1, 1]
    act(land, handled, A.OPINION, text="同意")
    act(finance, handled, A.EXTEND, new_due_on=date(2026, 11, 20), reason="要走招标")
    assert [course.inbox(actor=actor).count() for actor in (office, finance, land)] == [1, 1, 0]


def test_acts_are_in_the_audit_trail(assigned: Demand):
    assert DemandEvent.objects.count() == 3
    assert timezone.is_aware(assigned.events.first().at)
