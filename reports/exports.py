"""The figures of a period as a workbook. Pure: an overview in, bytes out."""

from __future__ import annotations

import io
from decimal import Decimal

import xlsxwriter

from ledgers.cleaning import neutralise

from .figures import Figure, Number
from .overview import Overview

OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def overview_workbook(overview: Overview) -> bytes:
    """Two sheets: every figure with what it is made of, and the table by region."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as workbook:
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1})
        _figures(workbook, bold, overview)
        _places(workbook, bold, overview)
    return buffer.getvalue()


def _figures(workbook: xlsxwriter.Workbook, bold: object, overview: Overview) -> None:
    sheet = workbook.add_worksheet("主要指标")
    sheet.write_string(0, 0, neutralise(f"{overview.place.name}　{overview.period.label}"), bold)
    heads = ("类别", "指标", "数值", "单位", "分子", "分母", "上期", "与上期比较", "统计口径")
    sheet.write_row(1, 0, heads, bold)
    for row, figure in enumerate(overview.figures.items, 2):
        definition = figure.definition
        sheet.write_string(row, 0, definition.group)
        sheet.write_string(row, 1, definition.label)
        for column, value in ((2, figure.value), (4, figure.numerator), (5, figure.denominator), (6, figure.previous)):
            _number(sheet, row, column, value)
        sheet.write_string(row, 3, definition.unit)
        sheet.write_string(row, 7, neutralise(figure.change))
        sheet.write_string(row, 8, definition.text)
    for column, width in enumerate((12, 22, 12, 8, 10, 10, 12, 30, 70)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(2, 2)


def _places(workbook: xlsxwriter.Workbook, bold: object, overview: Overview) -> None:
    if not overview.parts:
        return
    sheet = workbook.add_worksheet("分区域")
    columns: list[Figure] = overview.parts[0].columns
    sheet.write_row(0, 0, ["区域", *(f"{each.definition.column_label}（{each.unit}）" for each in columns)], bold)
    for row, part in enumerate(overview.parts, 1):
        sheet.write_string(row, 0, neutralise(part.place.name))
        for column, figure in enumerate(part.columns, 1):
            _number(sheet, row, column, figure.value)
    sheet.set_column(0, len(columns), 16)
    sheet.freeze_panes(1, 1)


def _number(sheet: xlsxwriter.workbook.Worksheet, row: int, column: int, value: Number | None) -> None:
    if value is not None:
        sheet.write_number(row, column, float(value) if isinstance(value, Decimal) else value)
