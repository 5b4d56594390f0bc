"""Who sees what: a department its own demands; and a second tenant that nobody of the first ever meets."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from .conftest import OTHER_TENANT, Portal

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


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
