"""A chain of more than 300 enterprises drawn in the browser, beside the second that a reader grants it."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Route, sync_playwright

from bench.measuring import Result, against
from bench.pages import signed_in
from tenants.models import Tenant

HOME = "http://portal.invalid"
RUNS, FEWEST, PATIENCE_MS = 5, 300, 1000.0
TYPES = {".css": "text/css", ".js": "text/javascript"}
#: Notes the moment, in ms since the navigation began, when the map's figures stand on its canvas.
WATCH = """(function look() {
    const box = document.querySelector(".chain-map");
    const chart = window.echarts && box && echarts.getInstanceByDom(box);
    if (chart && chart.getZr().storage.getDisplayList().length) { window.drawn = performance.now(); }
    else { requestAnimationFrame(look); }
})()"""


def measure(tenant: Tenant) -> list[Result]:
    """The page of the largest chain with all its enterprises; no network and no server counts."""
    client = signed_in(tenant)
    address, html = _largest(client)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        times = list(_drawn(browser, address, html))
        browser.close()
    name = f"产业链图谱 {FEWEST} 家以上"
    return [against(name, statistics.median(times), PATIENCE_MS, unit="ms", limit=1.0)]


def _largest(client: Client) -> tuple[str, str]:
    """Address and HTML of the chain with the most enterprises."""
    chains = client.get(reverse("alliances:chain_list")).context["chains"]
    largest = max(chains, key=lambda each: each.firms)
    if largest.firms < FEWEST:
        raise RuntimeError(f"the largest chain has {largest.firms} enterprises only")
    address = reverse("alliances:chain_detail", args=[largest.chain.pk]) + "?all=1"
    return address, client.get(address).content.decode()


def _drawn(browser: Browser, address: str, html: str) -> Iterator[float]:
    for _ in range(RUNS):
        page = browser.new_page()
        page.add_init_script(WATCH)
        page.route("**/*", lambda route: _answer(route, html))
        page.goto(f"{HOME}{address}")
        page.wait_for_function("window.drawn")
        yield page.evaluate("window.drawn")
        page.close()


def _answer(route: Route, html: str) -> None:
    path = route.request.url.removeprefix(HOME)
    if path.startswith(settings.STATIC_URL):
        file = Path(settings.STATIC_ROOT) / path.removeprefix(settings.STATIC_URL)
        route.fulfill(body=file.read_bytes(), content_type=TYPES.get(file.suffix, "font/woff2"))
    else:
        route.fulfill(body=html, content_type="text/html; charset=utf-8")
