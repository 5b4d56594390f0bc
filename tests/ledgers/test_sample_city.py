"""The eight real ledgers come out exactly as expected.json says, however another office would have kept them."""

import datetime

import pytest

from ledgers.reading import read
from ledgers.sheet import Sheet
from tests.ledgers import sheets
from tests.ledgers.books import (
    EXPECTED,
    REPORTED_ON,
    SAMPLE,
    csv_text,
    read_bytes,
    registers,
    sample,
    shuffled,
    table,
    values,
    xls,
    xlsx,
)

EVERY_SHEET = pytest.mark.parametrize("sheet", sheets.ALL, ids=lambda sheet: sheet.key)


@EVERY_SHEET
def test_accepts_and_rejects_exactly_the_expected_rows(sheet: Sheet) -> None:
    reading = read_bytes(SAMPLE / sheet.filename, sheet)
    expected = EXPECTED[sheet.filename]
    assert len(reading.rows) == expected["accepted"]
    assert [list(rejected) for rejected in reading.rejected] == expected["rejected"]
    assert reading.reported_on == REPORTED_ON
    assert reading.unknown_columns == ()
    assert reading.absent_columns == ()
    assert reading.notices == []
    assert reading.total == len(reading.rows) + len(reading.rejected)
    last = len(table(sheet.filename))
    assert reading.skipped_rows == [last - 2, last - 1, last]


def test_every_fault_names_its_cell() -> None:
    reading = read_bytes(SAMPLE / "企业名册.xlsx", sheets.enterprises)
    error = next(error for error in reading.errors if error.row == 3427)
    assert (error.column_letter, error.column_header) == ("K", "年营业收入（万元）")
    assert (error.kind, error.reason, error.value) == ("amount", "金额无法识别", "约三千多")
    assert error.advice


def test_group_names_are_filled_down_within_their_merge_only() -> None:
    reading = read_bytes(SAMPLE / "企业名册.xlsx", sheets.enterprises)
    members = [row for row in reading.rows if row.values["alliance"]]
    assert len(members) == 312
    assert reading.rows[312].values["alliance"] is None


@EVERY_SHEET
def test_order_brackets_and_line_breaks_of_headers_do_not_matter(sheet: Sheet) -> None:
    reading = read_bytes(shuffled(sheet), sheet)
    assert [list(rejected) for rejected in reading.rejected] == EXPECTED[sheet.filename]["rejected"]
    assert values(reading) == values(sample(sheet))
    assert [column.header for column in reading.unknown_columns] == ["备注"]


@EVERY_SHEET
@pytest.mark.parametrize("form", ["xls", "gbk", "utf-8", "utf-8-sig", "utf-16 with tabs"])
def test_other_file_formats_give_the_same_rows(sheet: Sheet, form: str) -> None:
    rows = table(sheet.filename)
    if form == "xls":
        source = xls(sheet.title, rows)
    elif form == "utf-16 with tabs":
        source = csv_text(rows, "utf-16", delimiter="\t")
    else:
        source = csv_text(rows, form)
    reading = read_bytes(source, sheet)
    assert [list(rejected) for rejected in reading.rejected] == EXPECTED[sheet.filename]["rejected"]
    assert values(reading) == values(sample(sheet))


@EVERY_SHEET
def test_dates_as_unformatted_serials_mean_the_same(sheet: Sheet) -> None:
    epoch = datetime.date(1899, 12, 30)
    rows = [
        [(cell - epoch).days if isinstance(cell, datetime.date) else cell for cell in row]
        for row in table(sheet.filename)
    ]
    assert values(read_bytes(xlsx((sheet.title, rows)), sheet)) == values(sample(sheet))


def test_the_sheet_that_fits_is_found_among_others() -> None:
    cover = [["济宁市产业链党建联盟"], ["目录", "页码"], ["资源清单", 1]]
    source = xlsx(("封面", cover), ("党组织", table("党组织台账.xlsx")), ("资源", table("资源清单.xlsx")))
    assert read_bytes(source, sheets.resources).sheet_name == "资源"
    assert read_bytes(source, sheets.party_organisations).sheet_name == "党组织"


def test_two_sheets_that_fit_are_pointed_out() -> None:
    rows = table("资源清单.xlsx")
    reading = read_bytes(xlsx(("一季度", rows), ("二季度", rows)), sheets.resources)
    assert reading.sheet_name == "一季度"
    assert any("“二季度”" in notice for notice in reading.notices)


def test_lookups_ask_for_all_names_of_a_column_at_once() -> None:
    asked = []

    class Counting:
        def resolve(self, register: str, names):  # type: ignore[no-untyped-def]
            asked.append((register, len(names)))
            return registers().resolve(register, names)

        dictionary = staticmethod(registers().dictionary)

    read(SAMPLE / "活动台账.xlsx", sheets.activities, Counting())
    assert [register for register, _ in asked] == ["alliance", "enterprise"]
