"""What the pages do: menu, filters, one submit per form, drafts, progress, charts; and what works without scripts."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

Visit = Callable[..., Any]


def query(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_phone_menu_opens_holds_the_focus_and_closes_with_escape(visit: Visit) -> None:
    watched = visit(width=375)
    page = watched.open("/")
    page.focus(".menu-open")
    page.keyboard.press("Enter")
    assert page.get_attribute(".menu-open", "aria-expanded") == "true"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.closest('#menu') !== null")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "menu-open"
    assert page.get_attribute(".menu-open", "aria-expanded") == "false"


def test_account_menu_closes_with_escape(visit: Visit) -> None:
    page = visit().open("/")
    page.focus(".account-menu summary")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('.account-menu').open")
    page.keyboard.press("Escape")
    assert not page.evaluate("document.querySelector('.account-menu').open")


def test_filter_sort_and_page_change_the_list_and_the_address(visit: Visit) -> None:
    watched = visit()
    page = watched.open("/demands/?size=50")
    page.evaluate("window.kept = true")
    page.evaluate(
        "const select = document.getElementById('id_light'); select.value = 'red';"
        "select.dispatchEvent(new Event('change', {bubbles: true}));"
    )
    watched.until("document.querySelector('.applied')")
    assert query(page) == {"light": ["red"], "size": ["50"]}
    watched.press("th.sortable a[href*='sort=due']")
    watched.until("document.querySelector('th[aria-sort=ascending]')")
    watched.press("a[rel=next]")
    watched.until("document.querySelector('.pager span[aria-current]').textContent === '2'")
    assert query(page) == {"light": ["red"], "size": ["50"], "sort": ["due"], "page": ["2"]}
    watched.press(".applied a.remove")
    watched.until("!document.querySelector('.applied')")
    assert query(page) == {"size": ["50"], "sort": ["due"]}
    assert page.evaluate("window.kept"), "the page was loaded anew: htmx did not take part"
    assert watched.complaints == []


def test_opening_the_phone_filters_asks_the_server_nothing(visit: Visit) -> None:
    watched = visit(width=375)
    page = watched.open("/demands/")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url) if request.resource_type == "xhr" else None)
    watched.press("label[for=filters-more]")
    assert page.evaluate("getComputedStyle(document.querySelector('.filters .grid')).display") == "grid"
    assert requests == []


def test_back_returns_to_the_former_filter(visit: Visit) -> None:
    watched = visit()
    page = watched.open("/demands/?light=red")
    watched.press(".applied a.remove")
    watched.until("!document.querySelector('.applied')")
    page.go_back()
    watched.until("document.querySelector('.applied')")
    assert query(page) == {"light": ["red"]}


def test_a_form_is_sent_once_however_often_it_is_pressed(visit: Visit) -> None:
    watched = visit()
    page = watched.open("/demands/new/")
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    with page.expect_navigation():
        page.evaluate("const b = document.querySelector('main button[type=submit]'); b.click(); b.click(); b.click();")
    assert len(posts) == 1


def test_cancelling_a_job_asks_first(visit: Visit) -> None:
    watched = visit()
    page = watched.open("/jobs/")
    page.evaluate("document.querySelector('.progress-box').removeAttribute('hx-get')")
    watched.press(".progress-box form button")
    watched.until("document.getElementById('dialog').open")
    assert "确定取消" in page.text_content("#dialog-body")
    watched.press("#dialog [data-close]")
    assert not page.evaluate("document.getElementById('dialog').open")
    watched.press(".progress-box form button")
    watched.leave("#dialog [data-yes]")
    assert "已取消导入" in page.text_content(".notice.warning")


def test_progress_ends_with_the_result(visit: Visit) -> None:
    watched = visit()
    watched.open("/jobs/")
    watched.until("document.querySelector('.progress-box .light.done')")
    assert "接收 3,412 行" in watched.page.text_content(".progress-box")
    assert watched.complaints == []


def test_typed_text_survives_an_expired_session(visit: Visit) -> None:
    watched = visit()
    page = watched.open("/demands/new/")
    page.evaluate(
        "const area = document.getElementById('id_detail'); area.value = '缺口约 300 万元';"
        "area.dispatchEvent(new Event('input', {bubbles: true}));"
        "document.querySelector('form[data-keep]').dispatchEvent(new Event('submit', {cancelable: true}));"
    )
    watched.open("/accounts/login/")
    watched.open("/demands/new/")
    assert page.input_value("#id_detail") == "缺口约 300 万元"


def test_accepted_text_is_forgotten(visit: Visit) -> None:
    watched = visit()
    page = watched.open("/demands/new/")
    page.evaluate(
        "const area = document.getElementById('id_detail'); area.value = '缺口约 300 万元';"
        "area.dispatchEvent(new Event('input', {bubbles: true}));"
        "document.querySelector('form[data-keep]').dispatchEvent(new Event('submit', {cancelable: true}));"
    )
    watched.open("/demands/one/")
    watched.open("/demands/new/")
    assert page.input_value("#id_detail") == ""


def test_autosave_says_when_it_saved(visit: Visit) -> None:
    watched = visit()
    page = watched.open("/demands/new/")
    page.evaluate("document.getElementById('id_title').dispatchEvent(new Event('input', {bubbles: true}))")
    watched.until("document.querySelector('[data-autosave-note]').textContent.startsWith('已自动保存')")


def test_a_failed_request_is_said_in_words(visit: Visit) -> None:
    watched = visit()
    page = watched.open("/demands/")
    page.route("**/demands/?**", lambda route: route.fulfill(status=500, body="error"))
    watched.press("th.sortable a")
    watched.until("document.querySelector('#toasts .notice.error')")
    assert "数据未改动" in page.text_content("#toasts")


def test_charts_are_drawn_and_their_numbers_stand_in_a_table(visit: Visit) -> None:
    watched = visit(width=375)
    page = watched.open("/dashboard/")
    watched.until("document.querySelector('.chart canvas')")
    assert page.evaluate("document.querySelectorAll('.chart canvas').length") < 4, "charts out of sight wait"
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    watched.until("document.querySelectorAll('.chart canvas').length === 4")
    assert page.text_content(".chart-data td a") == "210"
    assert page.get_attribute(".chart-data td a", "href") == "/demands/?light=green"
    assert watched.complaints == []


@pytest.mark.parametrize("width", [1280, 375])
def test_without_scripts_filters_menu_and_forms_work(visit: Visit, width: int) -> None:
    watched = visit(width=width, scripts=False)
    page = watched.open("/demands/?light=red#menu")
    assert page.evaluate("getComputedStyle(document.getElementById('menu')).display") != "none"
    assert page.locator(".applied a.remove").count() == 1
    page = watched.open("/demands/new/")
    page.focus("#id_title")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator(".error-summary").count() == 1
