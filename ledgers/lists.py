"""List pages whose export is a ledger: exactly the filtered rows, in a form that can be imported again."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ledgers.files import workbook_response
from ledgers.registry import ledger
from ledgers.services import export
from tenants.listing import ListView


class LedgerListView(ListView):
    """A `ListView` with `?format=xlsx`; `sheet_key` names the ledger that writes its rows."""

    sheet_key: ClassVar[str]

    def export(self, request: HttpRequest, rows: QuerySet) -> HttpResponse:
        found = ledger(self.sheet_key)
        content = export(actor=request.actor, found=found, rows=rows)
        return workbook_response(content, f"{found.sheet.title}{timezone.localdate():%Y%m%d}.xlsx")

    def extra_context(self, request: HttpRequest) -> dict[str, Any]:
        params = request.GET.copy()
        for name in ("page", "format"):
            params.pop(name, None)
        params["format"] = "xlsx"
        return super().extra_context(request) | {"export_url": f"?{params.urlencode()}"}
