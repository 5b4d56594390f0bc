"""Pages of the policy library: everybody in the tenant may read it, nobody else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from policies.models import Policy
from tenants.models import DictionaryEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, exported, queries_of
from tests.factories import Sample

LIST, DETAIL = "policies:list", "policies:detail"


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def shown(client: Client, **params: str) -> set[int]:
    return {row.pk for row in client.get(reverse(LIST), params).context["page"].object_list}


def test_the_status_filter_agrees_with_the_status_shown(staff: Client, sample: Sample, tenant: Tenant):
    today = timezone.localdate()
    spans = {
        "expired": (today - timedelta(days=100), today - timedelta(days=1)),
        "expiring": (today - timedelta(days=100), today),
        "valid": (today, today + timedelta(days=30)),
        "upcoming": (today + timedelta(days=1), None),
    }
    with tenant_scope(tenant):
        made = {
            status: factories.policy(effective_on=begin, valid_until=end).pk for status, (begin, end) in spans.items()
        }
    for status in ("expired", "expiring", "upcoming"):
        assert shown(staff, status=status) == {made[status]}
    assert shown(staff, status="valid") == {sample.policy.pk, made["valid"], made["expiring"]}
    rows = staff.get(reverse(LIST)).context["page"].object_list
    assert {row.pk: row.validity.status for row in rows} == {
        **{pk: status for status, pk in made.items()},
        sample.policy.pk: "valid",
    }


def test_filters_by_chain_and_kind_keep_policies_for_all(staff: Client, sample: Sample, tenant: Tenant):
    kind = DictionaryEntry.Kind
    with tenant_scope(tenant):
        cluster, other = factories.entry(kind.CLUSTER, "医药"), factories.entry(kind.CLUSTER, "新能源")
        narrow = factories.policy(cluster=cluster, scale="leader", element=factories.entry(kind.ELEMENT, "土地"))
    assert shown(staff, cluster=str(cluster.pk)) == {narrow.pk, sample.policy.pk}
    assert shown(staff, cluster=str(other.pk)) == {sample.policy.pk}
    assert shown(staff, scale="small") == {sample.policy.pk}
    assert shown(staff, scale="leader", element=str(narrow.element_id)) == {narrow.pk}
    assert shown(staff, delivery="automatic") == set()
    assert shown(staff, issuer=str(sample.unit.pk)) == {narrow.pk, sample.policy.pk}


def test_found_by_name_number_conditions_and_initials(staff: Client, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.policy(
            "首台套保险补偿", document_number="济工信〔2026〕7号", conditions_text="研发占比不低于3%"
        )
    for text in ("首台套", "stt", "济工信", "研发占比"):
        assert shown(staff, q=text) == {made.pk}


def test_the_export_holds_exactly_what_is_filtered(staff: Client, sample: Sample, tenant: Tenant, tmp_path: Path):
    with tenant_scope(tenant):
        made = factories.policy("首台套保险补偿")
    cells = {cell for row in exported(staff, f"{reverse(LIST)}?q=stt&format=xlsx", tmp_path) for cell in row}
    assert made.name in cells
    assert sample.policy.name not in cells


def test_the_list_takes_as_many_queries_for_thirty_rows_as_for_one(staff: Client, tenant: Tenant):
    few = queries_of(staff, reverse(LIST))
    with tenant_scope(tenant):
        for _ in range(29):
            factories.policy()
    assert queries_of(staff, reverse(LIST)) == few <= LIST_QUERIES


def test_the_page_says_the_conditions_as_data_and_masks_the_phone(staff: Client, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.policy(
            min_revenue=5000, min_research_share=3, honours=["专精特新"], contact_phone="13912341234"
        )
    page = staff.get(reverse(DETAIL, args=[made.pk])).content.decode()
    for words in ("不低于 5,000 万元", "不低于 3%", "专精特新", "全部产业", "139****1234"):
        assert words in page
    assert "13912341234" not in page


@pytest.mark.parametrize("role", [Role.COUNTY_STAFF, Role.DEPARTMENT, Role.ENTERPRISE, Role.INSTRUCTOR])
def test_every_role_reads_the_library_and_staff_the_log(sample: Sample, tenant: Tenant, role: str):
    limits = {
        Role.COUNTY_STAFF: {"region": sample.county},
        Role.DEPARTMENT: {"unit": sample.unit},
        Role.ENTERPRISE: {"enterprise": sample.enterprise},
        Role.INSTRUCTOR: {"enterprise": sample.enterprise},
    }[role]
    client = browser(tenant, role, **limits)
    assert shown(client) == {sample.policy.pk}
    page = client.get(reverse(DETAIL, args=[sample.policy.pk])).content.decode()
    assert ("操作日志" in page) == (role == Role.COUNTY_STAFF)


def test_another_tenants_policy_looks_missing(sample: Sample, tenant: Tenant, second_tenant: Tenant):
    with tenant_scope(second_tenant):
        foreign = Policy.objects.first()
    assert browser(tenant, Role.TENANT_ADMIN).get(reverse(DETAIL, args=[foreign.pk])).status_code == 404


def test_without_a_role_403_without_signing_in_to_the_sign_in_page(sample: Sample, tenant: Tenant):
    for address in (reverse(LIST), reverse(DETAIL, args=[sample.policy.pk])):
        assert browser(tenant, None).get(address).status_code == 403
        assert Client().get(address)["Location"].startswith(reverse("account_login"))


def test_dates_in_words(staff: Client, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.policy(effective_on=date(2026, 3, 5))
    page = staff.get(reverse(DETAIL, args=[made.pk])).content.decode()
    assert "2026年3月5日" in page
    assert "长期" in page
