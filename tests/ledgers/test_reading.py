"""Rules over cells, rows and files."""

import datetime
import io
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
import xlwt

from ledgers.kinds import Amount, Bool, Choice, Date, Integer, MultiLookup, MultiText, Name, Text
from ledgers.reading import Reading
from ledgers.refusal import LedgerRefused
from ledgers.sheet import Column, Sheet, needed_when, not_before
from tests.ledgers.books import csv_text, read_bytes, values, with_parts, xls, xlsx

SHEET = Sheet(
    key="visits",
    title="走访台账",
    filename="走访台账.xlsx",
    natural_key=("name", "visited_on"),
    columns=(
        Column("name", "企业", Name(max_length=10), required=True),
        Column("visited_on", "走访日期", Date(reported=True), required=True),
        Column("answered_on", "答复日期", Date()),
        Column("level", "层级", Choice((("city", "市级"), ("county", "县级")), synonyms={"区级": "县级"})),
        Column("share", "占比（%）", Amount("%", maximum=100)),
        Column("heads", "人数", Integer(maximum=50)),
        Column("hosts", "陪同企业", MultiLookup("enterprise", missing="企业不在名册")),
        Column("tags", "标签", MultiText()),
        Column("is_open", "公开", Bool()),
        Column("content", "内容", Text(max_length=20)),
    ),
    checks=(
        not_before("answered_on", "visited_on", "答复日期早于走访日期"),
        needed_when("answered_on", "is_open", True, "已公开但缺答复日期"),
    ),
)
HEADER = [column.header for column in SHEET.columns]


def row(*cells: Any) -> list[Any]:
    return [*cells, *[""] * (len(HEADER) - len(cells))]


def read_rows(*rows: list[Any], title: str = "填报日期：2026年9月30日") -> Reading:
    return read_bytes(xlsx(("走访", [row(title), HEADER, *rows])), SHEET)


def reasons(reading: Reading) -> list[tuple[int, str, str]]:
    return [(error.row, error.column_letter, error.reason) for error in reading.errors]


def test_all_faults_of_a_row_are_listed_in_the_order_of_the_rules() -> None:
    reading = read_rows(row("", "3月5日", "2026-1-1", "省级", 120, "五人", "查无此名有限公司", "", "也许", "长" * 21))
    assert reasons(reading) == [
        (3, "A", "缺少必填项：企业"),
        (3, "B", "日期无法识别"),
        (3, "D", "层级不在字典"),
        (3, "E", "数值超出范围"),
        (3, "F", "数值无法识别"),
        (3, "G", "企业不在名册"),
        (3, "I", "只能填“是”或“否”"),
        (3, "J", "文字超过20字"),
    ]
    assert reading.rejected == [(3, "缺少必填项：企业")]
    assert reading.rows == []
    assert all(error.advice for error in reading.errors)


def test_rules_over_columns_wait_until_the_columns_can_be_read() -> None:
    reading = read_rows(
        row("甲", "2026-3-5", "2026-3-4"),
        row("乙", "2026-3-5", "明天"),
        row("丙", "2026-3-5", "", "", "", "", "", "", "是"),
        row("丁", "去年", "2026-3-4", "", "", "", "", "", "是"),
    )
    assert reasons(reading) == [
        (3, "C", "答复日期早于走访日期"),
        (4, "C", "日期无法识别"),
        (5, "C", "已公开但缺答复日期"),
        (6, "B", "日期无法识别"),
    ]


def test_a_second_row_with_the_same_key_is_a_fault_that_names_the_first() -> None:
    reading = read_rows(row("甲", "2026-3-5"), row("甲", "2026-3-6"), row(" 甲 ", "20260305"))
    assert reasons(reading) == [(5, "A", "重复：企业、走访日期已出现")]
    assert "第3行" in reading.errors[0].advice


def test_dates_after_the_reporting_date_are_faults_only_where_reported() -> None:
    assert reasons(read_rows(row("甲", "2026-10-1"), row("乙", "2026-9-30", "2027-1-1"))) == [
        (3, "B", "日期晚于填报日期")
    ]
    unknown = read_rows(row("甲", "2026-10-1"), title="走访台账")
    assert unknown.errors == []
    assert "没有找到填报日期" in unknown.notices[0]
    given = read_bytes(xlsx(("1", [HEADER, row("甲", "2026-10-1")])), SHEET, reported_on=datetime.date(2026, 9, 30))
    assert given.rejected == [(2, "日期晚于填报日期")]


