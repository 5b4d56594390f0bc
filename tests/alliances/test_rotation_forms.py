"""Requests, approvals, rosters and changes of person in the browser."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, RotationRequest, Term
from alliances.rotation import Quarter
from alliances.services import rotation_turn
from enterprises.models import PartyOrganisation
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser


@pytest.fixture
def alliance(tenant: Tenant) -> Alliance:
    """甲, 乙 and 丙 in turn since a year ago; 甲 leads this quarter or the next but one."""
    start = Quarter.of(timezone.localdate()).following(-3).starts_on
    with tenant_scope(tenant):
        members = [factories.enterprise(f"{letter}公司") for letter in "甲乙丙"]
        made = factories.alliance(*members, founded_on=start)
        factories.roster(made, *(factories.party_organisation(each, f"{each.name}党支部") for each in members))
        rotation_turn(at=timezone.now())
        return made


@pytest.fixture
def staff(alliance: Alliance, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


@pytest.fixture
def secretary(alliance: Alliance, tenant: Tenant) -> Client:
    return browser(tenant, Role.ALLIANCE_SECRETARY, alliance=alliance)


def _tab(alliance: Alliance) -> str:
    return reverse("alliances:rotation", args=[alliance.pk])


def _ask(alliance: Alliance, kind: str) -> str:
    return reverse("alliances:rotation_request_create", args=[alliance.pk, kind])


def _coming(client: Client, alliance: Alliance) -> list[str]:
    rows = client.get(_tab(alliance)).context["rotation"].coming
    return [row.organisation.name[0] for row in rows][:3]


def _unit(tenant: Tenant, letter: str) -> PartyOrganisation:
    with tenant_scope(tenant):
        return PartyOrganisation.objects.get(name=f"{letter}公司党支部")


def _next_quarter() -> Quarter:
    return Quarter.of(timezone.localdate()).following(1)


def test_a_skip_is_asked_for_approved_and_changes_what_comes(
    secretary: Client, staff: Client, alliance: Alliance, tenant: Tenant
) -> None:
    first, second, third = _coming(staff, alliance)
    values = {"turn": str(_next_quarter()), "reason": "支部换届"}
    assert secretary.post(_ask(alliance, "skip"), values).status_code == 302
    with tenant_scope(tenant):
        wish = RotationRequest.objects.get()
    waiting = secretary.get(_tab(alliance)).content.decode()
    assert "待审批" in waiting
    # The secretary asks; the office decides.
    approve = reverse("alliances:rotation_request_approve", args=[wish.pk])
    assert approve not in waiting
    assert secretary.post(approve).status_code == 403
    assert staff.post(approve, follow=True).status_code == 200
    assert _coming(staff, alliance) == [second, first, third]
    again = staff.post(approve, follow=True).content.decode()
    assert "这件申请已经审批过" in again


def test_a_refusal_needs_its_reason_which_the_unit_reads(
    secretary: Client, staff: Client, alliance: Alliance, tenant: Tenant
) -> None:
    first, second, _ = _coming(staff, alliance)
    values = {
        "other": _unit(tenant, second).pk,
        "turn": str(_next_quarter()),
        "reason": "出国考察",
    }
    assert secretary.post(_ask(alliance, "swap"), values).status_code == 302
    with tenant_scope(tenant):
        wish = RotationRequest.objects.get()
    refuse = reverse("alliances:rotation_request_refuse", args=[wish.pk])
    assert "请填写“不同意的理由”。" in staff.post(refuse, {}).content.decode()
    assert staff.post(refuse, {"answer": "本季度任务重"}).status_code == 302
    assert "本季度任务重" in secretary.get(_tab(alliance)).content.decode()
    assert _coming(staff, alliance)[0] == first


def test_a_turn_is_chosen_with_the_unit_it_belongs_to(staff: Client, alliance: Alliance) -> None:
    first, *_ = _coming(staff, alliance)
    turns = staff.get(_ask(alliance, "skip")).context["form"].fields["turn"].choices
    assert turns[1] == (str(_next_quarter()), f"{_next_quarter()}　{first}公司党支部")


def test_an_acting_holder_is_asked_for_by_days(secretary: Client, alliance: Alliance, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        term = Term.objects.select_related("organisation").get(outcome="serving")
    other = next(unit for unit in (_unit(tenant, letter) for letter in "甲乙丙") if unit.pk != term.organisation_id)
    today = timezone.localdate()
    values = {
        "organisation": term.organisation_id,
        "other": other.pk,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=20)).isoformat(),
        "reason": "住院",
    }
    refused = secretary.post(_ask(alliance, "acting"), values)
    assert "离岗不超过30天的" in refused.content.decode()
    assert "住院" in refused.content.decode()
    values["ends_on"] = (today + timedelta(days=40)).isoformat()
    assert secretary.post(_ask(alliance, "acting"), values).status_code == 302


def test_a_unit_speaks_for_itself_alone(staff: Client, alliance: Alliance, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        term = Term.objects.select_related("organisation").get(outcome="serving")
    leader = browser(tenant, Role.ROTATING_SECRETARY, party_organisation=term.organisation)
    with tenant_scope(tenant):
        rotation_turn(at=timezone.now())
    form = leader.get(_ask(alliance, "acting")).context["form"]
    assert [label for pk, label in form.fields["organisation"].choices if pk] == [term.organisation.name]
    turns = leader.get(_ask(alliance, "skip")).context["form"].fields["turn"].choices
    assert {label.split("　")[1] for value, label in turns if value} == {term.organisation.name}
    assert "登记新名单" not in leader.get(_tab(alliance)).content.decode()


def test_an_unknown_kind_of_request_is_no_page(staff: Client, alliance: Alliance) -> None:
    assert staff.get(_ask(alliance, "points")).status_code == 404


def test_a_roster_is_adopted_in_the_order_of_its_numbers(secretary: Client, alliance: Alliance, tenant: Tenant) -> None:
    address = reverse("alliances:roster_adopt", args=[alliance.pk])
    today = timezone.localdate()
    numbers = {f"unit_{_unit(tenant, letter).pk}": number for number, letter in enumerate("丙乙甲", start=1)}
    values = {"meeting": "第二次成员大会", "adopted_on": today.isoformat(), "effective_on": today.isoformat()} | numbers
    twice = values | {f"unit_{_unit(tenant, '甲').pk}": 1}
    refused = secretary.post(address, twice).content.decode()
    assert "”也是第 1 位。请改其中一个。" in refused
    assert "第二次成员大会" in refused
    assert secretary.post(address, values).status_code == 302
    with tenant_scope(tenant):
        roster = alliance.rosters.latest("version")
        assert [slot.organisation.name[0] for slot in roster.slots.all()] == ["丙", "乙", "甲"]


def test_a_new_secretary_goes_on_with_the_term(secretary: Client, alliance: Alliance, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        term = Term.objects.select_related("organisation").get(outcome="serving")
    address = reverse("alliances:term_person", args=[term.pk])
    wrong = secretary.post(address, {"person": "周明", "since": date(2020, 1, 1).isoformat()})
    assert "换人日期要在" in wrong.content.decode()
    assert secretary.post(address, {"person": "周明", "since": timezone.localdate().isoformat()}).status_code == 302
    rotation = secretary.get(_tab(alliance)).context["rotation"]
    assert rotation.leader.person == "周明"
    assert rotation.present.organisation_id == term.organisation_id
