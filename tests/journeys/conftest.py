"""A whole portal for the journeys: its own home, real PostgreSQL as the application role, web server, worker, beat."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from alliance_portal import embedded

from .living import enter, live, richest

WELCOME = "演示已就绪："
OTHER_TENANT = "linshi"


@dataclass(frozen=True)
class Portal:
    """The running portal: its address, its folder, the password of all sample accounts."""

    url: str
    home: Path
    password: str

    def manage(self, *arguments: str) -> str:
        """What a `manage.py` command of this portal prints."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=embedded.PROJECT,
            env={**os.environ, "PORTAL_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def portal() -> Iterator[Portal]:
    """The demo, started once for all journeys, with a second tenant beside the sample city."""
    home = Path(tempfile.mkdtemp(prefix="portal-journeys-"))
    # The embedded PostgreSQL runs as a user of its own and must be able to enter the folder.
    home.chmod(0o755)
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL"}}
    demo = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--port", "0"],
        cwd=embedded.PROJECT,
        env=environment | {"PORTAL_HOME": str(home)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        running = Portal(_address(demo), home, (home / "demo_password").read_text().strip())
        _second_tenant(running)
        yield running
    finally:
        demo.terminate()
        demo.communicate()
        shutil.rmtree(home, ignore_errors=True)


def _address(demo: subprocess.Popen[str]) -> str:
    lines: list[str] = []
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.startswith(WELCOME):
            return line.removeprefix(WELCOME).strip()
        lines.append(line)
    raise AssertionError("".join(lines))


def _second_tenant(portal: Portal) -> None:
    """A neighbour with one alliance and one enterprise of telling names."""
    portal.manage("tenant_create", OTHER_TENANT, "邻市", "--regions", "甲县,乙县")
    folder = portal.home / "ledgers"
    folder.mkdir()
    roster = "\n".join(
        (
            "序号,所属联盟,企业名称,统一社会信用代码,县（市、区）,企业类型",
            "1,甲县机密产业链党建联盟,邻市绝密机械有限公司,91370800MA3CF2Q98F,甲县,链主",
        )
    )
    alliances = "\n".join(
        (
            "序号,联盟名称,产业集群,县（市、区）,发起单位,成立日期",
            "1,甲县机密产业链党建联盟,高端装备,甲县,邻市绝密机械有限公司,2024-01-01",
        )
    )
    (folder / "企业名册.csv").write_text(roster, encoding="utf-8")
    (folder / "联盟名册.csv").write_text(alliances, encoding="utf-8")
    out = portal.home / "second.json"
    portal.manage("ledger_import", str(folder), "--tenant", OTHER_TENANT, "--json", str(out))
    assert {name: file["accepted"] for name, file in json.loads(out.read_text())["files"].items()} == {
        "企业名册.csv": 1,
        "联盟名册.csv": 1,
    }


@pytest.fixture(scope="session")
def lived_in(portal: Portal) -> list[str]:
    """The portal after a day of use: pages about an import, a briefing and a wish exist. Those that no link leads to.

    With a browser of its own, because it comes before those of the modules.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(base_url=portal.url, locale="zh-CN", timezone_id="Asia/Shanghai")
        enter(page, "admin@jining", portal.password)
        found = live(page)
        secretary = browser.new_page(base_url=portal.url, locale="zh-CN", timezone_id="Asia/Shanghai")
        enter(secretary, "mishuzhang@jining", portal.password)
        secretary.goto("/alliances/")
        found += richest(page, secretary.locator("tbody a").first.evaluate("link => link.pathname"))
        browser.close()
        return found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's own Chromium. Module scope: Playwright's event loop must be gone before tests use the database."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def sign_in(portal: Portal, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Sign somebody in as people do; any error in the console, and any request to another host, fails the test."""
    contexts: list[BrowserContext] = []
    strange: list[str] = []

    def sign_in_as(account: str, *, width: int = 1280) -> Page:
        context = chromium.new_context(
            base_url=portal.url, viewport={"width": width, "height": 900}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: strange.append(str(error)))
        page.on("request", lambda request: _same_host(request.url, portal.url, strange))
        enter(page, account, portal.password)
        return page

    yield sign_in_as
    for context in contexts:
        context.close()
    assert strange == []


def _same_host(url: str, home: str, strange: list[str]) -> None:
    if not url.startswith((home, "data:", "blob:")):
        strange.append(url)


@pytest.fixture(scope="session")
def screenshot() -> Callable[[Page, str], None]:
    """Keep a picture for the README when `PORTAL_SCREENSHOTS` names a folder."""
    folder = os.environ.get("PORTAL_SCREENSHOTS")

    def take(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png")

    return take
