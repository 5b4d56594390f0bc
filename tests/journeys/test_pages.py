"""Every page as the offices see it: no sideways scroll, no serious accessibility finding."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from .looking import flaws
from .walking import linked_pages, walk

pytestmark = pytest.mark.journey
#: Between them they have every page of the table; the others' pages are these with fewer rows and buttons.
WALKERS = {"admin": "admin@jining", "operator": "operator@platform"}
#: What links lead to besides pages: files, and the part of the activity form that its search box asks for.
FILES = {
    "alliances:agreement_file",
    "alliances:attachment",
    "alliances:brand_attachment",
    "alliances:participants",
    "demands:list_file",
    "alliances:photo",
    "ledgers:errors",
    "ledgers:export",
    "ledgers:template",
    "reports:booklet_download",
    "reports:briefing_download",
    "reports:demand_download",
    "reports:figures_export",
    "reports:handover_download",
    "reports:minutes_download",
    "reports:profile_download",
    "alliances:charter_file",
}
#: Of a meeting that is on; opened while one is held (test_meetings).
OF_TODAY = {
    "alliances:attendance",
    "alliances:meeting_close",
    "alliances:resolution_add",
    "alliances:resolution_report",
    "alliances:seat_update",
}


@pytest.mark.parametrize("width", [1280, 375])
def test_pages_fit_and_are_accessible(
    sign_in: Callable[..., Page], screenshot: Callable[[Page, str], None], lived_in: list[str], width: int
) -> None:
    problems = []
    for role, account in WALKERS.items():
        walked = set()
        page = sign_in(account, width=width)
        for name, _ in walk(page, *(lived_in if role == "admin" else ())):
            walked.add(name)
            screenshot(page, f"{name.replace(':', '-')}-{width}")
            problems += flaws(page)
        assert linked_pages(role) - walked <= FILES | OF_TODAY
    assert problems == []
