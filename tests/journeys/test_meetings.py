"""A secretary plans a meeting with a member's topic, holds it to its quorum on a phone, and its resolution is reported
at the next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from .conftest import Portal
from .looking import flaws

pytestmark = pytest.mark.journey
TOPIC = "焊工共享用工协议"
RESOLUTION = "与三家企业签订焊工共享用工协议"

#: Days pass between the notice of a meeting and its day; a journey cannot wait for them, so the meeting's time is moved
#: to now, as if they had passed.
HELD_NOW = """
from datetime import timedelta
from django.utils import timezone
from alliances.models import Meeting
from tenants.models import Tenant
from tenants.scope import bootstrap_scope, tenant_scope
with bootstrap_scope():
    tenant = Tenant.objects.get(slug="jining")
with tenant_scope(tenant):
    Meeting.objects.filter(pk={pk}).update(starts_at=timezone.now() - timedelta(minutes={minutes}))
"""


def _days_pass(portal: Portal, page: Page, minutes: int) -> None:
    pk = page.url.rstrip("/").rsplit("/", 1)[-1]
    portal.manage("shell", "--command", HELD_NOW.format(pk=pk, minutes=minutes))
    page.reload()


def _plan(page: Page, tab: str, title: str, days: int) -> None:
    """One more meeting of the council, in some days."""
    page.goto(tab)
    page.get_by_role("link", name="加开一次 理事会季度例会").click()
    page.get_by_label("会议名称").fill(title)
    at = datetime.now().astimezone() + timedelta(days=days)
    page.get_by_label("会议时间").fill(f"{at:%Y-%m-%d}T14:30")
    page.get_by_role("button", name="安排").click()
    expect(page.get_by_text("已安排。")).to_be_visible()
    page.get_by_role("link", name=title).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()


def _call(page: Page) -> None:
    page.get_by_role("button", name="发会议通知").click()
    page.get_by_role("dialog").get_by_role("button", name="发通知").click()
    expect(page.get_by_text("会议通知已发给")).to_be_visible()


def test_a_meeting_from_its_plan_to_the_report_at_the_next(portal: Portal, sign_in: Callable[..., Page]) -> None:
    page = sign_in("mishuzhang@jining", width=375)
    page.get_by_role("link", name="产业链党建联盟").last.click()
    page.get_by_role("link", name="会议", exact=True).last.click()
    tab = page.url
    assert list(flaws(page)) == []
    _plan(page, tab, "用工专题会议", 20)
    address = page.url

    member = sign_in("qiye@jining", width=375)
    member.goto(address)
    member.get_by_role("link", name="提出议题").click()
    member.get_by_label("议题").fill(TOPIC)
    member.get_by_role("button", name="提交").click()
    expect(member.get_by_text("已提出，等联盟秘书长确定。")).to_be_visible()

    page.reload()
    page.get_by_role("button", name=f"列入议程 {TOPIC}").click()
    expect(page.get_by_text("已列入议程。")).to_be_visible()
    _call(page)
    _days_pass(portal, page, 60)

    # Nobody is there: nothing can be decided.
    page.get_by_role("link", name="登记决议").click()
    page.get_by_label("决议内容").fill(RESOLUTION)
    page.get_by_label("同意").fill("5")
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_role("alert")).to_contain_text("不能形成决议")
    page.goto(address)
    page.get_by_role("link", name="登记到会").click()
    assert list(flaws(page)) == []
    for number in range(1, 6):
        page.get_by_role("button", name="到会 ").first.click()
        expect(page.locator("#standing")).to_contain_text(f"到会 {number} 个")
    expect(page.locator("#standing")).to_contain_text("到会人数符合要求")

    page.goto(address)
    page.get_by_role("link", name="登记决议").click()
    page.get_by_label("决议内容").fill(RESOLUTION)
    page.get_by_role("button", name="登记").click()
    expect(page.get_by_text("已登记：通过，由联盟秘书处办理。")).to_be_visible()
    _report_what_is_open(page, "办完了")
    page.get_by_role("link", name="结束会议").click()
    page.get_by_label("会议情况").fill("各单位通报用工情况，同意先签三家。")
    page.get_by_role("button", name="结束会议").click()
    expect(page.get_by_text("会议已结束，决议已交办责任单位。")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name=RESOLUTION)).to_be_visible()

    _plan(page, tab, "用工专题第二次会议", 40)
    page.get_by_role("button", name="填入待议事项").click()
    expect(page.get_by_role("cell", name="报告上次决议办理情况").first).to_be_visible()
    _call(page)
    _days_pass(portal, page, 5)
    _report_what_is_open(page, "三家都签了")
    expect(page.get_by_role("cell", name="三家都签了").first).to_be_visible()
    page.goto(address)
    expect(page.get_by_role("cell", name="按期完成").first).to_be_visible()
    assert list(flaws(page)) == []


def _report_what_is_open(page: Page, note: str) -> None:
    """Every resolution of earlier meetings is done."""
    while page.get_by_role("link", name="报告办理情况").count():
        page.get_by_role("link", name="报告办理情况").first.click()
        page.get_by_label("已完成").check()
        page.get_by_label("办理情况").last.fill(note)
        page.get_by_role("button", name="登记").click()
        expect(page.get_by_text("已登记。")).to_be_visible()
        if page.get_by_text("待报告").count() == 0:
            return
