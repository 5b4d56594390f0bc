"""A secretary leaves a row out, publishes, puts it back and publishes again; a member reads the change on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .looking import flaws

pytestmark = pytest.mark.journey
REASON = "企业不愿公开"


def _publish(page: Page, version: str) -> None:
    page.get_by_role("button", name=f"发布{version}").click()
    page.get_by_role("dialog").get_by_role("button", name="发布").click()
    expect(page.get_by_role("heading", name=f"政策清单{version}", exact=True)).to_be_visible()


def test_a_list_is_published_twice_and_compared(sign_in: Callable[..., Page]) -> None:
    page = sign_in("mishuzhang@jining")
    page.goto("/alliances/")
    page.locator("tbody a").first.click()
    page.get_by_role("link", name="清单", exact=True).click()
    page.get_by_role("link", name="发布 政策清单").click()
    publishing = page.url
    left_out = page.locator("td.main").first.inner_text().splitlines()[0]
    page.get_by_role("link", name="不列入 ").first.click()
    page.get_by_role("button", name="不列入").click()
    expect(page.get_by_role("alert")).to_contain_text("请填写“不列入的原因”")
    page.get_by_label("不列入的原因").fill(REASON)
    page.get_by_role("button", name="不列入").click()
    expect(page.get_by_text(f"原因：{REASON}")).to_be_visible()
    assert list(flaws(page)) == []
    _publish(page, "第1版")
    expect(page.get_by_text(left_out)).to_have_count(0)

    page.goto(publishing)
    page.get_by_role("button", name="恢复列入 ").click()
    _publish(page, "第2版")
    expect(page.get_by_role("heading", name="比第1版：新增 1 项")).to_be_visible()

    member = sign_in("qiye@jining", width=375)
    member.goto("/notices/")
    news = member.get_by_role("row").filter(has_text="政策清单第2版已发布")
    news.get_by_role("button", name="查看").click()
    expect(member.get_by_role("link", name="下载 PDF").or_(member.get_by_role("link", name="查看文件"))).to_be_visible(
        timeout=30_000
    )
    member.reload()
    for form, suffix in (("PDF", ".pdf"), ("Excel", ".xlsx")):
        with member.expect_download() as kept:
            member.get_by_role("link", name=f"下载 {form}").click()
        assert kept.value.suggested_filename.endswith(f"政策清单第2版{suffix}")
    assert list(flaws(member)) == []
    member.get_by_role("link", name="与其他版对照").click()
    expect(member.get_by_role("heading", name="第1版到第2版：新增 1 项")).to_be_visible()
    expect(member.get_by_text(left_out)).to_be_visible()
    assert list(flaws(member)) == []
