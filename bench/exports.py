"""Export of 10,000 enterprises to .xlsx, database included; beside bare XlsxWriter with the same cells."""

from __future__ import annotations

import io
from collections.abc import Callable

import xlsxwriter

from bench.measuring import Result, against, paired
from enterprises.ledger import ROSTER
from enterprises.models import Enterprise
from ledgers.opening import open_ledger
from ledgers.registry import ledger
from ledgers.writing import export_workbook
from tenants.models import Tenant
from tenants.scope import tenant_scope

ROWS = 10_000
LIMIT = 1.3


def measure(tenant: Tenant) -> list[Result]:
    """The same rows twice: once through the ledger, once as cells that are known already."""
    rows = _rows(tenant)
    cells = open_ledger(export_workbook(ROSTER, rows)).sheets[0].rows
    mine, reference = paired(lambda: export_workbook(ROSTER, rows), _bare(cells), runs=5)
    return [against("导出 10,000 行 .xlsx", mine, reference, unit="ms", limit=LIMIT)]


def _rows(tenant: Tenant) -> list:
    found = ledger("enterprises")
    with tenant_scope(tenant):
        return list(found.rows(Enterprise.objects.order_by("-staff", "pk")[:ROWS]))


def _bare(cells: list[list[object]]) -> Callable[[], bytes]:
    def write() -> bytes:
        buffer = io.BytesIO()
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(buffer, options) as workbook:
            worksheet = workbook.add_worksheet()
            for number, row in enumerate(cells):
                worksheet.write_row(number, 0, row)
        return buffer.getvalue()

    return write
