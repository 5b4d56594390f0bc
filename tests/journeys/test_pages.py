"""Every page as the offices see it: no sideways scroll, no serious accessibility finding, also in Chromium 83."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.theme import chromium83

from .conftest import Portal

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
AXE = (chromium83.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
PAGES = {
    "desk": "/",
    "alliances": "/alliances/",
    "activities": "/activities/",
    "enterprises": "/enterprises/",
    "party": "/party-organisations/",
    "forces": "/support-groups/",
    "demands": "/demands/",
    "resources": "/resources/",
    "policies": "/policies/",
    "dashboard": "/dashboard/",
    "briefings": "/briefings/",
    "data": "/data/",
    "users": "/system/users/",
    "audit": "/system/audit/",
    "search": "/search/?q=机械",
    "notices": "/notices/",
}


@pytest.fixture(scope="module")
def old_chromium() -> Iterator[Browser]:
    """Chromium 83, the base of the offices' browsers."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium83.executable(), args=chromium83.ARGUMENTS)
        yield browser
        browser.close()


def _links_to_details(page: Page) -> dict[str, str]:
    """One detail page of each kind, found through its list."""
    found = {}
    for name in ("alliances", "activities", "enterprises", "demands", "resources", "policies", "forces"):
        page.goto(PAGES[name])
        found[f"{name}-detail"] = page.locator("tbody a").first.get_attribute("href") or ""
    return found


@pytest.mark.parametrize("width", [1280, 375])
def test_pages_fit_and_are_accessible(
    sign_in: Callable[..., Page], screenshot: Callable[[Page, str], None], width: int
) -> None:
    page = sign_in("admin@jining", width=width)
    addresses = PAGES | _links_to_details(page)
    problems = []
    for name, address in addresses.items():
        response = page.goto(address)
        if response.status != 200:
            problems.append(f"{address}: {response.status}")
            continue
        screenshot(page, f"{name}-{width}")
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append(f"{address}: scrolls sideways")
        page.evaluate(AXE)
        findings = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        problems += [
            f"{address}: {each['id']} {each['nodes'][0]['html'][:120]}"
            for each in findings
            if each["impact"] in {"serious", "critical"}
        ]
    assert problems == []


def test_pages_work_in_chromium_83(old_chromium: Browser, portal: Portal) -> None:
    context = old_chromium.new_context(base_url=portal.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto("/accounts/login/")
    page.evaluate(
        "([name, password]) => { document.querySelector('[name=login]').value = name;"
        " document.querySelector('[name=password]').value = password; }",
        ["admin@jining", portal.password],
    )
    with page.expect_navigation():
        page.eval_on_selector("main form, form[data-sign-in]", "form => form.submit()")
    assert "/accounts/login" not in page.url
    for address in PAGES.values():
        assert page.goto(address).status == 200
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, address
    context.close()
    assert complaints == []
