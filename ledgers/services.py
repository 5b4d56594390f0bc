"""Imports that somebody watches in the browser: upload, dry run, commit, cancel; exports and templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from ledgers.archive import Limits
from ledgers.files import XLSX
from ledgers.importing import check, store
from ledgers.kinds import Phone
from ledgers.marking import error_workbook
from ledgers.models import ImportRun
from ledgers.reading import Reading
from ledgers.refusal import LedgerRefused
from ledgers.registry import DatabaseResolver, Ledger, ledger
from ledgers.sheet import Sheet
from ledgers.writing import export_workbook, template_workbook
from tenants import audit
from tenants.files import file_content, file_store
from tenants.jobs import JobCancelledError, JobRun, job_cancel, job_enqueue
from tenants.masking import masked_phone
from tenants.models import AuditEntry, DictionaryEntry, Role
from tenants.permissions import Actor
from tenants.scope import tenant_scope

#: Errors kept with a run; a file with more is not worth listing cell by cell.
MOST_ERRORS = 2_000
IMPORTERS = frozenset({Role.TENANT_ADMIN})


def import_upload(*, actor: Actor, sheet_key: str, name: str, content: bytes) -> ImportRun:
    """Keep an uploaded ledger and have it checked in the background. Nothing of it is imported yet.

    Raises `ValidationError` for an empty or oversized file.
    """
    actor.require(*IMPORTERS)
    if not content:
        raise ValidationError("文件是空的，请重新选择。")
    if len(content) > settings.LEDGER_MAX_BYTES:
        most = settings.LEDGER_MAX_BYTES // 1024 // 1024
        raise ValidationError(f"文件超过 {most} MB。请删去图片和无关的工作表，或分成几个文件再导入。")
    source = file_store(name=name, content=content, content_type="application/octet-stream", uploaded_by=actor.user)
    run = ImportRun.objects.create(sheet_key=ledger(sheet_key).sheet.key, source=source, started_by=actor.user)
    _start(run, actor, "ledgers.import_check", f"检查《{ledger(sheet_key).sheet.title}》")
    return run


def import_commit(*, actor: Actor, run: ImportRun, only_if_clean: bool) -> ImportRun:
    """Import the rows without error of a checked file in the background; with `only_if_clean` all rows or none.

    Raises `ValidationError` when the run is not waiting for this, e.g. because somebody else was quicker.
    """
    actor.require(*IMPORTERS)
    locked = ImportRun.objects.select_for_update().get(pk=run.pk)
    if locked.state != ImportRun.State.CHECKED:
        raise ValidationError(f"这次导入现在是“{locked.get_state_display()}”，不能再次导入。")
    if only_if_clean and locked.errors:
        raise ValidationError("文件里还有错误，按“全部无误才导入”没有写入任何数据。请改正后重新上传。")
    if not locked.accepted:
        raise ValidationError("没有可以导入的行。请按错误标注改正后重新上传。")
    _start(locked, actor, "ledgers.import_store", f"导入《{ledger(locked.sheet_key).sheet.title}》")
    return locked


def import_abandon(*, actor: Actor, run: ImportRun) -> None:
    """Stop a check or import that runs, or drop a checked file."""
    actor.require(*IMPORTERS)
    locked = ImportRun.objects.select_for_update().select_related("job").get(pk=run.pk)
    if locked.state in {ImportRun.State.UPLOADED, ImportRun.State.CHECKED}:
        if locked.job is not None:
            job_cancel(actor_user=actor.user, job=locked.job)
        ImportRun.objects.filter(pk=locked.pk).update(state=ImportRun.State.CANCELLED, finished_at=timezone.now())


def _start(run: ImportRun, actor: Actor, task: str, title: str) -> None:
    run.job = job_enqueue(task=task, title=title, arguments={"run": run.pk}, started_by=actor.user)
    run.save(update_fields=["job"])


# Called by the tasks, outside any scope: progress must be seen while the work goes on.


def run_check(progress: JobRun, run_id: int) -> None:
    """The dry run: read everything, write only what was found."""
    tenant_id = progress.tenant_id
    with tenant_scope(tenant_id):
        run = ImportRun.objects.select_related("source").get(pk=run_id)
        content = file_content(run.source)
    try:
        reading = _read(progress, run, content)
    except LedgerRefused as refusal:
        with tenant_scope(tenant_id):
            _settle(run_id, state=ImportRun.State.REFUSED, message=str(refusal), finished_at=timezone.now())
        return
    sheet = ledger(run.sheet_key).sheet
    marked = error_workbook(content, reading) if reading.errors else None
    with tenant_scope(tenant_id):
        book = None
        if marked is not None:
            name = f"{sheet.title}（错误标注）.xlsx"
            book = file_store(name=name, content=marked, content_type=XLSX, uploaded_by=run.started_by)
        _settle(
            run_id,
            state=ImportRun.State.CHECKED,
            total=reading.total,
            accepted=len(reading.rows),
            errors=[asdict(error) for error in reading.errors[:MOST_ERRORS]],
            remarks=_remarks(reading),
            preview=_preview(sheet, reading),
            error_workbook=book,
        )


def run_store(progress: JobRun, run_id: int) -> None:
    """Read again (the registers may have changed meanwhile) and write what is in order, all in one transaction."""
    tenant_id = progress.tenant_id
    with tenant_scope(tenant_id):
        run = ImportRun.objects.select_related("source").get(pk=run_id)
        content = file_content(run.source)
    reading = _read(progress, run, content)
    progress.progress(1, 2, "写入数据")
    started_by = run.started_by_id
    with tenant_scope(tenant_id, actor_id=started_by, request_id=f"import:{run_id}"):
        locked = ImportRun.objects.select_for_update().get(pk=run_id)
        if locked.state != ImportRun.State.CHECKED:
            raise JobCancelledError
        counts = store(ledger(run.sheet_key), reading, today=timezone.localdate(), name=run.source.original_name)
        _settle(
            run_id,
            state=ImportRun.State.IMPORTED,
            accepted=len(reading.rows),
            created=counts.created,
            updated=counts.updated,
            unchanged=counts.unchanged,
            remarks=[*locked.remarks, *counts.remarks],
            finished_at=timezone.now(),
        )


def _settle(run_id: int, **values: Any) -> None:
    """Write what became of a run, unless its user dropped it meanwhile."""
    ImportRun.objects.filter(pk=run_id).exclude(state=ImportRun.State.CANCELLED).update(**values)


def _read(progress: JobRun, run: ImportRun, content: bytes) -> Reading:
    def tell(done: int, of: int) -> None:
        progress.progress(done, of, "逐列检查")

    return check(
        content,
        ledger(run.sheet_key),
        resolver=ScopedResolver(progress.tenant_id),
        limits=Limits(file_bytes=settings.LEDGER_MAX_BYTES),
        progress=tell,
    )


class ScopedResolver(DatabaseResolver):
    """Looks names up in short transactions of their own, so that progress can be told in between."""

    def __init__(self, tenant_id: int) -> None:
        super().__init__()
        self.tenant_id = tenant_id

    def resolve(self, register: str, names: Any) -> Any:
        with tenant_scope(self.tenant_id):
            return super().resolve(register, names)

    def dictionary(self, name: str) -> Any:
        with tenant_scope(self.tenant_id):
            return super().dictionary(name)


def _remarks(reading: Reading) -> list[str]:
    remarks = list(reading.notices)
    if reading.unknown_columns:
        names = "、".join(
            f"{column.header or '（无标题）'}（{column.letter} 列）" for column in reading.unknown_columns
        )
        remarks.append(f"这些列不在模板里，没有导入：{names}")
    if reading.absent_columns:
        remarks.append("文件里没有这些列，按未填报处理：" + "、".join(reading.absent_columns))
    if reading.skipped_rows:
        remarks.append(f"跳过合计、说明和空行 {len(reading.skipped_rows)} 行")
    if reading.reported_on:
        remarks.append(f"填报日期：{reading.reported_on:%Y-%m-%d}")
    return remarks


def _preview(sheet: Sheet, reading: Reading) -> list[list[str]]:
    """The first rows as they stand in the file, phones masked."""
    lines = []
    for number, texts in reading.sample:
        shown = [
            masked_phone(texts.get(column.key, "")) if isinstance(column.kind, Phone) else texts.get(column.key, "")
            for column in sheet.columns
        ]
        lines.append([str(number), *shown])
    return lines


def template_for(*, actor: Actor, found: Ledger) -> bytes:
    """The blank form with the tenant's own dictionaries in its drop-downs."""
    actor.require(*IMPORTERS)
    entries = DictionaryEntry.objects.filter(is_active=True).order_by("position", "pk")
    dictionaries: dict[str, list[str]] = {}
    for kind, label in entries.values_list("kind", "label"):
        dictionaries.setdefault(kind, []).append(label)
    return template_workbook(found.sheet, dictionaries)


def export(*, actor: Actor, found: Ledger, rows: QuerySet, title_lines: Iterable[str] = ()) -> bytes:
    """The given rows as a workbook that can be imported again. Phones are masked for everyone but the administrator,
    and every export is in the audit trail."""
    values = found.rows(rows)
    if not actor.is_admin:
        hidden = [column.key for column in found.sheet.columns if isinstance(column.kind, Phone)]
        values = (
            {**row, **{key: masked_phone(row[key]) if row[key] else row[key] for key in hidden}} for row in values
        )
    content = export_workbook(found.sheet, values, tuple(title_lines))
    audit.record(AuditEntry.Verb.EXPORT, label=found.sheet.title, details={"bytes": len(content)})
    return content
