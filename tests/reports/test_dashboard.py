"""运行总览: who sees which numbers, and where they lead."""

import re
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from alliances.models import Alliance
from reports.periods import quarter_period
from reports.permissions import office_actor, region_tree
from reports.services.snapshots import snapshot_freeze
from tenants.models import AuditEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser, queries_of

from .city import SECRET

#: issue "Bench": the most that the dashboard may ask of the database, transaction control included.
DASHBOARD_QUERIES = 12
PAGE = "reports:dashboard"
QUARTER = {"period": "2026Q3"}


@pytest.fixture
def staff(built: Tenant) -> Client:
    return browser(built, Role.CITY_STAFF)


@pytest.fixture
def clerk(built: Tenant) -> Client:
    with tenant_scope(built):
        region = factories.county("鱼台县")
    return browser(built, Role.COUNTY_STAFF, region=region)


def cards(client: Client, **params: str) -> dict[str, tuple[str, str | None]]:
    """Label → (value, address) of the cards."""
    page = client.get(reverse(PAGE), QUARTER | params).content.decode()
    found = re.findall(
        r'<li>(?:<a href="([^"]*)">|<div>)\s*<div class="label">([^<]*)</div>\s*<div class="value[^"]*">([^<]*)', page
    )
    return {label: (value, unescape(url) or None) for url, label, value in found}


def test_cards_show_the_period_and_their_change(staff: Client):
    found = cards(staff)
    assert found["收集诉求"][0] == "3"
    assert found["解决率"][0] == "66.67"
    page = staff.get(reverse(PAGE), QUARTER).content.decode()
    assert "2 / 3" in page
    assert "比上期增加 2（+200.0%）" in page
    assert "上期无数据" in page


COUNTED = (
    "产业链党建联盟",
    "联盟成员企业",
    "名册企业",
    "党建活动",
    "用工招聘",
    "收集诉求",
    "已解决",
    "共享资源",
    "政策清单",
)


@pytest.mark.parametrize("narrowed", [False, True])
def test_each_count_opens_exactly_its_rows(staff: Client, built: Tenant, narrowed: bool):
    with tenant_scope(built):
        county = str(factories.county("任城区").pk)
    found = cards(staff, **({"region": county} if narrowed else {}))
    for label in COUNTED:
        value, url = found[label]
        assert staff.get(url).context["page"].paginator.count == int(value), label


def test_by_default_the_four_full_quarters_are_shown(staff: Client):
    assert "近四个季度" in staff.get(reverse(PAGE)).content.decode()


def test_free_period_in_the_address(staff: Client):
    page = staff.get(reverse(PAGE), {"from": "2026-06-30", "to": "2026-06-30"})
    assert page.context["overview"].figures["demands"].value == 1


def test_a_period_that_makes_no_sense_is_explained(staff: Client):
    for params, words in (
        ({"from": "2026-09-30", "to": "2026-07-01"}, "开始日期不能晚于结束日期"),
        ({"period": "custom", "from": "2026-09-30"}, "开始和结束日期都填上"),
        ({"from": "2010-01-01", "to": "2026-07-01"}, "时期最长 36 个月"),
        ({"period": "2026Q9"}, "2026Q9"),
    ):
        page = staff.get(reverse(PAGE), params)
        assert page.status_code == 200
        assert words in page.content.decode()


def test_the_other_tenant_is_never_in_it(staff: Client, second_tenant: Tenant):
    page = staff.get(reverse(PAGE), QUARTER).content.decode()
    assert SECRET not in page
    assert "777" not in page
    neighbour = browser(second_tenant, Role.CITY_STAFF)
    assert cards(neighbour)["收集诉求"][0] == "7"


def test_county_staff_see_and_choose_their_county_only(clerk: Client, built: Tenant):
    assert cards(clerk)["收集诉求"][0] == "2"
    with tenant_scope(built):
        own, other, top = factories.county("鱼台县"), factories.county("任城区"), factories.county("任城区").parent
    assert clerk.get(reverse(PAGE), {"region": own.pk}).status_code == 200
    for region in (other.pk, top.pk, 999999, "abc"):
        assert clerk.get(reverse(PAGE), {"region": region}).status_code == 404
    assert "任城区" not in clerk.get(reverse(PAGE), QUARTER).content.decode()


