"""Every page as the offices see it: no sideways scroll, no serious accessibility finding."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.theme import chromium83

from .walking import linked_pages, walk

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
]
#: Between them they have every page of the table; the others' pages are these with fewer rows and buttons.
WALKERS = {"admin": "admin@jining", "operator": "operator@platform"}
#: What links lead to besides pages: files, and the part of the activity form that its search box asks for.
FILES = {
    "alliances:attachment",
    "alliances:participants",
    "ledgers:errors",
    "ledgers:export",
    "ledgers:template",
    "reports:briefing_download",
    "reports:figures_export",
}
AXE = (chromium83.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("width", [1280, 375])
def test_pages_fit_and_are_accessible(
    sign_in: Callable[..., Page], screenshot: Callable[[Page, str], None], lived_in: list[str], width: int
) -> None:
    problems = []
    for role, account in WALKERS.items():
        walked = set()
        page = sign_in(account, width=width)
        for name, address in walk(page, *(lived_in if role == "admin" else ())):
            walked.add(name)
            screenshot(page, f"{name.replace(':', '-')}-{width}")
            problems += [f"{name} {address}: {each}" for each in _problems(page, width)]
        assert linked_pages(role) - walked == FILES & linked_pages(role)
    assert problems == []


def _problems(page: Page, width: int) -> Iterator[str]:
    if page.evaluate("document.documentElement.scrollWidth") > width:
        yield "scrolls sideways"
    page.evaluate(AXE)
    for finding in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
        if finding["impact"] in {"serious", "critical"}:
            yield f"{finding['id']} {finding['nodes'][0]['html'][:120]}"
