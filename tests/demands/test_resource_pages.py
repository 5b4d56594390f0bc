"""Pages of resources: shared with one alliance or the whole city."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from demands.models import Resource
from tenants.models import DictionaryEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, exported, queries_of
from tests.factories import Sample

LIST, DETAIL = "demands:resource_list", "demands:resource_detail"


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def shown(client: Client, **params: Any) -> set[int]:
    return {row.pk for row in client.get(reverse(LIST), params).context["page"].object_list}


def test_filters_of_the_contract(staff: Client, sample: Sample, tenant: Tenant):
    yesterday = timezone.localdate() - timedelta(days=1)
    with tenant_scope(tenant):
        kind = factories.entry(DictionaryEntry.Kind.RESOURCE_KIND, "仓储物流")
        made = factories.resource(sample.other_enterprise, "可共享仓储300平方米", kind=kind, valid_until=yesterday)
    both = {sample.resource.pk, sample.other_resource.pk}
    assert shown(staff, valid="true") == both
    assert shown(staff, valid="false") == shown(staff, kind=kind.pk) == shown(staff, scope="city") == {made.pk}
    assert shown(staff, alliance=sample.alliance.pk) == {sample.resource.pk}
    assert shown(staff, q="仓储") == {made.pk}
    assert shown(staff, q=sample.enterprise.initials) == {sample.resource.pk}


def test_the_list_takes_as_many_queries_for_thirty_rows_as_for_two(staff: Client, sample: Sample, tenant: Tenant):
    few = queries_of(staff, reverse(LIST))
    with tenant_scope(tenant):
        for _ in range(28):
            factories.resource(sample.enterprise)
    assert queries_of(staff, reverse(LIST)) == few <= LIST_QUERIES


def test_the_export_holds_exactly_what_is_filtered(staff: Client, sample: Sample, tenant: Tenant, tmp_path: Path):
    with tenant_scope(tenant):
        factories.resource(sample.enterprise, "可共享仓储300平方米")
    cells = [cell for row in exported(staff, f"{reverse(LIST)}?q=仓储&format=xlsx", tmp_path) for cell in row]
    assert "可共享仓储300平方米" in cells
    assert sample.resource.content not in cells


def test_the_page_masks_the_phone_and_offers_to_show_it(staff: Client, sample: Sample):
    page = staff.get(reverse(DETAIL, args=[sample.resource.pk])).content.decode()
    assert "139****0000" in page
    assert "13900000000" not in page
    assert reverse("tenants:reveal", args=["resource", sample.resource.pk, "contact_phone"]) in page


def test_members_see_their_alliances_offers_and_the_citys(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        for_all = factories.resource(sample.other_enterprise)
    for role in (Role.ENTERPRISE, Role.INSTRUCTOR):
        client = browser(tenant, role, enterprise=sample.enterprise)
        assert shown(client) == {sample.resource.pk, for_all.pk}
        assert client.get(reverse(DETAIL, args=[sample.other_resource.pk])).status_code == 404


def test_hidden_resources_look_missing(sample: Sample, tenant: Tenant, second_tenant: Tenant):
    with tenant_scope(second_tenant):
        foreign = Resource.objects.first()
    county = browser(tenant, Role.COUNTY_STAFF, region=sample.county)
    assert browser(tenant, Role.TENANT_ADMIN).get(reverse(DETAIL, args=[foreign.pk])).status_code == 404
    assert shown(county) == {sample.resource.pk}
    assert county.get(reverse(DETAIL, args=[sample.other_resource.pk])).status_code == 404


def test_without_a_role_403_without_signing_in_to_the_sign_in_page(sample: Sample, tenant: Tenant):
    for address in (reverse(LIST), reverse(DETAIL, args=[sample.resource.pk])):
        assert browser(tenant, None).get(address).status_code == 403
        assert Client().get(address)["Location"].startswith(reverse("account_login"))
