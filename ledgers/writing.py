"""Ledgers out: the blank template, and exports that can be imported again without loss.

No cell is ever a formula: text that a spreadsheet could take for one is prefixed with an apostrophe, which reading
takes off again (OWASP ASVS 1.2.10).
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from ledgers.archive import column_letters
from ledgers.cleaning import Cell, neutralise
from ledgers.headers import SERIAL
from ledgers.kinds import Date, Kind, Options
from ledgers.sheet import Column, Sheet

_DATE_FORMAT = Date.number_format
_OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": _DATE_FORMAT,
}
#: Rows of the template that have drop-downs and formats.
_TEMPLATE_ROWS = 5_000
_GUIDE = "填写说明"
_DICTIONARY = "字典"


def export_workbook(
    sheet: Sheet, rows: Iterable[Mapping[str, Any]], title_lines: Sequence[str] = (), *, keys: Sequence[str] = ()
) -> bytes:
    """An .xlsx with the title lines (default: the sheet's title), the header and one line per row.

    ``rows`` give a value for each column key; lookups as the name to show. ``keys`` limits the columns. Raises
    ``ValueError`` for more rows or longer texts than a worksheet can hold.
    """
    columns = [sheet.column(key) for key in keys] or list(sheet.columns)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {**_OPTIONS, "constant_memory": True}) as workbook:
        worksheet = workbook.add_worksheet(sheet.title)
        top = _Top(workbook, worksheet, columns)
        top.set_widths()
        first = top.write_titles(title_lines or (sheet.title,))
        first = top.write_header(first)
        write_row = worksheet.write_row
        for number, cells in enumerate(_cells(columns, rows), 1):
            if write_row(first + number - 1, 0, [number, *cells]) != 0:
                raise ValueError(f"row {number} of {sheet.key} does not fit into a worksheet")
    return buffer.getvalue()


def export_csv(sheet: Sheet, rows: Iterable[Mapping[str, Any]], *, keys: Sequence[str] = ()) -> bytes:
    """The same as CSV in UTF-8 with byte-order mark, header in one row."""
    columns = [sheet.column(key) for key in keys] or list(sheet.columns)
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(
        [SERIAL, *(f"{column.group}－{column.header}" if column.group else column.header for column in columns)]
    )
    writer.writerows([number, *cells] for number, cells in enumerate(_cells(columns, rows), 1))
    return buffer.getvalue().encode("utf-8-sig")


def _cells(columns: Sequence[Column], rows: Iterable[Mapping[str, Any]]) -> Iterable[list[Cell]]:
    """The cells of each row, formula-safe; blank values as ``None``."""
    keys = [column.key for column in columns]
    writers = [_writer(column.kind) for column in columns]
    values_of = itemgetter(*keys) if len(keys) > 1 else lambda row: (row[keys[0]],)
    for row in rows:
        yield [write(value) for write, value in zip(writers, values_of(row), strict=True)]


def _writer(kind: Kind) -> Callable[[Any], Cell]:
    write, blank = kind.write, kind.blank

    def write_safely(value: Any) -> Cell:
        if value is None or value == blank:
            return None
        cell = write(value)
        return neutralise(cell) if isinstance(cell, str) else cell

    return write_safely


def template_workbook(sheet: Sheet, dictionaries: Mapping[str, Options]) -> bytes:
    """The blank form: header with required columns starred, drop-downs, formats, and a sheet that explains each column.

    ``dictionaries`` holds the current options of the tenant's dictionaries the sheet's choices refer to.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as workbook:
        worksheet = workbook.add_worksheet(sheet.title)
        top = _Top(workbook, worksheet, sheet.columns, star_required=True)
        top.set_formats()
        last = len(sheet.columns)
        row = top.write_titles((sheet.title,))
        worksheet.write_string(row, 0, "填报单位：")
        worksheet.write_string(row, max(last - 1, 1), "填报日期：")
        first = top.write_header(row + 1)
        _write_guide(workbook, sheet, dictionaries)
        _add_drop_downs(workbook, worksheet, sheet, dictionaries, first)
        worksheet.activate()
    return buffer.getvalue()


class _Top:
    """Title lines and header of a worksheet; 序号 is column A, the declared columns follow."""

    def __init__(
        self,
        workbook: xlsxwriter.Workbook,
        worksheet: Worksheet,
        columns: Sequence[Column],
        *,
        star_required: bool = False,
    ) -> None:
        self._workbook = workbook
        self._worksheet = worksheet
        self._columns = columns
        self._star_required = star_required
        look = {
            "bold": True,
            "border": 1,
            "align": "center",
            "valign": "vcenter",
            "text_wrap": True,
            "bg_color": "#F2F2F2",
        }
        self._header = workbook.add_format(look)
        self._required = workbook.add_format({**look, "font_color": "#C00000"})

    def set_widths(self) -> None:
        self._worksheet.set_column(0, 0, 6)
        for index, column in enumerate(self._columns, 1):
            self._worksheet.set_column(index, index, _width(column))

    def set_formats(self) -> None:
        """Widths and number formats: text columns keep codes and telephone numbers as they are typed."""
        self.set_widths()
        formats: dict[str, Format] = {}
        for index, column in enumerate(self._columns, 1):
            number_format = column.kind.number_format
            if number_format not in formats:
                formats[number_format] = self._workbook.add_format({"num_format": number_format})
            self._worksheet.set_column(index, index, _width(column), formats[number_format])

    def write_titles(self, lines: Sequence[str]) -> int:
        """Write the lines from the first row on; returns the next free row."""
        title = self._workbook.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"})
        plain = self._workbook.add_format({"align": "left"})
        last = len(self._columns)
        for row, line in enumerate(lines):
            self._worksheet.merge_range(row, 0, row, last, "", title if row == 0 else plain)
            self._worksheet.write_string(row, 0, neutralise(line), title if row == 0 else plain)
        return len(lines)

    def write_header(self, row: int) -> int:
        """Write the one- or two-row header, freeze it, and return the first row for data.

        Rows are written in order and merged afterwards: in constant-memory mode a row once left cannot be changed.
        """
        labels = [(SERIAL, self._header), *map(self._label, self._columns)]
        groups = ["", *(column.group for column in self._columns)]
        last = row + 1 if any(groups) else row
        for index, (group, (label, look)) in enumerate(zip(groups, labels, strict=True)):
            self._worksheet.write_string(row, index, group or label, self._header if group else look)
        if last > row:
            for index, (group, (label, look)) in enumerate(zip(groups, labels, strict=True)):
                self._worksheet.write(last, index, label if group else None, look)
            for (_, group), members in groupby(enumerate(groups), key=lambda each: (each[1] or each[0], each[1])):
                indices = [index for index, _ in members]
                label, look = (group, self._header) if group else labels[indices[0]]
                bottom = row if group else last
                if bottom > row or len(indices) > 1:
                    self._worksheet.merge_range(row, indices[0], bottom, indices[-1], label, look)
        self._worksheet.freeze_panes(last + 1, 0)
        return last + 1

    def _label(self, column: Column) -> tuple[str, Format]:
        is_starred = self._star_required and column.required
        return (column.header + "*", self._required) if is_starred else (column.header, self._header)


def _width(column: Column) -> int:
    return max(12, min(40, 2 * len(column.header) + 4), min(40, 2 * len(column.example) + 4))


def _write_guide(workbook: xlsxwriter.Workbook, sheet: Sheet, dictionaries: Mapping[str, Options]) -> None:
    worksheet = workbook.add_worksheet(_GUIDE)
    bold = workbook.add_format({"bold": True, "border": 1, "bg_color": "#F2F2F2"})
    wrapped = workbook.add_format({"text_wrap": True, "border": 1, "valign": "top"})
    for index, width in enumerate((26, 8, 60, 40)):
        worksheet.set_column(index, index, width)
    notes = (
        "带 * 的列必须填写，没有的内容留空，不要填“无”“/”。",
        "表头文字不要改动；列的先后可以调整。",
        "不要使用公式；从别处复制时请“选择性粘贴—数值”。",
        *sheet.notes,
    )
    for row, note in enumerate(notes):
        worksheet.write_string(row, 0, note)
    first = len(notes) + 1
    worksheet.write_row(first, 0, ("这一列", "必填", "怎样填", "例如"), bold)
    for place, column in enumerate(sheet.columns):
        label = f"{column.group}：{column.header}" if column.group else column.header
        how = "；".join(filter(None, (column.kind.instruction(dictionaries), column.help)))
        example = column.example or next(iter(column.kind.options(dictionaries)), "")
        worksheet.write_row(
            first + 1 + place, 0, (label, "是" if column.required else "", how, neutralise(example)), wrapped
        )


def _add_drop_downs(
    workbook: xlsxwriter.Workbook, worksheet: Worksheet, sheet: Sheet, dictionaries: Mapping[str, Options], first: int
) -> None:
    """Drop-downs take their options from a hidden sheet: Excel allows only 255 characters in the rule itself."""
    lists = [(index, column.kind.options(dictionaries)) for index, column in enumerate(sheet.columns, 1)]
    lists = [(index, options) for index, options in lists if options]
    if not lists:
        return
    hidden = workbook.add_worksheet(_DICTIONARY)
    hidden.hide()
    for place, (index, options) in enumerate(lists):
        hidden.write_column(0, place, options)
        letters = column_letters(place)
        worksheet.data_validation(
            first,
            index,
            first + _TEMPLATE_ROWS - 1,
            index,
            {
                "validate": "list",
                "source": f"={_DICTIONARY}!${letters}$1:${letters}${len(options)}",
                "error_title": "请从列表中选择",
                "error_message": "这里只能填列表中的内容，可点单元格右侧的箭头选择。",
            },
        )
