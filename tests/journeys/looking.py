"""What must be right on every page at every width."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Page

from tests.theme import chromium83

AXE = (chromium83.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def flaws(page: Page) -> Iterator[str]:
    """Sideways scroll and the serious findings of axe."""
    page.wait_for_function("document.readyState === 'complete'")
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield f"{page.url}: scrolls sideways"
    page.evaluate(AXE)
    for finding in page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]:
        if finding["impact"] in {"serious", "critical"}:
            yield f"{page.url}: {finding['id']} {finding['nodes'][0]['html'][:120]}"
