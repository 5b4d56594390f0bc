"""Which policy is for whom: an enterprise's matches with reasons, a policy's enterprises, conditions without code."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from enterprises.models import Enterprise
from policies.models import Policy
from policies.services import conditions_version
from tenants.models import DictionaryEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, exported, queries_of

CLUSTER = DictionaryEntry.Kind.CLUSTER
CALCULATOR_QUERIES = 10


@pytest.fixture
def staff(tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


@pytest.fixture
def enterprise(tenant: Tenant) -> Enterprise:
    """A member of an alliance of 医药 whose research share nobody has reported."""
    with tenant_scope(tenant):
        made = factories.enterprise(
            revenue=Decimal(4000), staff=80, honours=["专精特新"], figures_on=date(2026, 9, 30), research_share=None
        )
        factories.alliance(made, cluster=factories.entry(CLUSTER, "医药"))
    return made


def policies(tenant: Tenant) -> dict[str, Policy]:
    with tenant_scope(tenant):
        return {
            name: factories.policy(name, **values)
            for name, values in {
                "人人可报": {},
                "营收六千": {"min_revenue": 6000},
                "要研发": {"min_research_share": 3},
                "新能源的": {"cluster": factories.entry(CLUSTER, "新能源")},
                "已过期的": {"valid_until": timezone.localdate() - timedelta(days=1)},
            }.items()
        }


def tab(client: Client, enterprise: Enterprise, **figures: str) -> tuple[list[str], list[str], str]:
    answer = client.get(reverse("policies:of_enterprise", args=[enterprise.pk]), figures)
    found = [[match.policy.name for match in answer.context[key]] for key in ("fitting", "near")]
    return found[0], found[1], answer.content.decode()


def test_each_policy_says_what_fits_and_what_is_missing(tenant: Tenant, staff: Client, enterprise: Enterprise) -> None:
    policies(tenant)
    fitting, near, page = tab(staff, enterprise)
    assert fitting == ["人人可报"]
    assert near == ["要研发", "营收六千"]
    assert "年营业收入不低于 6,000 万元" in page
    assert "登记：4,000 万元" in page
    assert "缺数据" in page
    assert "其余 1 项的产业、区域、企业类型等条件不适用" in page
    assert "以发布单位审核为准" in page
    assert "2026年9月30日" in page


def test_figures_are_tried_out_and_not_kept(tenant: Tenant, staff: Client, enterprise: Enterprise) -> None:
    policies(tenant)
    tried = {"revenue": "6000", "research_share": "3.5", "staff": "80", "honours": ""}
    fitting, near, page = tab(staff, enterprise, **tried)
    assert set(fitting) == {"人人可报", "营收六千", "要研发"}
    assert near == []
    assert "这是试算" in page
    with tenant_scope(tenant):
        enterprise.refresh_from_db()
    assert (enterprise.revenue, enterprise.research_share) == (4000, None)
    assert tab(staff, enterprise)[0] == ["人人可报"]


def test_a_wrong_figure_is_said_beside_its_field(tenant: Tenant, staff: Client, enterprise: Enterprise) -> None:
    policies(tenant)
    fitting, _, page = tab(staff, enterprise, revenue="很多")
    assert "“年营业收入”不是数字" in page
    assert fitting == ["人人可报"]


def test_the_calculator_takes_few_queries_however_many_policies(
    tenant: Tenant, staff: Client, enterprise: Enterprise
) -> None:
    address = reverse("policies:of_enterprise", args=[enterprise.pk])
    policies(tenant)
    few = queries_of(staff, address)
    with tenant_scope(tenant):
        for number in range(40):
            factories.policy(f"政策{number}", min_revenue=number * 100)
    assert queries_of(staff, address) == few <= CALCULATOR_QUERIES


def test_an_enterprise_sees_its_own_matches_only(tenant: Tenant, enterprise: Enterprise) -> None:
    with tenant_scope(tenant):
        other = factories.enterprise()
    client = browser(tenant, Role.ENTERPRISE, enterprise=enterprise)
    assert client.get(reverse("policies:of_enterprise", args=[enterprise.pk])).status_code == 200
    assert client.get(reverse("policies:of_enterprise", args=[other.pk])).status_code == 404


def listed(client: Client, policy: Policy, **params: str) -> set[str]:
    answer = client.get(reverse("policies:enterprises", args=[policy.pk]), params)
    return {row.name for row in answer.context["page"].object_list}


def test_the_enterprises_of_a_policy_and_those_of_which_something_is_not_known(
    tenant: Tenant, staff: Client, tmp_path: Path
) -> None:
    with tenant_scope(tenant):
        policy = factories.policy("营收五千", min_revenue=5000)
        for name, revenue in (("够的", 5000), ("不够的", 4999), ("没报的", None)):
            factories.enterprise(name, revenue=revenue)
        factories.enterprise("停业的", revenue=9000, is_operating=False)
    assert listed(staff, policy) == {"够的"}
    assert listed(staff, policy, data="missing") == {"没报的"}
    address = reverse("policies:enterprises", args=[policy.pk])
    cells = {cell for row in exported(staff, f"{address}?format=xlsx", tmp_path) for cell in row}
    assert "够的" in cells
    assert not {"不够的", "没报的"} & cells


def test_a_county_finds_its_own_enterprises(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        policy, here = factories.policy("人人可报"), factories.county("任城区")
        factories.enterprise("本区的", region=here)
        factories.enterprise("外县的", region=factories.county("鱼台县"))
    assert listed(browser(tenant, Role.COUNTY_STAFF, region=here), policy) == {"本区的"}


def test_the_list_takes_as_many_queries_for_sixty_as_for_one(tenant: Tenant, staff: Client) -> None:
    with tenant_scope(tenant):
        policy = factories.policy("人人可报", cluster=factories.entry(CLUSTER, "医药"), min_revenue=1)
        alliance = factories.alliance(factories.enterprise(revenue=5), cluster=factories.entry(CLUSTER, "医药"))
    address = reverse("policies:enterprises", args=[policy.pk])
    few = queries_of(staff, address)
    with tenant_scope(tenant):
        for _ in range(60):
            factories.membership(alliance, factories.enterprise(revenue=5))
    assert queries_of(staff, address) == few <= LIST_QUERIES


def conditions(client: Client, policy: Policy, tenant: Tenant, **values: str):
    with tenant_scope(tenant):
        version = conditions_version(Policy.objects.get(pk=policy.pk))
    return client.post(reverse("policies:conditions", args=[policy.pk]), {"version": version} | values)


def test_conditions_are_set_without_code_and_apply_at_once(
    tenant: Tenant, staff: Client, enterprise: Enterprise
) -> None:
    with tenant_scope(tenant):
        policy = factories.policy("小企业补贴")
    answer = conditions(
        staff, policy, tenant,
        all_0_what="staff:at_most", all_0_value="50",
        any_0_what="honours:has_any", any_0_value="瞪羚企业、高新技术企业",
        any_1_what="is_climbing:is", any_1_value="是",
    )  # fmt: skip
    assert answer.status_code == 302
    page = staff.get(reverse("policies:detail", args=[policy.pk])).content.decode()
    for words in ("从业人数不高于 50 人", "资质荣誉有其一 瞪羚企业、高新技术企业", "是助企攀登企业"):
        assert words in page
    assert tab(staff, enterprise)[1] == ["小企业补贴"]
    shown = staff.get(reverse("policies:conditions", args=[policy.pk])).content.decode()
    assert 'value="瞪羚企业、高新技术企业"' in shown
    assert "补充条件 由 空 改为 从业人数不高于 50 人" in page


@pytest.mark.parametrize(
    ("what", "value", "reason"),
    [
        ("staff:at_least", "很多", "要填不小于 0 的数字"),
        ("region:one_of", "火星区", "没有“火星区”"),
        ("cluster:has_any", "", "至少要选一个"),
        ("is_climbing:is", "也许", "要选是或否"),
        ("", "50", "还没有选条件"),
    ],
)
def test_bad_conditions_are_refused_and_what_was_typed_stays(
    tenant: Tenant, staff: Client, what: str, value: str, reason: str
) -> None:
    with tenant_scope(tenant):
        policy = factories.policy("小企业补贴")
    answer = conditions(staff, policy, tenant, all_0_what=what, all_0_value=value)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert reason in page
    assert not value or f'value="{value}"' in page
    with tenant_scope(tenant):
        policy.refresh_from_db()
    assert policy.conditions is None


def test_a_newer_edit_of_somebody_else_is_not_written_over(tenant: Tenant, staff: Client) -> None:
    with tenant_scope(tenant):
        policy = factories.policy("小企业补贴")
    assert conditions(staff, policy, tenant, all_0_what="staff:at_most", all_0_value="50").status_code == 302
    stale = {"version": "0" * 64, "all_0_what": "staff:at_most", "all_0_value": "99"}
    answer = staff.post(reverse("policies:conditions", args=[policy.pk]), stale)
    assert "有人改过这些条件" in answer.content.decode()
    with tenant_scope(tenant):
        policy.refresh_from_db()
    assert policy.conditions_words == "从业人数不高于 50 人"


def test_a_department_sets_the_conditions_of_its_own_policies_only(tenant: Tenant) -> None:
    with tenant_scope(tenant):
        unit = factories.unit()
        own, other = factories.policy(issuer=unit), factories.policy(issuer=factories.unit("市财政局"))
    client = browser(tenant, Role.DEPARTMENT, unit=unit)
    assert client.get(reverse("policies:conditions", args=[own.pk])).status_code == 200
    assert client.get(reverse("policies:conditions", args=[other.pk])).status_code == 403