def test_secretaries_see_their_alliance_without_a_choice_of_regions(built: Tenant):
    with tenant_scope(built):
        alliance = Alliance.objects.get(name="甲链联盟")
    page = browser(built, Role.ALLIANCE_SECRETARY, alliance=alliance).get(reverse(PAGE), QUARTER)
    assert page.context["overview"].figures["demands"].value == 1
    assert 'name="region"' not in page.content.decode()


def test_departments_and_enterprises_are_refused_strangers_sent_to_sign_in(built: Tenant):
    with tenant_scope(built):
        enterprise = Alliance.objects.get(name="甲链联盟").initiator
        unit = factories.unit()
    for role, limits in ((Role.ENTERPRISE, {"enterprise": enterprise}), (Role.DEPARTMENT, {"unit": unit})):
        client = browser(built, role, **limits)
        for route in (PAGE, "reports:figures_export", "reports:briefing_list"):
            assert client.get(reverse(route)).status_code == 403
    assert Client().get(reverse(PAGE)).status_code == 302


def test_few_queries_however_many_rows(staff: Client, built: Tenant):
    address = f"{reverse(PAGE)}?period=2026Q3"
    before = queries_of(staff, address)
    with tenant_scope(built):
        city = factories.county("任城区")
        for _ in range(10):
            enterprise = factories.enterprise(region=city)
            factories.demand(enterprise, raised_on="2026-08-01")
            factories.activity(factories.alliance(enterprise, region=city), held_on="2026-08-01")
    assert before == queries_of(staff, address)
    assert before <= DASHBOARD_QUERIES


def test_empty_period_says_what_to_do(staff: Client):
    page = staff.get(reverse(PAGE), {"period": "2015"}).content.decode()
    assert "这段时期还没有数据" in page


def test_workbook_has_the_same_numbers_and_is_in_the_audit_trail(staff: Client, built: Tenant):
    response = staff.get(reverse("reports:figures_export"), QUARTER)
    book = load_workbook(BytesIO(response.content))
    lines = {row[1]: row for row in book["主要指标"].iter_rows(min_row=3, values_only=True)}
    assert lines["解决率"][2:6] == (66.67, "%", 2, 3)
    assert lines["收集诉求"][7] == "比上期增加 2（+200.0%）"
    regions = {row[0]: row for row in book["分区域"].iter_rows(min_row=2, values_only=True)}
    assert set(regions) == {"任城区", "鱼台县"}
    with tenant_scope(built):
        assert AuditEntry.objects.filter(verb=AuditEntry.Verb.EXPORT, object_label__contains="运行总览").exists()


def test_frozen_period_links_to_its_snapshot_which_later_edits_do_not_change(staff: Client, built: Tenant):
    with tenant_scope(built):
        region = region_tree(office_actor()).default
        snapshot = snapshot_freeze(actor=office_actor(), period=quarter_period(2026, 3), region=region)
        factories.demand(factories.enterprise(), raised_on="2026-08-08")
    live = staff.get(reverse(PAGE), QUARTER)
    address = reverse("reports:snapshot", args=[snapshot.number])
    assert address in live.content.decode()
    assert live.context["overview"].figures["demands"].value == 4
    frozen = staff.get(address)
    assert frozen.context["overview"].figures["demands"].value == 3
    assert snapshot.sha256 in frozen.content.decode()


def test_snapshot_of_the_city_is_hidden_from_a_county_and_from_another_tenant(
    clerk: Client, built: Tenant, second_tenant: Tenant
):
    with tenant_scope(built):
        region = region_tree(office_actor()).default
        snapshot = snapshot_freeze(actor=office_actor(), period=quarter_period(2026, 2), region=region)
        # The neighbour's first snapshot bears the same number, so the address alone proves nothing.
        snapshot = snapshot_freeze(actor=office_actor(), period=quarter_period(2026, 3), region=region)
    address = reverse("reports:snapshot", args=[snapshot.number])
    assert clerk.get(address).status_code == 404
    assert browser(second_tenant, Role.CITY_STAFF).get(address).status_code == 404


def test_snapshot_of_an_unknown_layout_is_explained(staff: Client, built: Tenant):
    with tenant_scope(built):
        snapshot = factories.snapshot(figures={"layout": 99})
    page = staff.get(reverse("reports:snapshot", args=[snapshot.number]), follow=True)
    assert "无法打开" in page.content.decode()
