"""A unit's turn is skipped, another's swapped, a third wish refused: asked by the secretary, decided by the office."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .looking import flaws

pytestmark = pytest.mark.journey
#: Quarter and unit of each coming turn.
COMING = """() => {
    const heading = [...document.querySelectorAll('h2')].find(each => each.textContent === '今后八个季度');
    return [...heading.closest('section').querySelectorAll('tbody tr')].map(
        row => [row.cells[0].textContent.trim(), row.cells[1].textContent.trim()]);
}"""


def _coming(page: Page, tab: str) -> list[tuple[str, str]]:
    page.goto(tab)
    return [(quarter, unit) for quarter, unit in page.evaluate(COMING)]


def _ask(page: Page, tab: str, kind: str, turn: tuple[str, str], reason: str, *, other: str = "") -> None:
    page.goto(tab)
    page.get_by_role("link", name=f"申请{kind}").click()
    page.get_by_label("哪一次轮值").select_option(label=f"{turn[0]}　{turn[1]}")
    if other:
        page.get_by_label("与哪个单位对调").select_option(label=other)
    page.get_by_label("理由").fill(reason)
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("已提交，等两新工委审批。")).to_be_visible()


def _approve(page: Page, tab: str, reason: str, done: str) -> None:
    page.goto(tab)
    page.get_by_role("row", name=reason).get_by_role("button", name="同意", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text(done)).to_be_visible()


def test_skip_and_swap_are_asked_for_and_decided(sign_in: Callable[..., Page]) -> None:
    secretary = sign_in("mishuzhang@jining", width=375)
    secretary.goto("/alliances/")
    tab = secretary.locator("tbody a").first.evaluate("link => link.pathname") + "rotation/"
    before = _coming(secretary, tab)
    skipped, following = before[1], before[2]
    _ask(secretary, tab, "顺延", skipped, "书记外出培训三个月")
    assert [*flaws(secretary)] == []
    assert secretary.get_by_role("button", name="同意", exact=True).count() == 0

    office = sign_in("shiji@jining")
    _approve(office, tab, "书记外出培训三个月", f"已同意{skipped[1]}的顺延申请。")
    after = _coming(office, tab)
    assert [unit for _, unit in after[1:3]] == [following[1], skipped[1]]
    assert [quarter for quarter, _ in after] == [quarter for quarter, _ in before]

    # Two units exchange their next turns.
    first, third = after[0], next(turn for turn in after[3:] if turn[1] != after[0][1])
    _ask(secretary, tab, "对调", first, "生产旺季，与后面的单位商定对调", other=third[1])
    _approve(office, tab, "生产旺季，与后面的单位商定对调", f"已同意{first[1]}的对调申请。")
    swapped = _coming(office, tab)
    assert swapped[0][1] == third[1]
    assert swapped[after.index(third)][1] == first[1]

    # A wish that is refused changes nothing, and says why.
    _ask(secretary, tab, "顺延", swapped[1], "想再等一等")
    office.goto(tab)
    office.get_by_role("row", name="想再等一等").get_by_role("link", name="不同意").click()
    office.get_by_label("不同意的理由").fill("上一轮已经顺延过")
    office.get_by_role("button", name="不同意").click()
    expect(office.get_by_text("已答复申请单位。")).to_be_visible()
    assert _coming(office, tab) == swapped

    secretary.goto(tab)
    expect(secretary.get_by_text("上一轮已经顺延过")).to_be_visible()
    assert [*flaws(secretary)] == []
    secretary.goto("/notices/")
    for told in (f"顺延申请已同意：{skipped[1]}", f"对调申请已同意：{first[1]}", f"顺延申请未同意：{swapped[1][1]}"):
        expect(secretary.get_by_text(told)).to_be_visible()
