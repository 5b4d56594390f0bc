"""The desk of each role: what it counts, what it lists, where its numbers lead."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from demands.models import Demand
from tenants.models import Role, Tenant, User
from tenants.scope import bootstrap_scope, tenant_scope
from tenants.services import operator_create
from tests import factories
from tests.browsing import browser, queries_of
from tests.factories import Sample

#: One for each part of the desk and one for the working-day calendar, transaction control included.
DESK_QUERIES = 15
LIMITS: dict[str, tuple[str, ...]] = {
    Role.COUNTY_STAFF: ("region", "county"),
    Role.DEPARTMENT: ("unit", "unit"),
    Role.ALLIANCE_SECRETARY: ("alliance", "alliance"),
    Role.ROTATING_SECRETARY: ("alliance", "alliance"),
    Role.ENTERPRISE: ("enterprise", "enterprise"),
    Role.INSTRUCTOR: ("enterprise", "enterprise"),
}


def desk_of(sample: Sample, tenant: Tenant, role: str) -> Client:
    limit = LIMITS.get(role)
    return browser(tenant, role, **({limit[0]: getattr(sample, limit[1])} if limit else {}))


def figures(client: Client) -> dict[str, dict[str, Any]]:
    return {figure["label"]: figure for figure in client.get(reverse("desk")).context["figures"]}


def open_demand(sample: Sample, **values: Any) -> Demand:
    today = timezone.localdate()
    defaults = {"alliance": sample.alliance, "unit": sample.unit, "raised_on": today - timedelta(days=60)}
    return factories.demand(sample.enterprise, **(defaults | values))


@pytest.mark.parametrize("role", list(Role))
def test_every_number_of_every_role_opens_a_list_of_as_many_rows(sample: Sample, tenant: Tenant, role: str):
    today = timezone.localdate()
    with tenant_scope(tenant):
        open_demand(sample, due_on=today - timedelta(days=3))
        open_demand(sample, due_on=today - timedelta(days=9), state="accepted")
        open_demand(sample, due_on=today)
        open_demand(sample, due_on=today, state="closed", closed_on=today)
    client = desk_of(sample, tenant, role)
    for label, figure in figures(client).items():
        rows = client.get(figure["url"]).context["page"].paginator.count
        wanted = figure.get("denominator", figure["value"]) if "率" in label else figure["value"]
        assert rows == wanted, label


def test_staff_see_waiting_amber_red_and_the_rate_with_its_fraction(sample: Sample, tenant: Tenant):
    today = timezone.localdate()
    with tenant_scope(tenant):
        for demand in (sample.demand, sample.other_demand):
            Demand.objects.filter(pk=demand.pk).update(due_on=None)
        open_demand(sample, due_on=today, state="accepted")
        open_demand(sample, due_on=today, state="closed", closed_on=today)
        open_demand(sample, due_on=today, state="closed", closed_on=today)
    found = figures(desk_of(sample, tenant, Role.CITY_STAFF))
    assert found["待交办诉求"]["value"] == 1
    assert found["黄灯"]["value"] == 1
    assert found["红灯"]["value"] == 0
    rate = found["本季按时办结率"]
    assert (rate["value"], rate["numerator"], rate["denominator"]) == ("66.67", 2, 3)


def test_a_quarter_in_which_nothing_fell_due_has_no_rate(sample: Sample, tenant: Tenant):
    rate = figures(desk_of(sample, tenant, Role.CITY_STAFF))["本季按时办结率"]
    assert rate["value"] == "—"
    assert rate["denominator"] is None


def test_the_most_pressing_demand_comes_first(sample: Sample, tenant: Tenant):
    today = timezone.localdate()
    with tenant_scope(tenant):
        soon = open_demand(sample, due_on=today)
        late = open_demand(sample, due_on=today - timedelta(days=30))
        open_demand(sample, due_on=today + timedelta(days=90))
    client = desk_of(sample, tenant, Role.CITY_STAFF)
    rows = client.get(reverse("desk")).context["demands"]
    assert [row.pk for row in rows] == [late.pk, soon.pk]
    assert [row.light.colour for row in rows] == ["red", "amber"]
    assert figures(client)["红灯"]["value"] == 1


def test_a_county_sees_its_own_demands_and_briefings(sample: Sample, tenant: Tenant):
    today = timezone.localdate()
    with tenant_scope(tenant):
        mine = open_demand(sample, due_on=today)
        factories.demand(sample.other_enterprise, due_on=today, raised_on=today - timedelta(days=30))
    context = desk_of(sample, tenant, Role.COUNTY_STAFF).get(reverse("desk")).context
    assert [row.pk for row in context["demands"]] == [mine.pk]
    assert list(context["briefings"]) == []
    assert "imports" not in context


def test_an_enterprise_sees_its_demands_alliances_and_what_others_offer(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        other = factories.enterprise(region=sample.county)
        offered = factories.resource(other, alliance=sample.alliance, content="检测中心可对外检测")
        factories.resource(other, alliance=sample.alliance, content="已过期", valid_until=date(2026, 3, 6))
        fitting = factories.policy("链主企业奖励", cluster=sample.alliance.cluster)
        factories.policy("中小微企业补贴", scale="small")
        factories.policy("已废止", valid_until=date(2026, 1, 2))
    context = desk_of(sample, tenant, Role.ENTERPRISE).get(reverse("desk")).context
    assert [row.pk for row in context["demands"]] == [sample.demand.pk]
    assert [row.pk for row in context["alliances"]] == [sample.alliance.pk]
    assert [row.pk for row in context["resources"]] == [offered.pk]
    assert {row.pk for row in context["policies"]} == {fitting.pk, sample.policy.pk}


def test_a_department_sees_what_was_handed_to_it_and_its_own_policies(sample: Sample, tenant: Tenant):
    today = timezone.localdate()
    with tenant_scope(tenant):
        mine = open_demand(sample, due_on=today)
        open_demand(sample, due_on=today, unit=None)
        factories.policy("别的部门的政策", issuer=factories.unit("市财政局"))
    context = desk_of(sample, tenant, Role.DEPARTMENT).get(reverse("desk")).context
    assert [row.pk for row in context["demands"]] == [mine.pk]
    assert [row.pk for row in context["policies"]] == [sample.policy.pk]
    assert "activities" not in context


def test_a_secretary_sees_own_alliances_with_their_members(sample: Sample, tenant: Tenant):
    context = desk_of(sample, tenant, Role.ALLIANCE_SECRETARY).get(reverse("desk")).context
    assert [(row.pk, row.member_count) for row in context["alliances"]] == [(sample.alliance.pk, 1)]
    assert [row.pk for row in context["activities"]] == [sample.activity.pk]


def test_an_administrator_sees_imports_and_accounts(sample: Sample, tenant: Tenant):
    client = desk_of(sample, tenant, Role.TENANT_ADMIN)
    context = client.get(reverse("desk")).context
    assert [run.pk for run in context["imports"]] == [sample.run.pk]
    accounts = {figure["label"]: figure for figure in context["system"]}["启用的账号"]
    assert client.get(accounts["url"]).context["page"].paginator.count == accounts["value"]


def test_an_operator_goes_to_his_own_page(db: None):
    operator = operator_create(login="ops", full_name="运维", password="Only-for-1-test", now=timezone.now())
    with bootstrap_scope():
        User.objects.filter(pk=operator.pk).update(must_change_password=False)
    response = factories.sign_in(operator).get(reverse("desk"))
    assert response.headers["Location"] == reverse("tenants:operator_home")


@pytest.mark.parametrize("role", list(Role))
def test_a_desk_takes_no_more_queries_for_many_rows(sample: Sample, tenant: Tenant, role: str):
    client = desk_of(sample, tenant, role)
    few = queries_of(client, reverse("desk"))
    with tenant_scope(tenant):
        for _ in range(10):
            open_demand(sample, due_on=timezone.localdate())
            factories.activity(sample.alliance, sample.enterprise)
            factories.policy(issuer=sample.unit)
            factories.import_run(started_by=sample.admin.user)
    assert queries_of(client, reverse("desk")) == few <= DESK_QUERIES
