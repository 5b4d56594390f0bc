"""The quarter's end: dashboard with the report's figures, briefing out of the same snapshot.

Runs before `test_import`, which adds seven demands to the sample city.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from alliance_portal import embedded

from .conftest import Portal

pytestmark = pytest.mark.journey
EXPECTED = json.loads((embedded.PROJECT / "data" / "jining" / "expected.json").read_text(encoding="utf-8"))["totals"]


def test_figures_command_equals_the_report(portal: Portal, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    portal.manage("figures", "--tenant", "jining", "--from", "2025-10-01", "--to", "2026-09-30", "--json", str(out))
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures == EXPECTED


def test_dashboard_shows_the_report_and_opens_the_rows(
    sign_in: Callable[..., Page], screenshot: Callable[[Page, str], None]
) -> None:
    page = sign_in("shiji@jining")
    page.goto("/dashboard/")
    for label, value in (
        ("产业链党建联盟", "28"),
        ("联盟成员企业", "312"),
        ("名册企业", "3,412"),
        ("助企攀登企业", "402"),
        ("市级助企攀登小组", "28"),
        ("县级助企攀登小组", "188"),
        ("选派助企干部", "770"),
        ("党建活动", "484"),
        ("用工招聘", "306"),
        ("融资洽谈", "18"),
        ("产学研对接", "83"),
        ("本年发展党员", "522"),
        ("入党积极分子", "1,146"),
        ("收集诉求", "1,162"),
        ("已解决", "963"),
        ("解决率", "82.87"),
    ):
        card = page.get_by_role("link").filter(has=page.get_by_text(label, exact=True))
        expect(card.locator(".value")).to_contain_text(value)
    screenshot(page, "dashboard")
    page.get_by_role("link").filter(has=page.get_by_text("融资洽谈", exact=True)).click()
    expect(page.get_by_text("共 18 条").first).to_be_visible()


def test_briefing_is_made_by_the_worker_and_downloaded(
    sign_in: Callable[..., Page], screenshot: Callable[[Page, str], None], tmp_path: Path
) -> None:
    page = sign_in("shiji@jining")
    page.goto("/briefings/new/")
    page.get_by_role("button", name="开始编制").click()
    expect(page.get_by_text("已完成")).to_be_visible(timeout=120_000)
    page.goto("/briefings/")
    screenshot(page, "briefings")
    digest = page.locator("td[data-label^='校验码']").first.inner_text().strip()
    number = page.get_by_role("link", name="KZ-").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载").first.click()
    file = tmp_path / "briefing.pdf"
    download.value.save_as(file)
    assert hashlib.sha256(file.read_bytes()).hexdigest() == digest
    pdf = PdfReader(file)
    text = "".join(sheet.extract_text() for sheet in pdf.pages)
    assert len(pdf.pages) >= 3
    assert number in text
    assert "产业链党建工作简报" in text
    assert "绝密机械" not in text
    for sheet in pdf.pages:
        for font in sheet["/Resources"].get("/Font", {}).values():
            (descendant,) = font.get_object()["/DescendantFonts"]
            descriptor = descendant.get_object()["/FontDescriptor"].get_object()
            assert any(key.startswith("/FontFile") for key in descriptor), "every font is embedded"
