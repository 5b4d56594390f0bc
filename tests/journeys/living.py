"""What people do in the browser: sign in, and leave behind an import under way, a briefing, a wish."""

from __future__ import annotations

from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from alliance_portal import embedded

LEDGERS = embedded.PROJECT / "data" / "jining"


def enter(page: Page, account: str, password: str) -> None:
    """Sign in as people do."""
    page.goto("/accounts/login/")
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)


def live(page: Page) -> list[str]:
    """As the administrator: check a ledger with errors, have a briefing and a booklet made,
    ask for a skipped turn, read a pack.

    Returns the pages that are shown once, on the way.
    """
    page.goto("/data/")
    page.get_by_label("台账", exact=True).select_option(label="诉求台账")
    page.get_by_label("文件", exact=True).set_input_files(LEDGERS / "诉求台账.xlsx")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("link", name="下载错误标注文件")).to_be_visible(timeout=60_000)

    page.goto("/briefings/new/")
    page.get_by_label("区域").select_option(label="金乡县")
    page.get_by_role("button", name="开始编制").click()
    expect(page.get_by_text("已完成")).to_be_visible(timeout=120_000)
    briefing = urlsplit(page.url).path

    page.goto("/booklets/new/")
    page.get_by_label("第几计").first.fill("1")
    page.get_by_role("button", name="开始编制").click()
    expect(page.get_by_role("link", name="查看汇编")).to_be_visible(timeout=120_000)
    booklet = urlsplit(page.url).path

    page.goto("/alliances/")
    page.goto(page.locator("tbody a").first.evaluate("link => link.href") + "rotation/")
    page.get_by_role("link", name="申请顺延").click()
    page.get_by_label("哪一次轮值").select_option(index=1)
    page.get_by_label("理由").fill("书记外出学习")
    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_text("已提交，等两新工委审批。")).to_be_visible()
    rotation = urlsplit(page.url).path

    # The walk opens one pack; what it links to depends on who has signed.
    papers = []
    for state, link in (("given", "退回"), ("done", "PDF")):
        page.goto(f"/handovers/?state={state}")
        page.locator("tbody a").first.click()
        page.get_by_role("link", name=link, exact=True).click()
        papers.append(urlsplit(page.url).path)
    return [briefing, booklet, rotation, *papers]


def richest(page: Page, alliance: str) -> list[str]:
    """The pages that have some of everything: of the secretary's `alliance` (its address), of a visit, and of cases
    and projects in the states that lead on."""
    tabs = [f"{alliance}{tab}/" for tab in ("organisation", "cooperation", "lists", "members", "meetings")]
    page.goto(tabs[-1])
    meetings = page.evaluate(
        "[...document.querySelectorAll('tbody')].map(body => body.querySelector('a[href]')).filter(Boolean)"
        ".map(link => link.pathname).filter(path => path.startsWith('/meetings/'))"
    )
    demands = []
    for which in ("state=draft", "q=变压器"):
        page.goto(f"/demands/?{which}")
        demands.append(page.locator("td.main a").first.evaluate("link => link.pathname"))
    firsts = ("/support-groups/visits/", "/cases/?state=draft", "/cases/?state=forwarded", "/brands/?state=running")
    return [*tabs, *meetings, *demands, *(_first(page, address) for address in firsts)]


def _first(page: Page, address: str) -> str:
    """The page of the first row of a list."""
    page.goto(address)
    return page.locator("tbody a").first.evaluate("link => link.pathname")
