"""The preview server and the two browsers that the offices use: today's Chromium and Chromium 83."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, sync_playwright

from . import chromium83


@pytest.fixture(scope="module")
def preview() -> Iterator[str]:
    """Address of a running preview server."""
    command = [sys.executable, "-m", "tests.theme.preview"]
    with subprocess.Popen(command, cwd=chromium83.ROOT, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture(scope="module", params=["current", "chromium-83"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Module scope, so that Playwright's event loop is gone before tests of other modules use the database."""
    old = request.param == "chromium-83"
    executable = chromium83.executable() if old else shutil.which("chromium")
    with sync_playwright() as playwright:
        arguments = chromium83.ARGUMENTS if old else ["--no-sandbox"]
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        yield browser
        browser.close()


class Watched:
    """A page with everything it complained about: console errors, script errors, requests to other hosts."""

    def __init__(self, page: Page, home: str) -> None:
        self.page, self.home = page, home
        self.complaints: list[str] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.home, "data:")):
            self.complaints.append(f"request to {request.url}")

    def open(self, address: str) -> Page:
        self.page.goto(self.home + address)
        return self.page

    def press(self, selector: str) -> None:
        """Click through the DOM: Playwright's own click needs functions that Chromium 83 has not."""
        self.page.eval_on_selector(selector, "element => element.click()")

    def until(self, condition: str) -> None:
        """Wait until a JavaScript expression is true of this document; an error after ten seconds."""
        # Playwright's own waiting evaluates text inside the page, which the page's policy forbids.
        self.page.evaluate(
            f"""() => new Promise((resolve, reject) => {{
                const end = Date.now() + 10000;
                const check = () => {{
                    if ({condition}) {{ resolve(); }}
                    else if (Date.now() > end) {{ reject(new Error("still false: " + {json.dumps(condition)})); }}
                    else {{ setTimeout(check, 20); }}
                }};
                check();
            }})"""
        )

    def leave(self, selector: str) -> None:
        """Press what leads to another page, and wait for that page."""
        with self.page.expect_navigation():
            self.press(selector)


@pytest.fixture
def visit(browser: Browser, preview: str) -> Iterator[Callable[..., Watched]]:
    """Open a watched page: `visit(width=375, scripts=False)`."""
    contexts = []

    def make(*, width: int = 1280, scripts: bool = True) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="zh-CN", java_script_enabled=scripts
        )
        contexts.append(context)
        return Watched(context.new_page(), preview)

    yield make
    for context in contexts:
        context.close()