def test_values_have_the_types_of_their_kinds() -> None:
    reading = read_rows(
        row("甲", "2026.3.5", "2026/3/6", "区级", "5.2%", "12人", "", "试点、示范；试点", True, " 两行\n文字 ")
    )
    assert values(reading) == [
        {
            "name": "甲",
            "visited_on": datetime.date(2026, 3, 5),
            "answered_on": datetime.date(2026, 3, 6),
            "level": "county",
            "share": Decimal("5.2"),
            "heads": 12,
            "hosts": (),
            "tags": ("试点", "示范"),
            "is_open": True,
            "content": "两行\n文字",
        }
    ]


def test_rows_without_data_are_skipped_and_counted() -> None:
    rows = [
        ["序号", *HEADER],
        [1, *row("甲", "2026-3-5")],
        [2, *row()],
        ["", *row("  ")],
        ["小 计", *row("1家")],
        ["序号", *HEADER],
        [3, *row("乙", "2026-3-5")],
        ["合计：", *row("", "", "", "", "", 2)],
        ["填表人：王伟    审核人：李明", *row()],
        ["注：空白表示未报", *row()],
    ]
    reading = read_bytes(xlsx(("1", rows)), SHEET)
    assert [each.number for each in reading.rows] == [2, 7]
    assert reading.skipped_rows == [3, 4, 5, 6, 8, 9, 10]
    assert reading.total == 2
    assert reading.errors == []


def test_the_reporting_date_may_stand_below_the_table() -> None:
    rows = [HEADER, row("甲", "2026-10-1"), row("填报日期：2026年9月30日")]
    assert read_bytes(csv_text(rows, "utf-8"), SHEET).rejected == [(2, "日期晚于填报日期")]


def test_blank_cells_outside_merges_stay_blank() -> None:
    rows = [HEADER, row("甲", "2026-3-5"), row("", "2026-3-6"), row("", "2026-3-7")]
    reading = read_bytes(xlsx(("1", rows), merges=[(1, 0, 2, 0)]), SHEET)
    assert [each.values["name"] for each in reading.rows] == ["甲", "甲"]
    assert reasons(reading) == [(4, "A", "缺少必填项：企业")]


def test_rows_with_one_key_are_no_fault_where_repeats_are_allowed() -> None:
    sheet = Sheet("v", "走访", "v.xlsx", SHEET.columns, natural_key=("name",), repeats_allowed=True)
    rows = [HEADER, row("甲", "2026-3-5"), row("乙", "2026-3-6"), row("甲", "2026-3-7")]
    reading = read_bytes(xlsx(("1", rows)), sheet)
    assert [each.values["name"] for each in reading.rows] == ["甲", "乙", "甲"]


