"""Rosters, requests and changes of person: who may decide what, and what is refused in which words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from alliances.models import Alliance, AlliancePermission, RotationRequest, Term, TermHolder
from alliances.permissions import CHAIR
from alliances.selectors.rotation import rotation_books
from alliances.services.rosters import (
    person_change,
    roster_adopt,
    rotation_request,
    rotation_request_approve,
    rotation_request_refuse,
)
from alliances.services.turns import rotation_turn
from enterprises.models import PartyOrganisation
from notices.models import Notice
from tenants.models import Role, Tenant
from tenants.permissions import Actor
from tests import factories

Kind, State = RotationRequest.Kind, RotationRequest.State
NOW = datetime(2026, 2, 10, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
TODAY = NOW.date()
Q2 = (date(2026, 4, 1), date(2026, 6, 30))
Q3 = (date(2026, 7, 1), date(2026, 9, 30))


@dataclass
class Office:
    """An alliance of three units with everybody who has a say in it; nothing adopted yet."""

    alliance: Alliance
    units: list[PartyOrganisation]
    staff: Actor
    secretary: Actor

    def adopt(self, *order: int, **values: Any) -> None:
        days = {"adopted_on": date(2026, 1, 1), "effective_on": date(2026, 1, 1), "today": TODAY}
        organisations = [self.units[at] for at in order or range(len(self.units))]
        given = {"actor": self.secretary, "meeting": "第一次成员大会", "organisations": organisations} | days | values
        roster_adopt(alliance=self.alliance, **given)

    def ask(self, kind: str, unit: int, days: tuple[date, date], **values: Any) -> RotationRequest:
        given = {"actor": self.secretary, "reason": "支部换届", "now": NOW} | values
        return rotation_request(
            alliance=self.alliance,
            kind=kind,
            organisation=self.units[unit],
            starts_on=days[0],
            ends_on=days[1],
            **given,
        )

    def coming(self, quarters: int = 4) -> list[int]:
        """The order of the regular turns from the present one on, as positions in `units`."""
        plan = rotation_books([self.alliance])[self.alliance.pk].preview(TODAY)
        ids = [unit.pk for unit in self.units]
        return [ids.index(term.holder) for term in plan.terms if term.is_regular][:quarters]


@pytest.fixture
def office(scope: Tenant) -> Office:
    units = [
        factories.party_organisation(factories.enterprise(f"{letter}公司"), f"{letter}支部") for letter in "甲乙丙"
    ]
    alliance = factories.alliance(*(unit.enterprise for unit in units), founded_on=date(2026, 1, 1))
    return Office(
        alliance,
        units,
        staff=factories.actor(Role.COUNTY_STAFF, region=alliance.region),
        secretary=factories.actor(Role.ALLIANCE_SECRETARY, alliance=alliance),
    )


@pytest.fixture
def rotating(office: Office) -> Office:
    office.adopt()
    rotation_turn(at=NOW)
    return office


# Rosters


def test_a_roster_is_adopted_in_versions(office: Office) -> None:
    office.adopt()
    office.adopt(0, 2, 1, adopted_on=date(2026, 2, 1), effective_on=date(2026, 2, 1))
    rosters = office.alliance.rosters.all()
    assert [(roster.version, [slot.organisation.name for slot in roster.slots.all()]) for roster in rosters] == [
        (1, ["甲支部", "乙支部", "丙支部"]),
        (2, ["甲支部", "丙支部", "乙支部"]),
    ]


@pytest.mark.parametrize(
    ("order", "values", "sentence"),
    [
        ((0, 1), {}, "名单里缺少：丙支部"),
        ((0, 1, 2, 2), {}, "名单里有重复的单位"),
        ((1, 0, 2), {}, "首任由发起单位担任：请把甲支部放在第一位"),
        ((), {"adopted_on": date(2026, 2, 11), "effective_on": date(2026, 2, 11)}, "通过日期不能晚于今天"),
        ((), {"adopted_on": date(2025, 12, 1), "effective_on": date(2025, 12, 1)}, "生效日期最早是2026年1月1日"),
        ((), {"meeting": " "}, "不能为空"),
    ],
)
def test_a_roster_that_breaks_a_rule_is_refused(office: Office, order: tuple, values: dict, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        office.adopt(*order, **values)


def test_a_unit_from_outside_is_refused(office: Office) -> None:
    stranger = factories.party_organisation(factories.enterprise("丁公司"), "丁支部")
    with pytest.raises(ValidationError, match="丁支部在生效之日不是本联盟的成员单位"):
        office.adopt(organisations=[*office.units, stranger])


def test_a_later_roster_cannot_reach_into_what_was_begun(rotating: Office) -> None:
    with pytest.raises(ValidationError, match="生效日期最早是2026年1月2日"):
        rotating.adopt()


def test_only_the_office_and_the_secretary_adopt(office: Office) -> None:
    for actor in (
        factories.actor(Role.ALLIANCE_SECRETARY),
        factories.actor(Role.ENTERPRISE, enterprise=office.units[0].enterprise),
        factories.actor(Role.COUNTY_STAFF, region=factories.county("鱼台县")),
    ):
        with pytest.raises(PermissionDenied):
            office.adopt(actor=actor)
    office.adopt(actor=office.staff)


# Requests


def test_an_approved_skip_lets_the_next_unit_go_first(rotating: Office) -> None:
    request = rotating.ask(Kind.SKIP, 1, Q2)
    assert rotating.coming() == [0, 1, 2, 0]
    rotation_request_approve(actor=rotating.staff, request=request, now=NOW)
    assert rotating.coming() == [0, 2, 1, 0]
    told = Notice.objects.get(recipient=rotating.secretary.user)
    assert told.title == "顺延申请已同意：乙支部"


def test_an_approved_swap_exchanges_two_turns_whichever_is_asked_for(rotating: Office) -> None:
    request = rotating.ask(Kind.SWAP, 2, Q3, other=rotating.units[1])
    assert (request.starts_on, request.ends_on) == Q2
    rotation_request_approve(actor=rotating.staff, request=request, now=NOW)
    assert rotating.coming() == [0, 2, 1, 0]


def test_an_approved_acting_holder_leads_from_his_first_day(rotating: Office) -> None:
    lead = factories.actor(Role.ROTATING_SECRETARY, party_organisation=rotating.units[2])
    days = (date(2026, 2, 5), date(2026, 3, 15))
    request = rotating.ask(Kind.ACTING, 0, days, other=rotating.units[2])
    assert request.person == "赵刚"
    rotation_request_approve(actor=rotating.staff, request=request, now=NOW)
    holders = TermHolder.objects.order_by("starts_on")
    assert [(each.organisation.name, each.is_acting, each.starts_on.day) for each in holders] == [
        ("甲支部", False, 1), ("丙支部", True, 5), ("甲支部", False, 16),
    ]  # fmt: skip
    assert AlliancePermission.objects.get(permission__codename=CHAIR).user == lead.user
    assert rotating.coming() == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("kind", "unit", "days", "values", "sentence"),
    [
        (Kind.SKIP, 0, (date(2026, 1, 1), date(2026, 3, 31)), {}, "2026年第一季度的任期已经开始"),
        (Kind.SKIP, 2, Q2, {}, "2026年第二季度轮值单位是乙支部，丙支部不能就这个季度提出申请"),
        (Kind.SKIP, 1, Q2, {"reason": ""}, "不能为空"),
        (Kind.SWAP, 1, Q2, {}, "请选择与哪个单位对调"),
        (Kind.ACTING, 0, (date(2026, 3, 1), date(2026, 3, 30)), {"other": 1}, "离岗不超过30天的"),
        (Kind.ACTING, 0, (date(2026, 3, 9), date(2026, 3, 1)), {"other": 1}, "结束日期不能早于开始日期"),
        (Kind.ACTING, 0, (date(2026, 3, 1), date(2026, 4, 30)), {"other": 0}, "请选择一个有党组织的成员单位代理"),
        (Kind.ACTING, 1, (date(2026, 2, 11), date(2026, 3, 20)), {"other": 2}, "没有轮值任期，不需要代理"),
    ],
)
def test_a_request_that_breaks_a_rule_is_refused(
    rotating: Office, kind: str, unit: int, days: tuple, values: dict, sentence: str
) -> None:
    if "other" in values:
        values = values | {"other": rotating.units[values["other"]]}
    with pytest.raises(ValidationError, match=sentence):
        rotating.ask(kind, unit, days, **values)
    assert not RotationRequest.objects.exists()


def test_a_single_unit_cannot_be_skipped(office: Office) -> None:
    office.alliance.memberships.exclude(enterprise=office.units[0].enterprise).delete()
    office.adopt(0)
    rotation_turn(at=NOW)
    with pytest.raises(ValidationError, match="没有其他单位可以接替甲支部"):
        office.ask(Kind.SKIP, 0, Q2)


def test_the_same_is_not_asked_twice(rotating: Office) -> None:
    rotating.ask(Kind.SKIP, 1, Q2)
    with pytest.raises(ValidationError, match="已经提交过"):
        rotating.ask(Kind.SKIP, 1, Q2)


def test_a_unit_asks_for_itself_and_the_office_decides(rotating: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    # The right to lead ends with the term, so the clock must stand in it.
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    chair = factories.actor(Role.ROTATING_SECRETARY, party_organisation=rotating.units[0])
    rotation_turn(at=NOW)
    days = (date(2026, 2, 15), date(2026, 3, 31))
    request = rotating.ask(Kind.ACTING, 0, days, other=rotating.units[1], actor=chair)
    with pytest.raises(PermissionDenied):
        rotating.ask(Kind.SKIP, 1, Q2, actor=chair)
    for actor in (chair, rotating.secretary):
        with pytest.raises(PermissionDenied):
            rotation_request_approve(actor=actor, request=request, now=NOW)
        with pytest.raises(PermissionDenied):
            rotation_request_refuse(actor=actor, request=request, answer="不同意", now=NOW)


def test_a_refusal_needs_its_reason_and_is_final(rotating: Office) -> None:
    request = rotating.ask(Kind.SKIP, 1, Q2)
    with pytest.raises(ValidationError, match="请写明不同意的理由"):
        rotation_request_refuse(actor=rotating.staff, request=request, answer=" ", now=NOW)
    rotation_request_refuse(actor=rotating.staff, request=request, answer="上季度已经顺延", now=NOW)
    assert (request.state, request.answer) == (State.REFUSED, "上季度已经顺延")
    with pytest.raises(ValidationError, match="已经审批过（未同意）"):
        rotation_request_approve(actor=rotating.staff, request=request, now=NOW)
    assert rotating.coming() == [0, 1, 2, 0]


def test_a_request_is_not_approved_once_its_quarter_has_begun(rotating: Office) -> None:
    request = rotating.ask(Kind.SKIP, 1, Q2)
    late = NOW.replace(month=4)
    rotation_turn(at=late)
    with pytest.raises(ValidationError, match="2026年第二季度的任期已经开始"):
        rotation_request_approve(actor=rotating.staff, request=request, now=late)


# Person


def test_a_new_secretary_uses_no_turn(rotating: Office) -> None:
    term = Term.objects.get()
    person_change(actor=rotating.secretary, term=term, person="钱进", since=date(2026, 2, 1), today=TODAY)
    assert [(each.person, each.ends_on) for each in term.holders.all()] == [
        ("赵刚", date(2026, 1, 31)), ("钱进", date(2026, 3, 31)),
    ]  # fmt: skip
    assert PartyOrganisation.objects.get(pk=rotating.units[0].pk).secretary == "钱进"
    rotation_turn(at=NOW)
    assert term.holders.count() == 2
    assert rotating.coming() == [0, 1, 2, 0]


@pytest.mark.parametrize(
    ("person", "since", "sentence"),
    [
        ("", TODAY, "请填写新任书记的姓名"),
        ("钱进", date(2026, 2, 11), "换人日期要在2026年1月1日和今天之间"),
        ("钱进", date(2025, 12, 31), "换人日期要在2026年1月1日和今天之间"),
    ],
)
def test_a_change_outside_the_term_is_refused(rotating: Office, person: str, since: date, sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        person_change(actor=rotating.secretary, term=Term.objects.get(), person=person, since=since, today=TODAY)
