"""Import with errors → fix → import: the administrator's quarterly work."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from alliance_portal import embedded

pytestmark = pytest.mark.journey
DEMANDS = embedded.PROJECT / "data" / "jining" / "诉求台账.xlsx"
#: Row → (column, correction) of the seven errors that expected.json names.
CORRECTIONS = {
    416: ("J", "2025-11-20"),
    647: ("B", "2025-11-05"),
    710: ("K", 120),
    771: ("E", "车间需增容"),
    1018: ("D", "能源"),
    1036: ("C", "鱼台嘉通燃料化工有限公司"),
    1115: ("J", "2025-12-01"),
}


def _upload(page: Page, file: Path) -> None:
    page.goto("/data/")
    page.get_by_label("台账", exact=True).select_option(label="诉求台账")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_role("button", name="上传并检查").click()


def test_ledger_with_errors_is_corrected_and_imported(
    sign_in: Callable[..., Page], screenshot: Callable[[Page, str], None], tmp_path: Path
) -> None:
    page = sign_in("admin@jining")
    _upload(page, DEMANDS)
    table = page.get_by_role("row")
    expect(table.filter(has_text="日期无法识别")).to_contain_text("647", timeout=30_000)
    expect(table.filter(has_text="企业不在名册")).to_contain_text("查无此名实业有限公司")
    expect(table.filter(has_text="已解决但缺办结日期")).to_contain_text("1115")
    screenshot(page, "import")

    with page.expect_download() as download:
        page.get_by_role("link", name="下载错误标注文件").click()
    marked = tmp_path / "诉求台账.xlsx"
    download.value.save_as(marked)
    workbook = load_workbook(marked)
    sheet = workbook.worksheets[0]
    for row, (column, value) in CORRECTIONS.items():
        assert "FFC7CE" in sheet[f"{column}{row}"].fill.fgColor.rgb
        assert sheet[f"{column}{row}"].comment is not None
        sheet[f"{column}{row}"] = value
    workbook.save(marked)

    _upload(page, marked)
    commit = page.get_by_role("button", name="全部导入")
    expect(commit).to_be_visible(timeout=30_000)
    commit.click()
    expect(page.get_by_text("已导入", exact=True)).to_be_visible(timeout=30_000)
    # The seven corrected rows are new; what was there before is recognised and left alone.
    expect(page.get_by_text("新增 7，更新 0，无变化 1,162")).to_be_visible()

    # Of the ledger's year alone: the sample city has later demands as well.
    page.goto("/demands/?raised_to=2026-09-30")
    expect(page.get_by_text("共 1,169 条").first).to_be_visible()


def test_wrong_file_is_refused_in_a_sentence(sign_in: Callable[..., Page], tmp_path: Path) -> None:
    page = sign_in("admin@jining", width=375)
    disguised = tmp_path / "诉求台账.xlsx"
    disguised.write_bytes(b"%PDF-1.7 not a workbook")
    _upload(page, disguised)
    expect(page.get_by_text("文件不可用")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("link", name="重新上传")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 375
