"""The error workbook: the user's own file with its bad cells coloured, commented and explained."""

import io
import warnings
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from ledgers.cleaning import Cell, neutralise
from ledgers.headers import REASONS, normalise
from ledgers.opening import Opened, open_ledger
from ledgers.reading import CellError, Reading

_BAD = PatternFill("solid", fgColor="FFC7CE")
_WRAPPED = Alignment(wrap_text=True, vertical="top")
_LIST = "错误清单"
_AUTHOR = "台账导入"


def error_workbook(source: Path | bytes, reading: Reading) -> bytes:
    """An .xlsx of ``source`` in which every fault of ``reading`` is marked where it stands.

    Bad cells are coloured and carry a comment, a column 错误原因 at the right names all faults of its row, and a sheet
    错误清单 lists them with advice. It can be corrected and uploaded as it is. An .xls or .csv becomes an .xlsx with
    the same values. Raises ``LedgerRefused`` if ``source`` cannot be opened.
    """
    opened = open_ledger(source)
    workbook = _editable(source, opened)
    worksheet = workbook[reading.sheet_name]
    _clear_old_marks(worksheet)
    _mark_cells(worksheet, reading.errors)
    _add_reasons(worksheet, reading)
    if _LIST in workbook.sheetnames:
        del workbook[_LIST]
    _write_list(workbook.create_sheet(_LIST), reading.errors)
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def _editable(source: Path | bytes, opened: Opened) -> Workbook:
    if opened.format == "xlsx":
        file = io.BytesIO(source.read_bytes() if isinstance(source, Path) else source)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # openpyxl names each extension it leaves out
            try:
                return load_workbook(file)
            except (ValueError, KeyError, TypeError, AttributeError, IndexError):
                # openpyxl is stricter about styles and extensions than the reader was: then the values must do.
                return _copy(opened)
    return _copy(opened)


def _copy(opened: Opened) -> Workbook:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for raw in opened.sheets:
        worksheet = workbook.create_sheet(raw.name)
        for row in raw.rows:
            worksheet.append([_copied(cell) for cell in row])
        for (top, left), (bottom, right) in raw.merges:
            worksheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    return workbook


def _copied(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return neutralise(ILLEGAL_CHARACTERS_RE.sub("", cell)) or None
    return cell


def _clear_old_marks(worksheet: Worksheet) -> None:
    """Take off what an earlier error workbook put on: the user has corrected that file and uploaded it again."""
    for row in worksheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _mark_cells(worksheet: Worksheet, errors: Sequence[CellError]) -> None:
    anchors = {
        (row, merged.min_col): merged.min_row
        for merged in worksheet.merged_cells.ranges
        for row in range(merged.min_row + 1, min(merged.max_row, worksheet.max_row) + 1)
    }
    remarks: dict[str, list[str]] = defaultdict(list)
    for error in errors:
        if error.column_letter:
            cell = worksheet[f"{error.column_letter}{error.row}"]
            if isinstance(cell, MergedCell):
                cell = worksheet.cell(anchors.get((cell.row, cell.column), cell.row), cell.column)
            remarks[cell.coordinate].append(_sentence(error))
    for coordinate, sentences in remarks.items():
        cell = worksheet[coordinate]
        cell.fill = _BAD
        if not isinstance(cell, MergedCell):
            cell.comment = Comment("\n".join(dict.fromkeys(sentences)), _AUTHOR, height=90, width=260)


def _add_reasons(worksheet: Worksheet, reading: Reading) -> None:
    header_row = reading.header_row
    labels = [normalise(cell.value) for cell in worksheet[header_row]]
    column = labels.index(normalise(REASONS)) + 1 if normalise(REASONS) in labels else worksheet.max_column + 1
    for row in range(header_row + 1, worksheet.max_row + 1):
        old = worksheet.cell(row, column)
        old.value = None
        old.fill = PatternFill()
    header = worksheet.cell(header_row, column, REASONS)
    header.font = Font(bold=True, color="C00000")
    reasons: dict[int, list[str]] = defaultdict(list)
    for error in reading.errors:
        reasons[error.row].append(f"{error.column_header}：{_sentence(error)}")
    for row, sentences in reasons.items():
        cell = worksheet.cell(row, column, "\n".join(sentences))
        cell.fill = _BAD
        cell.alignment = _WRAPPED
    worksheet.column_dimensions[header.column_letter].width = 50


def _sentence(error: CellError) -> str:
    return f"{error.reason}。{error.advice}" if error.advice else error.reason


def _write_list(worksheet: Worksheet, errors: Sequence[CellError]) -> None:
    worksheet.append(["行", "列", "表头", "填写的内容", "错误", "怎样改"])
    for cell in worksheet[1]:
        cell.font = Font(bold=True)
    for error in errors:
        texts = (error.column_letter, error.column_header, error.value, error.reason, error.advice)
        worksheet.append([error.row, *map(_copied, texts)])
    for letter, width in zip("ABCDEF", (8, 6, 24, 36, 32, 48), strict=True):
        worksheet.column_dimensions[letter].width = width
    worksheet.freeze_panes = "A2"
