"""What goes out can come in again: templates, exports, error workbooks."""

import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from ledgers.cleaning import clean_name, clean_text
from ledgers.kinds import Name, Text
from ledgers.marking import error_workbook
from ledgers.reading import Row
from ledgers.sheet import Column, Sheet
from ledgers.writing import export_csv, export_workbook, template_workbook
from tests.ledgers import sheets
from tests.ledgers.books import SAMPLE, csv_text, read_bytes, sample, table, values, xls, xlsx

EVERY_SHEET = pytest.mark.parametrize("sheet", sheets.ALL, ids=lambda sheet: sheet.key)
NOTE = Sheet(
    key="notes",
    title="记事",
    filename="记事.xlsx",
    natural_key=("name",),
    repeats_allowed=True,
    columns=(Column("name", "名称", Name(max_length=500)), Column("text", "内容", Text())),
)
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\t\n"), max_size=40)


def content(rows: list[Row]) -> list[dict[str, Any]]:
    return [row.values for row in rows]


@EVERY_SHEET
def test_an_export_imports_again_without_loss(sheet: Sheet) -> None:
    reading = sample(sheet)
    exported = export_workbook(sheet, values(reading), (sheet.title, "填报日期：2026年9月30日"))
    again = read_bytes(exported, sheet)
    assert content(again.rows) == content(reading.rows)
    assert (again.errors, again.unknown_columns, again.notices) == ([], (), [])
    assert again.reported_on == reading.reported_on
    as_csv = read_bytes(export_csv(sheet, values(reading)), sheet)
    assert content(as_csv.rows) == content(reading.rows)


