"""Pages of alliances: the list in both views, and the tabs of one alliance."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, exported, queries_of
from tests.factories import Sample

LIST = "alliances:list"
TABS = (
    "alliances:detail",
    "alliances:organisation",
    "alliances:members",
    "alliances:rotation",
    "alliances:activities",
    "alliances:log",
    "demands:of_alliance",
)


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def shown(client: Client, **params: str) -> list[str]:
    return [row.name for row in client.get(reverse(LIST), params).context["page"].object_list]


def test_the_list_counts_members_activities_and_open_demands(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        factories.activity(sample.alliance, held_on=timezone.localdate())
        factories.activity(sample.alliance, held_on=date(2024, 12, 31))
        factories.demand(
            sample.enterprise,
            alliance=sample.alliance,
            state="closed",
            closed_on=date(2026, 4, 1),
            raised_on=date(2026, 3, 1),
        )
        this_year = sample.alliance.activities.filter(held_on__year=timezone.localdate().year).count()
    for view in ("", "cards"):
        response = staff.get(reverse(LIST), {"view": view})
        row = next(row for row in response.context["page"].object_list if row.pk == sample.alliance.pk)
        assert (row.member_count, row.activity_count, row.open_demand_count) == (1, this_year, 1)
        assert sample.alliance.name in response.content.decode()


def test_found_by_substring_and_initials_filtered_and_sorted(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.alliance(
            name="鱼台县盐化工产业链党建联盟", region=sample.other_county, founded_on=date(2020, 1, 1)
        )
    assert shown(staff, q="盐化") == [made.name]
    assert shown(staff, q="ytxyhg") == [made.name]
    assert shown(staff, region=str(sample.county.pk)) == [sample.alliance.name]
    assert shown(staff, sort="founded")[0] == made.name
    assert shown(staff, sort="-founded")[-1] == made.name
    assert shown(staff, cluster=str(made.cluster_id)) == shown(staff)


def test_a_filter_without_rows_says_what_to_do(staff: Client):
    assert "清除全部条件" in staff.get(reverse(LIST), {"q": "没有这个联盟"}).content.decode()


def test_an_empty_tenant_says_where_alliances_come_from(tenant: Tenant):
    page = browser(tenant, Role.CITY_STAFF).get(reverse(LIST)).content.decode()
    assert "还没有联盟" in page
    assert "联盟名册" in page


def test_the_export_holds_exactly_what_is_filtered(staff: Client, sample: Sample, tmp_path: Path):
    rows = exported(staff, f"{reverse(LIST)}?region={sample.county.pk}&format=xlsx", tmp_path)
    names = {cell for row in rows for cell in row}
    assert sample.alliance.name in names
    assert sample.other_alliance.name not in names


def test_the_list_takes_as_many_queries_for_thirty_rows_as_for_two(staff: Client, tenant: Tenant):
    few = queries_of(staff, reverse(LIST))
    with tenant_scope(tenant):
        for _ in range(28):
            factories.alliance()
    assert queries_of(staff, reverse(LIST)) == few <= LIST_QUERIES


def test_an_enterprise_sees_no_number_of_demands(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert shown(client) == [sample.alliance.name]
    assert "在办诉求" not in client.get(reverse(LIST)).content.decode()
    assert "在办诉求" not in client.get(reverse("alliances:detail", args=[sample.alliance.pk])).content.decode()


@pytest.mark.parametrize("route", TABS)
def test_every_tab_opens(staff: Client, sample: Sample, route: str):
    response = staff.get(reverse(route, args=[sample.alliance.pk]))
    assert response.status_code == 200
    assert [tab["label"] for tab in response.context["tabs"] if tab["on"]] == [
        {
            "detail": "概况",
            "organisation": "组织",
            "members": "成员",
            "rotation": "轮值",
            "activities": "活动",
            "log": "日志",
            "of_alliance": "清单",
        }[route.split(":")[1]]
    ]


def test_the_organisation_counts_two_one_x_n(staff: Client, sample: Sample, tenant: Tenant):
    organisation = staff.get(reverse("alliances:organisation", args=[sample.alliance.pk])).context["organisation"]
    assert [box.name for box in organisation.offices] == ["任城区两新工委", "高新产业园产业链联合党委"]
    assert [box.name for box in organisation.party_organisations] == [sample.party_organisation.name]
    assert (organisation.organised_members, organisation.members) == (1, 1)
    assert [box.name for box in organisation.departments] == [sample.unit.name]
    assert organisation.alliance.note == "秘书长 周建国"


def test_members_stand_initiator_first_then_by_day_and_former_ones_apart(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        late, early, gone = (factories.enterprise() for _ in range(3))
        factories.membership(sample.alliance, late, joined_on=date(2026, 1, 1))
        factories.membership(sample.alliance, early, joined_on=date(2020, 1, 1))
        factories.membership(sample.alliance, gone, joined_on=date(2020, 1, 1), left_on=date(2026, 1, 1))
    context = staff.get(reverse("alliances:members", args=[sample.alliance.pk])).context
    assert [row.enterprise for row in context["members"]] == [sample.enterprise, early, late]
    assert [row.enterprise for row in context["former"]] == [gone]


def test_only_enterprises_whose_page_one_may_open_are_links(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        fellow = factories.enterprise()
        factories.membership(sample.alliance, fellow)
    client = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    page = client.get(reverse("alliances:members", args=[sample.alliance.pk])).content.decode()
    assert fellow.name in page
    assert reverse("enterprises:detail", args=[sample.enterprise.pk]) in page
    assert reverse("enterprises:detail", args=[fellow.pk]) not in page


def test_the_log_tells_changes_in_words(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        Alliance.objects.filter(pk=sample.alliance.pk).update(founded_on=date(2025, 5, 1))
    page = staff.get(reverse("alliances:log", args=[sample.alliance.pk])).content.decode()
    assert "把 成立日期 由 2025年6月1日 改为 2025年5月1日" in page
    assert f"成员 {sample.enterprise.name}" in page


def test_the_log_is_closed_to_enterprises(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert client.get(reverse("alliances:log", args=[sample.alliance.pk])).status_code == 403
    assert "日志" not in client.get(reverse("alliances:detail", args=[sample.alliance.pk])).content.decode()


def test_the_enterprises_tab_lists_its_alliances_and_activities(staff: Client, sample: Sample):
    page = staff.get(reverse("alliances:of_enterprise", args=[sample.enterprise.pk])).content.decode()
    assert sample.alliance.name in page
    assert sample.activity.topic in page


@pytest.mark.parametrize("route", TABS)
def test_hidden_alliances_look_missing(sample: Sample, tenant: Tenant, second_tenant: Tenant, route: str):
    with tenant_scope(second_tenant):
        foreign = Alliance.objects.first()
    county = browser(tenant, Role.COUNTY_STAFF, region=sample.county)
    assert browser(tenant, Role.TENANT_ADMIN).get(reverse(route, args=[foreign.pk])).status_code == 404
    assert county.get(reverse(route, args=[sample.alliance.pk])).status_code == 200
    assert county.get(reverse(route, args=[sample.other_alliance.pk])).status_code == 404


@pytest.mark.parametrize("route", TABS)
def test_without_a_role_403_without_signing_in_to_the_sign_in_page(sample: Sample, tenant: Tenant, route: str):
    for address in (reverse(route, args=[sample.alliance.pk]), reverse(LIST)):
        assert browser(tenant, None).get(address).status_code == 403
        response = Client().get(address)
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_login"))


@pytest.mark.parametrize(
    ("role", "limits"),
    [
        (Role.COUNTY_STAFF, {"region": "county"}),
        (Role.DEPARTMENT, {"unit": "unit"}),
        (Role.ALLIANCE_SECRETARY, {"alliance": "alliance"}),
        (Role.ROTATING_SECRETARY, {"alliance": "alliance"}),
        (Role.ENTERPRISE, {"enterprise": "enterprise"}),
        (Role.INSTRUCTOR, {"enterprise": "enterprise"}),
    ],
)
def test_each_role_sees_its_own_alliances_only(sample: Sample, tenant: Tenant, role: str, limits: dict[str, str]):
    client = browser(tenant, role, **{name: getattr(sample, of) for name, of in limits.items()})
    assert shown(client) == [sample.alliance.name]
    assert client.get(reverse("alliances:detail", args=[sample.other_alliance.pk])).status_code == 404


def test_an_enterprise_that_left_sees_the_alliance_no_more(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    with tenant_scope(tenant):
        sample.alliance.memberships.update(left_on=date(2026, 10, 1))
    assert client.get(reverse("alliances:detail", args=[sample.alliance.pk])).status_code == 404
