"""Every page in Chromium 83, the base of the offices' browsers. A module of its own: one Playwright at a time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.theme import chromium83

from .conftest import Portal
from .walking import walk

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def old_chromium() -> Iterator[Browser]:
    """Chromium 83, the base of the offices' browsers."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium83.executable(), args=chromium83.ARGUMENTS)
        yield browser
        browser.close()


def test_pages_work_in_chromium_83(old_chromium: Browser, portal: Portal, lived_in: list[str]) -> None:
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
    for name, address in walk(page, *lived_in):
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280, (name, address)
    page.goto("/chains/")
    page.goto(page.eval_on_selector("tbody a", "link => link.href"))
    assert page.evaluate("document.querySelector('.chain-map canvas').width") > 0
    context.close()
    assert complaints == []
