"""The tab 轮值: who leads, who led, who comes and why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance
from alliances.rotation import Quarter
from alliances.services import rotation_turn
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser


@pytest.fixture
def staff(tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


@pytest.fixture
def alliance(tenant: Tenant) -> Alliance:
    """Three members, one without Party organisation, since a year ago."""
    start = Quarter.of(timezone.localdate()).following(-4).starts_on
    with tenant_scope(tenant):
        members = [factories.enterprise(f"{letter}公司") for letter in "甲乙丙"]
        made = factories.alliance(*members, founded_on=start)
        factories.roster(made, *(factories.party_organisation(each, f"{each.name}党支部") for each in members[:2]))
        rotation_turn(at=timezone.now())
        return made


def page(client: Client, alliance: Alliance) -> str:
    return client.get(reverse("alliances:rotation", args=[alliance.pk])).content.decode()


def test_it_shows_the_present_the_past_and_eight_quarters_to_come(staff: Client, alliance: Alliance) -> None:
    response = staff.get(reverse("alliances:rotation", args=[alliance.pk]))
    rotation, today = response.context["rotation"], timezone.localdate()
    assert (rotation.present.organisation.name, rotation.leader.person) == ("甲公司党支部", "赵刚")
    assert len(rotation.terms) == 5
    assert [row.organisation.name[:1] for row in rotation.coming] == ["乙", "甲"] * 4
    assert rotation.coming[0].term.starts_on == rotation.present.ends_on + timedelta(days=1) > today
    text = response.content.decode()
    assert "按轮值名单顺序。" in text
    assert "暂不参加轮值的成员（1 家）：丙公司" in text


def test_an_alliance_without_list_or_rotation_says_so(staff: Client, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        bare = factories.alliance(factories.enterprise())
        fixed = factories.alliance(factories.enterprise(), has_rotation=False)
        late = factories.alliance(founded_on=date(2025, 1, 1))
        factories.roster(late)
    assert "还没有轮值名单" in page(staff, bare)
    assert "本联盟不实行季度轮值" in page(staff, fixed)
    assert "目前没有轮值单位" in page(staff, late)
