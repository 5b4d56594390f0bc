"""Pages of enterprises: the list with its filters and file, and the tabs of one enterprise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, exported, queries_of
from tests.factories import Sample

LIST = "enterprises:list"


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def shown(client: Client, **params: object) -> list[str]:
    return [row.name for row in client.get(reverse(LIST), params).context["page"].object_list]


def test_found_by_two_characters_by_initials_and_by_code(staff: Client, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.enterprise("鱼台嘉通燃料化工有限公司")
    assert shown(staff, q="嘉通") == [made.name]
    assert shown(staff, q="ytjt") == [made.name]
    assert shown(staff, q=made.credit_code[-6:]) == [made.name]
    assert shown(staff, q="嘉化") == []


def test_filtered_by_place_kind_and_membership(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        alone = factories.enterprise(scale="small", stream="up", is_climbing=True, region=sample.other_county)
        left = factories.enterprise()
        factories.membership(sample.alliance, left, left_on=date(2026, 1, 1))
    here, there = sample.enterprise.name, sample.other_enterprise.name
    assert set(shown(staff, region=sample.county.pk)) == {here, left.name}
    assert shown(staff, park=sample.park.pk) == [here]
    assert shown(staff, scale="small") == [alone.name]
    assert shown(staff, stream="up") == [alone.name]
    assert shown(staff, climbing="true") == [alone.name]
    assert set(shown(staff, member="true")) == {here, there}
    assert set(shown(staff, member="false")) == {alone.name, left.name}
    assert shown(staff, alliance=sample.alliance.pk) == [here]


def test_a_link_from_an_alliance_names_it_among_the_conditions(staff: Client, sample: Sample):
    page = staff.get(reverse(LIST), {"alliance": sample.alliance.pk}).content.decode()
    assert f"联盟：{sample.alliance.name}" in page


def test_a_hidden_alliance_filter_offers_only_alliances_with_an_enterprise_one_may_see(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.COUNTY_STAFF, region=sample.county)
    found = client.get(reverse(LIST), {"alliance": sample.other_alliance.pk}).context["filter"]
    assert "alliance" in found.form.errors
    assert not client.get(reverse(LIST), {"alliance": sample.alliance.pk}).context["filter"].form.errors


def test_sorted_both_ways_with_missing_figures_last(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        small = factories.enterprise(staff=5)
        large = factories.enterprise(staff=900)
    assert shown(staff, sort="staff")[:2] == [small.name, large.name]
    assert shown(staff, sort="-staff")[:2] == [large.name, small.name]


def test_an_unknown_order_or_size_falls_back_to_the_usual(staff: Client):
    response = staff.get(reverse(LIST), {"sort": "contact_phone", "size": "100000", "page": "99"})
    assert response.status_code == 200
    assert response.context["page"].paginator.per_page == 50
    assert len(response.context["page"].object_list) == 2


def test_pages_hold_as_many_rows_as_chosen(staff: Client, tenant: Tenant):
    with tenant_scope(tenant):
        for _ in range(20):
            factories.enterprise()
    assert len(shown(staff, size=20)) == 20
    assert len(shown(staff, size=20, page=2)) == 2


def test_a_filter_without_rows_and_an_empty_tenant_say_what_to_do(staff: Client, tenant: Tenant):
    assert "清除全部条件" in staff.get(reverse(LIST), {"q": "没有这家企业"}).content.decode()


def test_an_empty_tenant_says_where_enterprises_come_from(tenant: Tenant):
    page = browser(tenant, Role.CITY_STAFF).get(reverse(LIST)).content.decode()
    assert "还没有企业" in page
    assert "企业名册" in page


def test_the_export_holds_exactly_what_is_filtered(staff: Client, sample: Sample, tmp_path: Path):
    page = staff.get(reverse(LIST), {"region": sample.county.pk, "page": 1})
    rows = exported(staff, reverse(LIST) + page.context["export_url"], tmp_path)
    cells = {cell for row in rows for cell in row}
    assert sample.enterprise.name in cells
    assert sample.other_enterprise.name not in cells


@pytest.mark.parametrize("role", [Role.CITY_STAFF, Role.ALLIANCE_SECRETARY])
def test_the_list_takes_as_many_queries_for_sixty_rows_as_for_three(sample: Sample, tenant: Tenant, role: Role):
    limits = {"alliance": sample.alliance} if role == Role.ALLIANCE_SECRETARY else {}
    client = browser(tenant, role, **limits)
    few = queries_of(client, reverse(LIST))
    with tenant_scope(tenant):
        for _ in range(60):
            factories.membership(sample.alliance, factories.enterprise(park=sample.park))
    assert queries_of(client, reverse(LIST)) == few <= LIST_QUERIES


@pytest.mark.parametrize(
    ("route", "label"),
    [
        ("enterprises:detail", "基本"),
        ("enterprises:party", "党组织"),
        ("alliances:of_enterprise", "联盟"),
        ("demands:of_enterprise", "诉求"),
        ("enterprises:forces", "助企力量"),
        ("enterprises:log", "日志"),
    ],
)
def test_every_tab_has_its_own_address(staff: Client, sample: Sample, route: str, label: str):
    response = staff.get(reverse(route, args=[sample.enterprise.pk]))
    assert [tab["label"] for tab in response.context["tabs"] if tab["on"]] == [label]


def test_an_enterprise_is_offered_no_log(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    tabs = client.get(reverse("enterprises:detail", args=[sample.enterprise.pk])).context["tabs"]
    assert "日志" not in [tab["label"] for tab in tabs]


def test_figures_stand_beside_their_day_and_the_phone_is_masked(staff: Client, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.enterprise(
            staff=1446,
            revenue=Decimal("202177.0000"),
            figures_on=date(2026, 9, 30),
            honours=["瞪羚企业"],
            contact_phone="13080652758",
        )
    page = staff.get(reverse("enterprises:detail", args=[made.pk])).content.decode()
    for text in ("1,446", "202,177", "2026年9月30日填报", "瞪羚企业", "130****2758"):
        assert text in page
    assert "13080652758" not in page


def test_an_enterprise_without_anything_shows_dashes_and_next_steps(staff: Client, tenant: Tenant):
    with tenant_scope(tenant):
        bare = factories.enterprise(contact_name="", contact_phone="")
    assert "没有填报" in staff.get(reverse("enterprises:detail", args=[bare.pk])).content.decode()
    assert "还没有党组织" in staff.get(reverse("enterprises:party", args=[bare.pk])).content.decode()
    assert "还没有助企攀登小组" in staff.get(reverse("enterprises:forces", args=[bare.pk])).content.decode()


def test_the_party_tab_shows_every_report(staff: Client, sample: Sample):
    page = staff.get(reverse("enterprises:party", args=[sample.enterprise.pk])).content.decode()
    assert sample.party_organisation.name in page
    assert "2026年9月30日" in page
    assert "赵刚" in page


def test_the_log_tells_changes_in_words(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        sample.enterprise.staff = 8
        sample.enterprise.save(update_fields=["staff"])
        sample.enterprise.staff = 9
        sample.enterprise.save(update_fields=["staff"])
    page = staff.get(reverse("enterprises:log", args=[sample.enterprise.pk])).content.decode()
    assert "把 从业人数（人） 由 8 改为 9" in page
