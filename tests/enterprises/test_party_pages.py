"""Pages of Party organisations."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from enterprises.models import PartyOrganisation, PartyOrganisationCount
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, exported, queries_of
from tests.factories import Sample

LIST = "enterprises:party_list"


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def shown(client: Client, **params: object) -> list[PartyOrganisation]:
    return list(client.get(reverse(LIST), params).context["page"].object_list)


def report(organisation: PartyOrganisation, day: date, members: int) -> None:
    PartyOrganisationCount.objects.create(organisation=organisation, reported_on=day, members=members, activists=2)


def test_the_list_shows_what_was_reported_last(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        report(sample.party_organisation, date(2026, 6, 30), 70)
        report(sample.party_organisation, date(2026, 12, 31), 12)
    row = next(row for row in shown(staff) if row.pk == sample.party_organisation.pk)
    assert (row.report["members"], row.report["activists"]) == (12, 2)


def test_sorted_by_members_those_without_a_report_last(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        large = factories.party_organisation(sample.enterprise, name="大支部")
        report(large, date(2026, 12, 31), 99)
        silent = factories.party_organisation(sample.enterprise, name="未填报支部")
        silent.counts.all().delete()
    down, up = shown(staff, sort="-members"), shown(staff, sort="members")
    assert down[0] == up[-2] == large
    assert down[-1] == up[-1] == silent


def test_found_by_its_name_and_by_its_enterprise(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.party_organisation(
            factories.enterprise("鱼台嘉通燃料化工有限公司", region=sample.other_county),
            name="嘉通第一党支部",
            kind=PartyOrganisation.Kind.COMMITTEE,
        )
    for params in ({"q": "第一"}, {"q": "jtdy"}, {"q": "燃料"}, {"kind": "committee"}):
        assert shown(staff, **params) == [made]
    assert made not in shown(staff, region=sample.county.pk)


def test_a_county_sees_its_own_only(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.COUNTY_STAFF, region=sample.county)
    assert shown(client) == [sample.party_organisation]


def test_the_export_holds_exactly_what_is_filtered(staff: Client, sample: Sample, tmp_path: Path):
    rows = exported(staff, f"{reverse(LIST)}?region={sample.county.pk}&sort=-members&format=xlsx", tmp_path)
    cells = {cell for row in rows for cell in row}
    assert sample.party_organisation.name in cells
    assert sample.other_party_organisation.name not in cells


def test_the_list_takes_as_many_queries_for_sixty_rows_as_for_two(staff: Client, tenant: Tenant):
    few = queries_of(staff, reverse(LIST))
    with tenant_scope(tenant):
        for _ in range(60):
            factories.party_organisation(factories.enterprise())
    assert queries_of(staff, reverse(LIST)) == few <= LIST_QUERIES


def test_the_page_lists_all_reports_newest_first(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        report(sample.party_organisation, date(2026, 12, 31), 12)
    page = staff.get(reverse("enterprises:party_detail", args=[sample.party_organisation.pk])).content.decode()
    assert page.index("2026年12月31日") < page.index("2026年9月30日")
    assert sample.enterprise.name in page


def test_the_page_says_so_when_nothing_was_reported(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        sample.party_organisation.counts.all().delete()
    page = staff.get(reverse("enterprises:party_detail", args=[sample.party_organisation.pk])).content.decode()
    assert "还没有填报过党员统计" in page