def test_progress_is_told_and_may_cancel() -> None:
    steps: list[tuple[int, int]] = []
    source = xlsx(("1", [HEADER, row("甲", "2026-3-5")]))
    read_bytes(source, SHEET, progress=lambda done, of: steps.append((done, of)))
    assert steps == [(done, len(HEADER)) for done in range(1, len(HEADER) + 1)]

    def cancel(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_bytes(source, SHEET, progress=cancel)


def formula_book(where: tuple[int, int], formula: str = "=1+1", value: Any = 2) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        worksheet = workbook.add_worksheet("走访")
        for number, cells in enumerate([["序号", *HEADER], [1, *row("甲", "2026-3-5")], ["合计", *row()]]):
            worksheet.write_row(number, 0, cells)
        worksheet.write_formula(*where, formula, None, value)
    return buffer.getvalue()


@pytest.mark.parametrize("value", [2, ""], ids=["with cached value", "without"])
def test_formulas_in_data_are_refused_with_their_cell(value: Any) -> None:
    with pytest.raises(LedgerRefused) as caught:
        read_bytes(formula_book((1, 6), value=value), SHEET)
    assert caught.value.code == "formula"
    assert "G2" in str(caught.value)


@pytest.mark.parametrize("where", [(1, 0), (2, 6)], ids=["serial number", "total"])
def test_formulas_outside_the_data_do_no_harm(where: tuple[int, int]) -> None:
    assert len(read_bytes(formula_book(where), SHEET).rows) == 1


def test_formulas_of_prefixed_xml_and_of_old_workbooks_are_found() -> None:
    def prefix(name: str, part: bytes) -> bytes:
        if not name.endswith("sheet1.xml"):
            return part
        part = part.replace(b"xmlns=", b"xmlns:x=")
        return part.replace(b"</", b"<\x01").replace(b"<", b"<x:").replace(b"<x:\x01", b"</x:").replace(b"<x:?", b"<?")

    with pytest.raises(LedgerRefused, match="G2"):
        read_bytes(with_parts(formula_book((1, 6)), prefix), SHEET)
    workbook = xlwt.Workbook()
    worksheet = workbook.add_sheet("走访")
    for number, cells in enumerate([HEADER, row("甲", "2026-3-5")]):
        for column, cell in enumerate(cells):
            if (number, column) != (1, 5):
                worksheet.write(number, column, cell)
    worksheet.write(1, 5, xlwt.Formula("1+1"))
    buffer = io.BytesIO()
    workbook.save(buffer)
    with pytest.raises(LedgerRefused, match="F2"):
        read_bytes(buffer.getvalue(), SHEET)


def test_error_values_are_refused_not_read_as_blank() -> None:
    def frozen(name: str, part: bytes) -> bytes:
        return part.replace(b"<f>1+1</f>", b"") if name.endswith("sheet1.xml") else part

    with pytest.raises(LedgerRefused) as caught:
        read_bytes(with_parts(formula_book((1, 6), value="#N/A"), frozen), SHEET)
    assert caught.value.code == "error_value"


def test_shares_formatted_as_per_cent_are_read_as_shown() -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as workbook:
        worksheet = workbook.add_worksheet("走访")
        percent = workbook.add_format({"num_format": "0.00%"})
        worksheet.write_row(0, 0, HEADER)
        for number, (name, share, style) in enumerate(
            [("甲", 0.052, percent), ("乙", 5.2, None), ("丙", 0.29, percent)], 1
        ):
            worksheet.write_row(number, 0, row(name, "2026-3-5"))
            worksheet.write_number(number, 4, share, style)
    old = xlwt.Workbook()
    sheet = old.add_sheet("走访")
    for number, cells in enumerate([HEADER, row("甲", "2026-3-5"), row("乙", "2026-3-5"), row("丙", "2026-3-5")]):
        for column, cell in enumerate(cells):
            if column != 4 or number == 0:
                sheet.write(number, column, cell)
    style = xlwt.easyxf(num_format_str="0.00%")
    sheet.write(1, 4, 0.052, style)
    sheet.write(2, 4, 5.2)
    sheet.write(3, 4, 0.29, style)
    old_buffer = io.BytesIO()
    old.save(old_buffer)
    for source in (buffer.getvalue(), old_buffer.getvalue()):
        shares = [each["share"] for each in values(read_bytes(source, SHEET))]
        assert shares == [Decimal("5.2"), Decimal("5.2"), Decimal(29)]


def test_merges_of_old_workbooks_are_filled_too() -> None:
    workbook = xlwt.Workbook(encoding="utf-8")
    worksheet = workbook.add_sheet("走访")
    for column, header in enumerate(HEADER):
        worksheet.write(0, column, header)
    worksheet.write_merge(1, 2, 0, 0, "甲")
    worksheet.write(1, 1, "2026-3-5")
    worksheet.write(2, 1, "2026-3-6")
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert [each["name"] for each in values(read_bytes(buffer.getvalue(), SHEET))] == ["甲", "甲"]


def test_a_ledger_without_rows_is_no_error() -> None:
    for source in (xlsx(("1", [HEADER])), xls("1", [HEADER]), csv_text([HEADER], "gbk")):
        reading = read_bytes(source, SHEET)
        assert (reading.rows, reading.errors, reading.total) == ([], [], 0)


def test_a_wrong_declaration_is_an_early_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        Sheet("s", "s", "s.xlsx", (SHEET.columns[0], SHEET.columns[0]), natural_key=("name",))
    with pytest.raises(ValueError, match="unknown columns"):
        Sheet("s", "s", "s.xlsx", SHEET.columns, natural_key=("nobody",))
