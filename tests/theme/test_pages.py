"""Every kind of page in both browsers, at a desk's width and a phone's: it fits, it is quiet, it is accessible."""

from collections.abc import Callable
from typing import Any

import pytest

from . import chromium83

AXE = (chromium83.ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
PAGES = {
    "desk": "/",
    "list": "/demands/",
    "filtered list": "/demands/?light=red&element=资金&submitted_after=2026-01-01&sort=-due&q=贷款",
    "empty list": "/demands/empty/",
    "detail": "/demands/one/",
    "form": "/demands/new/",
    "dashboard": "/dashboard/",
    "sign in": "/accounts/login/",
}
#: Made of the same parts, so today's browser is enough.
ACCOUNT_PAGES = {
    "password": "password/change/",
    "sign out": "logout/",
    "two factors": "2fa/",
    "code": "2fa/authenticate/",
    "authenticator": "2fa/totp/activate/",
    "recovery codes": "2fa/recovery-codes/",
    "devices": "sessions/",
}
FAILURES = {"400": "400/", "403": "403/", "expired form": "403/?csrf", "404": "404/", "429": "429/", "500": "500/"}
current_only = pytest.mark.parametrize("browser", ["current"], indirect=True)


def findings(page: Any) -> list[str]:
    """Serious and critical findings of axe, with the first element of each."""
    page.evaluate(AXE)
    results = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    serious = [each for each in results["violations"] if each["impact"] in ("serious", "critical")]
    return [f"{each['id']}: {each['nodes'][0]['html']}" for each in serious]


def assert_sound(watched: Any) -> None:
    page = watched.page
    assert watched.complaints == []
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert findings(page) == []


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name", PAGES)
def test_page_is_sound(visit: Callable[..., Any], name: str, width: int) -> None:
    watched = visit(width=width)
    watched.open(PAGES[name])
    assert_sound(watched)


@current_only
@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("name", ACCOUNT_PAGES)
def test_account_page_is_sound(visit: Callable[..., Any], name: str, width: int) -> None:
    watched = visit(width=width)
    watched.open(f"/accounts/{ACCOUNT_PAGES[name]}")
    assert_sound(watched)


@current_only
@pytest.mark.parametrize("name", FAILURES)
def test_failure_page_is_sound(visit: Callable[..., Any], name: str) -> None:
    watched = visit(width=375)
    watched.open(f"/failure/{FAILURES[name]}")
    assert "产业链党建联盟" in watched.page.title()
    assert_sound(watched)


@pytest.mark.parametrize("width", [1280, 375])
def test_form_errors_stand_at_the_top_and_beside_the_field(visit: Callable[..., Any], width: int) -> None:
    watched = visit(width=width)
    page = watched.open("/demands/new/")
    watched.leave("main button[type=submit]")
    watched.until("document.querySelector('.error-summary') === document.activeElement")
    assert page.eval_on_selector_all(".error-summary a", "links => links.length") == 5
    beside = page.evaluate(
        "Array.from(document.querySelectorAll('.error-summary a')).every("
        "link => document.querySelector(link.hash).closest('.field').querySelector('.errorlist'))"
    )
    assert beside
    assert_sound(watched)


def test_every_control_of_a_phone_form_is_large_enough(visit: Callable[..., Any]) -> None:
    page = visit(width=375).open("/demands/new/")
    heights = page.eval_on_selector_all(
        "main .form-control, main .form-select, main .btn, main .tile-grid > div, main .form-check",
        "all => all.map(each => each.getBoundingClientRect().height)",
    )
    assert min(heights) >= 44


def test_the_policy_refuses_scripts_in_the_page(visit: Callable[..., Any]) -> None:
    watched = visit()
    page = watched.open("/")
    page.evaluate(
        "const script = document.createElement('script'); script.textContent = 'window.broken = true';"
        "document.body.append(script);"
    )
    assert page.evaluate("window.broken") is None
    assert any("Content Security Policy" in complaint for complaint in watched.complaints)


def test_print_leaves_only_the_content(visit: Callable[..., Any]) -> None:
    page = visit().open("/demands/one/")
    page.emulate_media(media="print")
    shown = page.evaluate(
        "['.topbar', '.side', '.actionbar', '.tools', '.panel', '.print-head'].filter("
        "name => getComputedStyle(document.querySelector(name)).display !== 'none')"
    )
    assert shown == [".panel", ".print-head"]
