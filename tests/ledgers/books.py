"""Workbooks for the tests: the sample city's own rows, disguised as other offices would keep them."""

import csv
import datetime
import io
import json
import random
import zipfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter
import xlwt
from python_calamine import CalamineWorkbook

from ledgers.cleaning import clean_name
from ledgers.reading import Reading, read
from ledgers.sheet import Sheet
from tests.ledgers.sheets import Registers

SAMPLE = Path(__file__).parents[2] / "data" / "jining"
EXPECTED: dict[str, Any] = json.loads((SAMPLE / "expected.json").read_text(encoding="utf-8"))["files"]
REPORTED_ON = datetime.date(2026, 9, 30)


@cache
def table(filename: str) -> list[list[Any]]:
    """All rows of a sample ledger with merged cells filled downwards; header in row 3 (and 4 for 诉求台账)."""
    worksheet = CalamineWorkbook.from_path(SAMPLE / filename).get_sheet_by_index(0)
    rows = worksheet.to_python(skip_empty_area=False)
    for (top, left), (bottom, _) in worksheet.merged_cell_ranges or []:
        for row in rows[top + 1 : bottom + 1] if top >= 3 else []:
            row[left] = rows[top][left]
    return rows


@cache
def registers() -> Registers:
    """The names that stand in the sample city's own rosters."""
    return Registers(
        enterprise={clean_name(row[2]) for row in table("企业名册.xlsx")[3:-3]} - {None},
        alliance={clean_name(row[1]) for row in table("联盟名册.xlsx")[3:-3] if row[9] != "去年底"},
    )


def read_bytes(source: bytes | Path, sheet: Sheet, **options: Any) -> Reading:
    return read(source, sheet, registers(), **options)


def values(reading: Reading) -> list[dict[str, Any]]:
    return [row.values for row in reading.rows]


@cache
def sample(sheet: Sheet) -> Reading:
    """The sample city's own file of ``sheet``."""
    return read_bytes(SAMPLE / sheet.filename, sheet)


Cells = Sequence[Sequence[Any]]


def xlsx(*sheets: tuple[str, Cells], merges: Sequence[tuple[int, int, int, int]] = ()) -> bytes:
    """An .xlsx with the given sheets; ``merges`` (top, left, bottom, right) apply to the first."""
    buffer = io.BytesIO()
    options = {"strings_to_formulas": False, "default_date_format": "yyyy-mm-dd"}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        for index, (name, rows) in enumerate(sheets):
            worksheet = workbook.add_worksheet(name)
            for number, row in enumerate(rows):
                worksheet.write_row(number, 0, row)
            for top, left, bottom, right in merges if index == 0 else ():
                worksheet.merge_range(top, left, bottom, right, rows[top][left])
    return buffer.getvalue()


def xls(name: str, rows: Cells) -> bytes:
    """An .xls of the old kind, dates as dates."""
    workbook = xlwt.Workbook(encoding="utf-8")
    worksheet = workbook.add_sheet(name)
    date_style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, datetime.date):
                worksheet.write(number, column, cell, date_style)
            elif cell != "":
                worksheet.write(number, column, cell)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def csv_text(rows: Cells, encoding: str, delimiter: str = ",") -> bytes:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    return buffer.getvalue().encode(encoding)


def with_parts(data: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """The same .xlsx with each part passed through ``change`` and further parts added."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return buffer.getvalue()


def columns_of(sheet: Sheet) -> tuple[list[list[object]], list[list[object]], int]:
    """Rows above the data, rows from the data on, and the height of the header."""
    rows = table(sheet.filename)
    height = 2 if any(column.group for column in sheet.columns) else 1
    return rows[: 2 + height], rows[2 + height :], height


def shuffled(sheet: Sheet, *, half_width_brackets: bool = False) -> bytes:
    """Columns in another order; line breaks, blanks and half-width brackets in the header; a column nobody knows.

    With `half_width_brackets` the brackets in the names of organisations are half-width as well.
    """
    above, data, height = columns_of(sheet)
    header = [list(row) for row in above[2:]]
    order = list(range(len(header[0])))
    if height == 1:
        random.Random(sheet.key).shuffle(order)
    disguised = []
    for row in header:
        labels = [
            str(row[index]).replace("（", "(\n").replace("）", " )").replace("企业名", "企业\n名") for index in order
        ]
        disguised.append([*labels, "备注" if row is header[0] else ""])
    if half_width_brackets:
        data = [
            [cell.replace("（", "(").replace("）", ") ") if isinstance(cell, str) else cell for cell in row]
            for row in data
        ]
    rows = [above[0], above[1], *disguised, *([*(row[index] for index in order), "见附件"] for row in data)]
    merges = [(2, 10, 2, 12)] if height == 2 else []
    return xlsx((sheet.title, rows), merges=merges)
