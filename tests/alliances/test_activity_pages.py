"""Pages of activities."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from alliances.models import Activity
from tenants.models import DictionaryEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, exported, queries_of
from tests.factories import Sample

LIST, DETAIL = "alliances:activity_list", "alliances:activity_detail"


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def shown(client: Client, **params: str) -> list[int]:
    return [row.pk for row in client.get(reverse(LIST), params).context["page"].object_list]


def test_the_latest_stands_first_with_its_number_of_enterprises(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        newest = factories.activity(
            sample.alliance, sample.enterprise, sample.other_enterprise, held_on=date(2026, 9, 1)
        )
    rows = staff.get(reverse(LIST)).context["page"].object_list
    assert rows[0] == newest
    assert rows[0].enterprise_count == 2


def test_filters_of_the_contract(staff: Client, sample: Sample, tenant: Tenant):
    kind = DictionaryEntry.Kind.ACTIVITY_TYPE
    with tenant_scope(tenant):
        hiring = factories.activity(
            sample.other_alliance,
            type=factories.entry(kind, "用工招聘"),
            five_joint="resources",
            held_on=date(2026, 9, 1),
            topic="秋季用工招聘会",
        )
    expected = [hiring.pk]
    assert shown(staff, group="recruitment") == expected
    assert shown(staff, five_joint="resources") == expected
    assert shown(staff, type=str(hiring.type_id)) == expected
    assert shown(staff, held_from="2026-09-01", held_to="2026-09-30") == expected
    assert shown(staff, held_to="2026-08-31") == shown(staff, group="party")
    assert shown(staff, region=str(sample.other_county.pk), q="招聘") == expected
    assert set(shown(staff, alliance=str(sample.other_alliance.pk))) == {hiring.pk, sample.other_activity.pk}


def test_found_by_topic_host_and_alliance(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.activity(factories.alliance(name="曲阜市医药产业链党建联盟"), host_name="孔府制药")
    assert shown(staff, q="孔府") == shown(staff, q="qfsyy") == shown(staff, q="曲阜市医") == [made.pk]


def test_the_export_holds_exactly_what_is_filtered(staff: Client, sample: Sample, tenant: Tenant, tmp_path: Path):
    with tenant_scope(tenant):
        factories.activity(sample.alliance, topic="秋季用工招聘会")
    rows = exported(staff, f"{reverse(LIST)}?q=招聘&format=xlsx", tmp_path)
    topics = [cell for row in rows for cell in row if cell in ("秋季用工招聘会", sample.activity.topic)]
    assert topics == ["秋季用工招聘会"]


def test_the_list_takes_as_many_queries_for_thirty_rows_as_for_two(staff: Client, sample: Sample, tenant: Tenant):
    few = queries_of(staff, reverse(LIST))
    with tenant_scope(tenant):
        for number in range(28):
            factories.activity(sample.alliance, sample.enterprise, topic=f"第{number}次活动")
    assert queries_of(staff, reverse(LIST)) == few <= LIST_QUERIES


def test_the_page_shows_who_took_part(staff: Client, sample: Sample):
    page = staff.get(reverse(DETAIL, args=[sample.activity.pk])).content.decode()
    assert sample.activity.topic in page
    assert reverse("enterprises:detail", args=[sample.enterprise.pk]) in page
    assert "操作日志" in page


def test_an_enterprise_sees_its_alliances_activities_without_the_log(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert shown(client) == [sample.activity.pk]
    page = client.get(reverse(DETAIL, args=[sample.activity.pk])).content.decode()
    assert "操作日志" not in page
    assert client.get(reverse(DETAIL, args=[sample.other_activity.pk])).status_code == 404


def test_hidden_activities_look_missing(sample: Sample, tenant: Tenant, second_tenant: Tenant):
    with tenant_scope(second_tenant):
        foreign = Activity.objects.first()
    county = browser(tenant, Role.COUNTY_STAFF, region=sample.county)
    assert browser(tenant, Role.TENANT_ADMIN).get(reverse(DETAIL, args=[foreign.pk])).status_code == 404
    assert shown(county) == [sample.activity.pk]
    assert county.get(reverse(DETAIL, args=[sample.other_activity.pk])).status_code == 404


def test_without_a_role_403_without_signing_in_to_the_sign_in_page(sample: Sample, tenant: Tenant):
    for address in (reverse(LIST), reverse(DETAIL, args=[sample.activity.pk])):
        assert browser(tenant, None).get(address).status_code == 403
        assert Client().get(address)["Location"].startswith(reverse("account_login"))
