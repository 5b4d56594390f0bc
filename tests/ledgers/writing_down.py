"""Small ledgers as a clerk would write them, and their import into the open tenant scope."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from python_calamine import CalamineWorkbook

from ledgers.importing import check, store
from ledgers.reading import Reading
from ledgers.registry import ledger
from ledgers.storing import Counts
from ledgers.writing import export_workbook
from tenants.permissions import Actor
from tests.ledgers.books import xlsx

TODAY = date(2026, 10, 9)
REPORTED = "填报日期：2026-09-30"


def written(sheet_key: str, *rows: dict[str, Any], title: str = REPORTED) -> bytes:
    """A workbook with these cells by column key; only the columns that occur, in the order of the form."""
    sheet = ledger(sheet_key).sheet
    columns = [column for column in sheet.columns if any(column.key in row for row in rows)]
    header = [column.header for column in columns]
    cells = [[row.get(column.key, "") for column in columns] for row in rows]
    return xlsx((sheet.title, [[sheet.title], [title], header, *cells]))


def take(sheet_key: str, content: bytes) -> tuple[Reading, Counts]:
    """Check and import a file."""
    found = ledger(sheet_key)
    reading = check(content, found)
    return reading, store(found, reading, today=TODAY, name="台账.xlsx")


def imported(sheet_key: str, *rows: dict[str, Any], title: str = REPORTED) -> Counts:
    """Import these rows; each must be in order."""
    reading, counts = take(sheet_key, written(sheet_key, *rows, title=title))
    assert reading.errors == []
    return counts


def exported(sheet_key: str, actor: Actor) -> bytes:
    """The ledger's export without masks and audit."""
    found = ledger(sheet_key)
    return export_workbook(found.sheet, found.rows(found.everything(actor)))


def cells(content: bytes) -> list[list[Any]]:
    """All cells of the first worksheet."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def changes(counts: Counts) -> tuple[int, int, int]:
    return counts.created, counts.updated, counts.unchanged
