"""Pages of demands: the inbox by light, one demand, and its tabs on other pages."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from demands.models import Demand
from tenants.models import DictionaryEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, exported, queries_of
from tests.factories import Sample

LIST, DETAIL = "demands:list", "demands:detail"
CLOSED = {"state": "closed", "result": "solved", "raised_on": date(2026, 3, 1), "closed_on": date(2026, 4, 1)}


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def shown(client: Client, **params: Any) -> list[str]:
    return [row.number for row in client.get(reverse(LIST), params).context["page"].object_list]


def test_the_most_urgent_stands_first_and_the_closed_last(staff: Client, sample: Sample, tenant: Tenant):
    today = timezone.localdate()
    with tenant_scope(tenant):
        Demand.objects.all().delete()
        closed = factories.demand(sample.enterprise, number="A", due_on=date(2026, 3, 9), **CLOSED)
        later = factories.demand(sample.enterprise, number="B", due_on=today + timedelta(days=60))
        overdue = factories.demand(sample.enterprise, number="C", due_on=today - timedelta(days=3))
        undated = factories.demand(sample.enterprise, number="D")
    assert shown(staff) == [each.number for each in (overdue, later, undated, closed)]
    page = staff.get(reverse(LIST)).content.decode()
    assert "超期 3 天" in page
    assert "超期 23 天办结" in page
    assert shown(staff, light="red") == ["C"]
    assert shown(staff, light="done") == ["A"]
    assert set(shown(staff, light="green")) == {"B", "D"}


def test_the_amber_filter_agrees_with_the_light_shown(staff: Client, sample: Sample, tenant: Tenant):
    today = timezone.localdate()
    with tenant_scope(tenant):
        Demand.objects.all().delete()
        for days in range(12):
            factories.demand(sample.enterprise, due_on=today + timedelta(days=days), accepted_on=date(2026, 3, 6))
    rows = staff.get(reverse(LIST)).context["page"].object_list
    assert {row.number for row in rows if row.light.colour == "amber"} == set(shown(staff, light="amber")) != set()


def test_filters_of_the_contract(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        element = factories.entry(DictionaryEntry.Kind.ELEMENT, "金融")
        unit = factories.unit("市地方金融监管局")
        made = factories.demand(
            sample.other_enterprise,
            alliance=sample.other_alliance,
            element=element,
            unit=unit,
            rating=4,
            loan=300,
            due_on=date(2026, 3, 20),
            **CLOSED,
        )
    expected = [made.number]
    region, alliance = str(sample.other_county.pk), str(sample.other_alliance.pk)
    for params in (
        {"element": element.pk},
        {"unit": unit.pk},
        {"state": "closed"},
        {"result": "solved"},
        {"rating": "4"},
        {"outcome": "loan"},
        {"raised_from": "2026-03-01", "raised_to": "2026-03-01"},
        {"due_from": "2026-03-20", "due_to": "2026-03-20"},
    ):
        assert shown(staff, **params) == expected, params
    both = {made.number, sample.other_demand.number}
    assert set(shown(staff, region=region)) == set(shown(staff, alliance=alliance)) == both
    assert shown(staff, outcome="land") == []


def test_found_by_number_content_and_the_enterprises_name(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.demand(factories.enterprise("曲阜孔府制药有限公司"), "蒸汽价格偏高")
        named_alike = factories.demand(sample.enterprise, "希望与曲阜孔府制药结对")
    assert shown(staff, q=made.number) == [made.number]
    assert shown(staff, q="蒸汽") == shown(staff, q="qfkf") == [made.number]
    assert set(shown(staff, q="孔府制药")) == {made.number, named_alike.number}


def test_an_unknown_filter_value_is_said_beside_its_field(staff: Client):
    response = staff.get(reverse(LIST), {"state": "nonsense"})
    assert response.context["filter"].form.errors["state"]


def test_the_chips_keep_the_other_filters(staff: Client):
    chips = staff.get(reverse(LIST), {"light": "red", "q": "贷款", "page": "2"}).context["chips"]
    assert [chip["label"] for chip in chips if chip["on"]] == ["红灯（超期）"]
    assert all("page=" not in chip["url"] and "q=" in chip["url"] for chip in chips)


def test_the_export_holds_exactly_what_is_filtered(staff: Client, sample: Sample, tenant: Tenant, tmp_path: Path):
    with tenant_scope(tenant):
        factories.demand(sample.enterprise, "蒸汽价格偏高")
    rows = exported(staff, f"{reverse(LIST)}?q=蒸汽&format=xlsx", tmp_path)
    cells = [cell for row in rows for cell in row]
    assert cells.count("蒸汽价格偏高") == 1
    assert sample.demand.content not in cells


def test_the_list_takes_as_many_queries_for_thirty_rows_as_for_two(staff: Client, sample: Sample, tenant: Tenant):
    searched = f"{reverse(LIST)}?q=焊工&light=green"
    few, few_found = queries_of(staff, reverse(LIST)), queries_of(staff, searched)
    with tenant_scope(tenant):
        for _ in range(28):
            factories.demand(sample.enterprise, alliance=sample.alliance, unit=sample.unit)
    # Beside the list, the working-day calendar that its lights are counted by.
    assert queries_of(staff, reverse(LIST)) == few <= LIST_QUERIES + 1
    assert queries_of(staff, searched) == few_found <= LIST_QUERIES + 1


def test_the_page_shows_progress_light_outcome_and_a_masked_contact(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.demand(sample.enterprise, loan=300, rating=4, due_on=date(2026, 3, 20), **CLOSED)
    page = staff.get(reverse(DETAIL, args=[made.number])).content.decode()
    for words in ("已解决", "300", "满意", "超期 12 天办结", "138****0000", sample.enterprise.name, "操作日志"):
        assert words in page
    assert "13800000000" not in page


def test_the_log_tells_changes_in_words(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        Demand.objects.filter(pk=sample.demand.pk).update(due_on=date(2026, 3, 8))
        Demand.objects.filter(pk=sample.demand.pk).update(due_on=date(2026, 3, 18))
    page = staff.get(reverse(DETAIL, args=[sample.demand.number])).content.decode()
    assert "把 办理时限 由 2026年3月8日 改为 2026年3月18日" in page


def test_the_enterprises_tab_shows_its_own_demands_and_offers(staff: Client, sample: Sample):
    page = staff.get(reverse("demands:of_enterprise", args=[sample.enterprise.pk])).content.decode()
    assert sample.demand.number in page
    assert sample.other_demand.number not in page
    assert reverse("demands:resource_detail", args=[sample.resource.pk]) in page


def test_the_alliances_tab_shows_an_enterprise_its_own_demands_only(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        fellow = factories.enterprise()
        factories.membership(sample.alliance, fellow)
        theirs = factories.demand(fellow, alliance=sample.alliance)
    address = reverse("demands:of_alliance", args=[sample.alliance.pk])
    own = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise).get(address).content.decode()
    assert sample.demand.number in own
    assert theirs.number not in own
    secretary = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=sample.alliance).get(address).content.decode()
    assert theirs.number in secretary


@pytest.mark.parametrize(
    ("role", "limits"),
    [
        (Role.COUNTY_STAFF, {"region": "county"}),
        (Role.COUNTY_STAFF, {"region": "park"}),
        (Role.DEPARTMENT, {"unit": "unit"}),
        (Role.ALLIANCE_SECRETARY, {"alliance": "alliance"}),
        (Role.ENTERPRISE, {"enterprise": "enterprise"}),
        (Role.INSTRUCTOR, {"enterprise": "enterprise"}),
    ],
)
def test_each_role_sees_its_own_demands_only(sample: Sample, tenant: Tenant, role: str, limits: dict[str, str]):
    client = browser(tenant, role, **{name: getattr(sample, of) for name, of in limits.items()})
    assert shown(client) == [sample.demand.number]
    assert client.get(reverse(DETAIL, args=[sample.demand.number])).status_code == 200
    hidden = client.get(reverse(DETAIL, args=[sample.other_demand.number]))
    missing = client.get(reverse(DETAIL, args=["XQ-2020-000001"]))
    assert hidden.status_code == missing.status_code == 404


def test_a_department_sees_a_demand_only_once_it_is_handed_over(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        waiting = factories.demand(sample.enterprise, state="accepted")
        unit = factories.unit("市生态环境局")
    client = browser(tenant, Role.DEPARTMENT, unit=unit)
    assert shown(client) == []
    with tenant_scope(tenant):
        Demand.objects.filter(pk=waiting.pk).update(unit=unit)
    assert shown(client) == [waiting.number]


def test_the_other_tenants_demand_of_the_same_number_stays_away(sample: Sample, tenant: Tenant, second_tenant: Tenant):
    with tenant_scope(second_tenant):
        foreign = factories.demand(factories.enterprise(), "邻市的诉求", number="XQ-2026-000777")
    admin = browser(tenant, Role.TENANT_ADMIN)
    assert admin.get(reverse(DETAIL, args=[foreign.number])).status_code == 404
    assert shown(admin, q="邻市的诉求") == []
    with tenant_scope(tenant):
        factories.demand(sample.enterprise, "本市的诉求", number="XQ-2026-000777")
    page = admin.get(reverse(DETAIL, args=[foreign.number])).content.decode()
    assert "本市的诉求" in page
    assert "邻市的诉求" not in page


def test_without_a_role_403_without_signing_in_to_the_sign_in_page(sample: Sample, tenant: Tenant):
    for address in (reverse(LIST), reverse(DETAIL, args=[sample.demand.number])):
        assert browser(tenant, None).get(address).status_code == 403
        assert Client().get(address)["Location"].startswith(reverse("account_login"))
