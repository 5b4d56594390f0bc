"""Every page as the offices see it: no sideways scroll, no serious accessibility finding."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.theme import chromium83

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
AXE = (chromium83.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
PAGES = {
    "desk": "/",
    "alliances": "/alliances/",
    "activities": "/activities/",
    "chains": "/chains/",
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


def _links_to_details(page: Page) -> dict[str, str]:
    """One detail page of each kind, found through its list."""
    found = {}
    for name in ("alliances", "chains", "activities", "enterprises", "demands", "resources", "policies", "forces"):
        page.goto(PAGES[name])
        # The list writes addresses relative to itself.
        found[f"{name}-detail"] = page.locator("tbody a").first.evaluate("link => link.pathname")
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
