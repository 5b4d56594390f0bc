"""Who sees what: county, enterprise, department; and a second tenant that nobody of the first ever meets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import OTHER_TENANT, Portal

pytestmark = pytest.mark.journey


def test_county_office_sees_its_county_only(sign_in: Callable[..., Page], portal: Portal) -> None:
    page = sign_in("rencheng@jining")
    page.goto("/enterprises/")
    expect(page.get_by_text("共 227 条").first).to_be_visible()
    counties = set(page.locator("td[data-label='县（市、区）']").all_inner_texts())
    assert counties == {"任城区"}
    other = sign_in("shiji@jining")
    other.goto("/enterprises/?q=鱼台嘉通")
    link = other.get_by_role("link", name="鱼台嘉通燃料化工有限公司")
    address = link.evaluate("link => link.pathname")
    assert page.goto(address).status == 404
    assert other.goto(address).status == 200


def test_enterprise_sees_itself_only_on_a_phone(sign_in: Callable[..., Page]) -> None:
    page = sign_in("qiye@jining", width=375)
    page.goto("/enterprises/")
    expect(page.get_by_text("共 1 条").first).to_be_visible()
    assert page.goto("/dashboard/").status == 403
    assert page.goto("/data/").status == 403
    assert page.goto("/system/users/").status == 403
    page.goto("/demands/")
    enterprises = set(page.locator("td .muted").all_inner_texts())
    assert len(enterprises) <= 1
    assert page.evaluate("document.documentElement.scrollWidth") == 375


def test_department_sees_what_was_handed_to_it(sign_in: Callable[..., Page]) -> None:
    page = sign_in("bumen@jining")
    page.goto("/demands/?size=100")
    assert len(set(page.locator("td[data-label='责任单位']").all_inner_texts())) == 1


def test_second_tenant_is_invisible(sign_in: Callable[..., Page], portal: Portal) -> None:
    page = sign_in("admin@jining")
    for address in (
        "/search/?q=绝密机械",
        "/enterprises/?q=绝密机械",
        "/alliances/?q=机密",
        "/system/audit/?q=绝密",
        "/system/users/",
        "/api/v1/enterprises/?q=绝密机械",
        "/api/v1/alliances/?q=机密",
    ):
        response = page.goto(address)
        assert response.status == 200
        body = response.text().replace("q=绝密机械", "").replace('value="绝密机械"', "")
        assert "邻市绝密机械有限公司" not in body
        assert "甲县机密产业链党建联盟" not in body
        assert OTHER_TENANT not in body
    export = page.request.get("/data/exports/enterprises.xlsx")
    assert export.status == 200
    assert len(export.body()) > 100_000
    out = portal.home / "other.json"
    portal.manage("figures", "--tenant", OTHER_TENANT, "--from", "2025-10-01", "--to", "2026-09-30", "--json", str(out))
    assert '"enterprises": 1' in out.read_text(encoding="utf-8")
