"""GET /api/v1/figures/: the dashboard's numbers for programs."""

import pytest
from django.test import Client
from django.urls import reverse

from alliances.models import Alliance
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser

QUARTER = {"from": "2026-07-01", "to": "2026-09-30"}


@pytest.fixture
def address() -> str:
    return reverse("api:figures")


def figures(client: Client, address: str, **params: str) -> dict[str, dict[str, object]]:
    response = client.get(address, QUARTER | params)
    assert response.status_code == 200, response.content
    return {figure["key"]: figure for figure in response.json()}


def test_figures_are_json_numbers_with_their_parts(built: Tenant, address: str):
    found = figures(browser(built, Role.CITY_STAFF), address)
    rate = found["resolution_rate"]
    assert (rate["value"], rate["numerator"], rate["denominator"], rate["unit"]) == (66.67, 2, 3, "%")
    assert found["demands"]["previous"] == 1
    assert found["members_developed"]["previous"] is None
    assert found["loans_wan_yuan"]["value"] == 939.5


def test_region_and_scope(built: Tenant, address: str):
    with tenant_scope(built):
        here, there = factories.county("任城区"), factories.county("鱼台县")
    assert figures(browser(built, Role.CITY_STAFF), address, region=str(here.pk))["demands"]["value"] == 1
    clerk = browser(built, Role.COUNTY_STAFF, region=there)
    assert figures(clerk, address)["demands"]["value"] == 2
    assert clerk.get(address, QUARTER | {"region": here.pk}).status_code == 404


def test_another_tenants_numbers_and_regions_stay_out(second_tenant: Tenant, built: Tenant, address: str):
    with tenant_scope(second_tenant):
        foreign = factories.county("任城区")
    staff = browser(built, Role.CITY_STAFF)
    assert figures(staff, address)["demands"]["value"] == 3
    assert staff.get(address, QUARTER | {"region": foreign.pk}).status_code == 404


def test_a_bad_period_is_a_bad_request(built: Tenant, address: str):
    staff = browser(built, Role.CITY_STAFF)
    backwards = {"from": "2026-09-30", "to": "2026-07-01"}
    for params in ({}, {"from": "2026-07-01"}, {"from": "x", "to": "y"}, backwards):
        assert staff.get(address, params).status_code == 400


def test_enterprises_have_no_figures(built: Tenant, address: str):
    with tenant_scope(built):
        enterprise = Alliance.objects.get(name="甲链联盟").initiator
    client = browser(built, Role.ENTERPRISE, enterprise=enterprise)
    assert client.get(address, QUARTER).status_code == 403
    assert Client().get(address, QUARTER).status_code in {401, 403}
