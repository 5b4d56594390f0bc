"""Messages about what happens on the floors below, which do not know of messages."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.urls import reverse

from ledgers.models import ImportRun
from ledgers.registry import ledger
from ledgers.signals import import_finished

from .services import notice_send


@receiver(import_finished)
def tell_importer(run: ImportRun, **kwargs: Any) -> None:
    """Tell whoever uploaded a ledger that its rows are in."""
    if run.started_by is None:
        return
    rejected = run.total - run.accepted
    left_out = f"，有错误的 {rejected} 行没有导入" if rejected else ""
    notice_send(
        recipients=[run.started_by],
        key=f"import:{run.pk}",
        title=f"《{ledger(run.sheet_key).sheet.title}》已导入 {run.accepted} 行{left_out}",
        body=f"{run.source.original_name}：新增 {run.created} 行，更新 {run.updated} 行，无变化 {run.unchanged} 行。",
        url=reverse("ledgers:run", args=[run.pk]),
    )