@given(st.lists(st.tuples(TEXTS.map(clean_name), TEXTS.map(clean_text)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_any_clean_text_survives_the_round_trip(pairs: list[tuple[str | None, str | None]]) -> None:
    rows = [{"name": name, "text": text} for name, text in pairs if name and text and len(name + text) > 8]
    for source in (export_workbook(NOTE, rows), export_csv(NOTE, rows)):
        assert values(read_bytes(source, NOTE)) == rows


FORMULAS = [
    "=1+1",
    "+8613",
    "-1",
    "@SUM(A1)",
    "＝1＋1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "''@x",
    '=HYPERLINK("http://x")',
    "\tx",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_text_like_a_formula_is_neutralised_and_comes_back(text: str) -> None:
    rows = [{"name": f"甲{text}", "text": text}]
    workbook, as_csv = export_workbook(NOTE, rows), export_csv(NOTE, rows)
    cell = load_workbook(io.BytesIO(workbook)).worksheets[0]["C3"]
    assert cell.data_type == "s"
    assert cell.value == "'" + text
    assert as_csv.decode("utf-8-sig").replace('"', "").splitlines()[1].startswith(f"1,甲{text},'".replace('"', ""))
    assert as_csv.startswith(b"\xef\xbb\xbf")
    for source in (workbook, as_csv):
        assert [each["text"] for each in values(read_bytes(source, NOTE))] == [text]


def test_an_export_may_be_limited_to_some_columns() -> None:
    rows = values(sample(sheets.enterprises))[:3]
    exported = load_workbook(io.BytesIO(export_workbook(sheets.enterprises, rows, keys=("name", "credit_code"))))
    assert [cell.value for cell in exported.worksheets[0][2]] == ["序号", "企业名称", "统一社会信用代码"]
    assert [cell.value for cell in exported.worksheets[0][3]] == [1, rows[0]["name"], rows[0]["credit_code"]]


def test_a_text_too_long_for_a_cell_is_an_error_not_a_loss() -> None:
    with pytest.raises(ValueError, match="row 1"):
        export_workbook(NOTE, [{"name": "甲", "text": "长" * 33_000}])


@EVERY_SHEET
def test_the_template_is_an_empty_ledger_with_drop_downs(sheet: Sheet) -> None:
    template = template_workbook(sheet, {"element": sheets.ELEMENTS})
    reading = read_bytes(template, sheet)
    assert (reading.sheet_name, reading.total, reading.errors) == (sheet.title, 0, [])
    assert (reading.unknown_columns, reading.absent_columns) == ((), ())
    workbook = load_workbook(io.BytesIO(template))
    assert workbook.sheetnames[:2] == [sheet.title, "填写说明"]
    guide = [[cell.value for cell in row] for row in workbook["填写说明"].iter_rows()]
    for column in sheet.columns:
        line = next(line for line in guide if line[0] in (column.header, f"{column.group}：{column.header}"))
        assert line[1] == ("是" if column.required else None)
        assert line[2]
    lists = [column for column in sheet.columns if column.kind.options({"element": sheets.ELEMENTS})]
    assert len(workbook[sheet.title].data_validations.dataValidation) == len(lists)
    if lists:
        assert workbook["字典"].sheet_state == "hidden"


def test_a_filled_template_is_read() -> None:
    workbook = load_workbook(io.BytesIO(template_workbook(sheets.demands, {"element": sheets.ELEMENTS})))
    worksheet = workbook.worksheets[0]
    assert worksheet["B3"].value == "提出日期*"
    for column, value in {2: "2026.3.5", 3: "鱼台嘉通燃料化工有限公司", 4: "金融", 5: "需贷款", 9: "办理中"}.items():
        worksheet.cell(5, column).value = value
    buffer = io.BytesIO()
    workbook.save(buffer)
    assert [row.number for row in read_bytes(buffer.getvalue(), sheets.demands).rows] == [5]


def forms(sheet: Sheet) -> dict[str, bytes]:
    rows = table(sheet.filename)
    return {
        "xlsx": (SAMPLE / sheet.filename).read_bytes(),
        "xls": xls(sheet.title, rows),
        "csv": csv_text(rows, "gbk"),
    }


@pytest.mark.parametrize("form", ["xlsx", "xls", "csv"])
def test_the_error_workbook_is_the_users_file_with_its_faults_marked(form: str) -> None:
    source = forms(sheets.demands)[form]
    reading = read_bytes(source, sheets.demands)
    marked = error_workbook(source, reading)
    workbook = load_workbook(io.BytesIO(marked))
    worksheet = workbook[reading.sheet_name]
    for error in reading.errors:
        cell = worksheet[f"{error.column_letter}{error.row}"]
        assert cell.fill.fgColor.rgb == "00FFC7CE"
        assert cell.comment is not None
        assert error.reason in cell.comment.text
        assert error.reason in worksheet.cell(error.row, 15).value
    assert worksheet["O4"].value == "错误原因"
    listed = list(workbook["错误清单"].iter_rows(min_row=2, values_only=True))
    assert [(line[0], line[4]) for line in listed] == [(error.row, error.reason) for error in reading.errors]
    again = read_bytes(marked, sheets.demands)
    assert values(again) == values(reading)
    assert again.rejected == reading.rejected
    assert again.unknown_columns == ()


def test_a_corrected_error_workbook_has_no_stale_reasons() -> None:
    rows = [["名称", "内容"], ["甲", "长" * 2001], ["乙", "好"]]
    source = xlsx(("记事", rows))
    workbook = load_workbook(io.BytesIO(error_workbook(source, read_bytes(source, NOTE))))
    workbook["记事"]["B2"].value = "短"
    workbook["记事"]["B3"].value = "长" * 2001
    buffer = io.BytesIO()
    workbook.save(buffer)
    second = buffer.getvalue()
    worksheet = load_workbook(io.BytesIO(error_workbook(second, read_bytes(second, NOTE))))["记事"]
    assert [cell.value for cell in worksheet[1]] == ["名称", "内容", "错误原因"]
    assert worksheet["C2"].value is None
    assert "文字超过2000字" in worksheet["C3"].value
    assert worksheet["B2"].comment is None


def test_a_fault_inside_a_merge_is_marked_where_it_is_written() -> None:
    sheet = Sheet(
        "s",
        "党组织",
        "s.xlsx",
        (Column("enterprise", "企业名称", sheets.ENTERPRISE), Column("name", "书记", Name())),
        natural_key=("enterprise",),
        repeats_allowed=True,
    )
    rows = [["企业名称", "书记"], ["查无此名公司", "王伟"], ["", "李明"]]
    source = xlsx(("党组织", rows), merges=[(1, 0, 2, 0)])
    reading = read_bytes(source, sheet)
    assert [error.row for error in reading.errors] == [2, 3]
    worksheet = load_workbook(io.BytesIO(error_workbook(source, reading)))["党组织"]
    assert "企业不在名册" in worksheet["A2"].comment.text
    assert worksheet["C3"].value.startswith("企业名称：企业不在名册")


def test_what_else_is_in_the_users_workbook_stays() -> None:
    source = xlsx(("记事", [["名称", "内容"], ["甲", "长" * 2001]]), ("别的", [["勿动", 1]]))
    workbook = load_workbook(io.BytesIO(error_workbook(source, read_bytes(source, NOTE))))
    assert workbook.sheetnames == ["记事", "别的", "错误清单"]
    assert workbook["别的"]["A1"].value == "勿动"
