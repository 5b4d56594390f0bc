"""Two-step sign-in on a phone: set up, sign in with the authenticator's code, once with a recovery code, switch off."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.tenants.signing import totp_code

from .conftest import Portal
from .looking import flaws

pytestmark = pytest.mark.journey


def test_second_step_is_set_up_and_asked_for(sign_in: Callable[..., Page], portal: Portal) -> None:
    page = sign_in("bumen@jining", width=375)
    page.goto("/accounts/2fa/")
    expect(page.get_by_role("heading", name="两步验证")).to_be_visible()
    assert [*flaws(page)] == []
    page.get_by_role("link", name="设置手机验证器").click()
    assert [*flaws(page)] == []
    secret = page.locator("#authenticator-secret").inner_text()
    page.get_by_label("验证码").fill("000000")
    page.get_by_role("button", name="启用").click()
    expect(page.get_by_role("alert")).to_contain_text("验证码不对")
    assert [*flaws(page)] == []
    page.get_by_label("验证码").fill(totp_code(secret))
    page.get_by_role("button", name="启用").click()

    expect(page.get_by_role("heading", name="恢复码")).to_be_visible()
    assert [*flaws(page)] == []
    recovery = page.locator(".codes li").first.inner_text()
    with page.expect_download():
        page.get_by_role("link", name="下载").click()

    for code in (totp_code(secret, steps=1), recovery):
        page.context.clear_cookies()
        page.goto("/accounts/login/")
        page.get_by_label("账号").fill("bumen@jining")
        page.get_by_label("密码").fill(portal.password)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_text("请输入手机验证器上的 6 位数字。")).to_be_visible()
        assert [*flaws(page)] == []
        page.get_by_label("验证码").fill(code)
        page.get_by_role("button", name="登录").click()
        expect(page.get_by_role("heading", name="工作台")).to_be_visible()

    page.goto("/accounts/2fa/")
    expect(page.get_by_text("还有 9 个可用")).to_be_visible()
    page.get_by_role("link", name="停用").click()
    assert [*flaws(page)] == []
    page.get_by_role("button", name="停用").click()
    expect(page.get_by_role("link", name="设置手机验证器")).to_be_visible()
