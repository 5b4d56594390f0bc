"""The frame of every page: its menu by role, and what else it tells."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from alliance_portal.navigation import MENU, menu
from tenants.models import BodyName, Role, Tenant
from tenants.scope import tenant_scope
from tests.browsing import browser
from tests.factories import Sample
from tests.portal.test_desk import desk_of


def labels(role: str) -> list[str]:
    return [item["label"] for group in menu(frozenset({role}), "/") for item in group["items"]]


def active(path: str) -> list[str]:
    groups = menu(frozenset({Role.TENANT_ADMIN}), path)
    return [item["label"] for group in groups for item in group["items"] if item["active"]]


@pytest.mark.parametrize("role", list(Role))
def test_everybody_may_open_every_item_of_his_menu(sample: Sample, tenant: Tenant, role: str):
    client = desk_of(sample, tenant, role)
    for group in menu(frozenset({role}), "/"):
        for item in group["items"]:
            assert client.get(item["url"], follow=True).status_code == 200, item["label"]


def test_the_menu_shows_only_what_a_role_works_with():
    assert "用户与角色" in labels(Role.TENANT_ADMIN)
    assert "用户与角色" not in labels(Role.CITY_STAFF)
    assert "数据导入导出" not in labels(Role.DEPARTMENT)
    assert "诉求" in labels(Role.ENTERPRISE)
    assert "运行总览" not in labels(Role.ENTERPRISE)


def test_a_group_without_items_is_not_shown():
    assert "管理" not in [group["label"] for group in menu(frozenset({Role.ENTERPRISE}), "/")]
    assert [group["label"] for group in menu(frozenset({Role.TENANT_ADMIN}), "/")] == [label for label, _ in MENU]


def test_one_item_is_active_that_of_the_longest_address():
    assert active("/") == ["工作台"]
    assert active(reverse("enterprises:detail", args=[1])) == ["企业"]
    assert active(reverse("enterprises:cadre_list")) == ["助企力量"]
    assert active(reverse("search")) == []


def test_the_frame_names_the_body_of_today(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        BodyName.objects.create(name="示例市委社会工作部", valid_from=date(2025, 1, 1))
        BodyName.objects.create(name="将来的名称", valid_from=date(2999, 1, 1))
    page = browser(tenant, Role.CITY_STAFF).get(reverse("desk"))
    assert page.context["body_name"] == "示例市委社会工作部"
    assert page.context["search_url"] == reverse("search")
