"""Pages of support groups and their cadres."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from enterprises.models import Cadre, SupportGroup
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, exported, queries_of
from tests.factories import Sample

GROUPS, CADRES = "enterprises:force_list", "enterprises:cadre_list"


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def shown(client: Client, route: str = GROUPS, **params: object) -> list[SupportGroup | Cadre]:
    return list(client.get(reverse(route), params).context["page"].object_list)


def test_groups_count_cadres_and_enterprises_each_once(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        group = factories.support_group(sample.enterprise, sample.other_enterprise, name="市级第9小组", level="city")
        for name in ("孙伟", "李强", "赵敏"):
            factories.cadre(group, name)
    row = next(row for row in shown(staff) if row.pk == group.pk)
    assert (row.cadre_count, row.enterprise_count) == (3, 2)


def test_groups_are_found_filtered_and_sorted(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        group = factories.support_group(name="市级红帆小组", level="city", region=sample.other_county)
    for params in ({"q": "红帆"}, {"q": "sjhf"}, {"level": "city"}):
        assert shown(staff, **params) == [group]
    assert group not in shown(staff, region=sample.county.pk)
    assert shown(staff)[0] == group
    assert shown(staff, sort="-level")[-1] == group


def test_cadres_are_found_by_name_initials_unit_and_group(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        group = factories.support_group(name="市级红帆小组", region=sample.other_county)
        made = factories.cadre(group, "欧阳明慧", home_unit="市委党校", rank=Cadre.Rank.COUNTY)
    for params in ({"q": "明慧"}, {"q": "oymh"}, {"q": "党校"}, {"q": "红帆"}, {"rank": "county"}):
        assert shown(staff, CADRES, **params) == [made]
    assert made not in shown(staff, CADRES, region=sample.county.pk)
    assert shown(staff, CADRES, sort="-name")[0] in (made, sample.cadre)


def test_a_county_sees_its_own_groups_and_cadres(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.COUNTY_STAFF, region=sample.county)
    assert shown(client) == [sample.support_group]
    assert shown(client, CADRES) == [sample.cadre]


@pytest.mark.parametrize("route", [GROUPS, CADRES])
def test_the_export_lists_the_cadres_of_what_is_filtered(
    staff: Client, sample: Sample, tenant: Tenant, tmp_path: Path, route: str
):
    with tenant_scope(tenant):
        factories.cadre(sample.other_support_group, "钱程")
    rows = exported(staff, f"{reverse(route)}?region={sample.county.pk}&format=xlsx", tmp_path)
    cells = {cell for row in rows for cell in row}
    assert {sample.cadre.name, sample.support_group.name} <= cells
    assert "钱程" not in cells


@pytest.mark.parametrize("route", [GROUPS, CADRES])
def test_the_lists_take_as_many_queries_for_sixty_rows_as_for_two(staff: Client, tenant: Tenant, route: str):
    few = queries_of(staff, reverse(route))
    with tenant_scope(tenant):
        enterprise = factories.enterprise()
        for _ in range(60):
            factories.cadre(factories.support_group(enterprise))
    assert queries_of(staff, reverse(route)) == few <= LIST_QUERIES


def test_a_group_lists_its_cadres_and_the_enterprises_one_may_see(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        group = factories.support_group(sample.enterprise, sample.other_enterprise)
        factories.cadre(group, "孙伟", is_leader=True)
    client = browser(tenant, Role.COUNTY_STAFF, region=sample.county)
    page = client.get(reverse("enterprises:force_detail", args=[group.pk])).content.decode()
    assert "孙伟" in page
    assert sample.enterprise.name in page
    assert sample.other_enterprise.name not in page
    assert "您的角色看不到" in page


def test_an_empty_tenant_says_where_groups_come_from(tenant: Tenant):
    client = browser(tenant, Role.CITY_STAFF)
    for route in (GROUPS, CADRES):
        assert "助企力量台账" in client.get(reverse(route)).content.decode()
