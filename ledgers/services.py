"""Imports that somebody watches in the browser: upload, dry run, commit, cancel; exports and templates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone

from ledgers.archive import Limits
from ledgers.cleaning import is_masked
from ledgers.files import XLSX
from ledgers.importing import check, rehearse, store
from ledgers.kinds import Phone
from ledgers.marking import error_workbook
from ledgers.models import ImportRun
from ledgers.reading import Reading
from ledgers.refusal import LedgerRefused
from ledgers.registry import DatabaseResolver, Ledger, ledger
from ledgers.sheet import Values
from ledgers.signals import import_finished
from ledgers.storing import Counts
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
CHECK, STORE = "ledgers.import_check", "ledgers.import_store"
#: The states in which an import can still be dropped.
OPEN = frozenset({ImportRun.State.UPLOADED, ImportRun.State.CHECKED})
NOT_CLEAN = "文件里还有错误，按“全部无误才导入”没有写入任何数据。请下载错误标注文件改正后重新上传。"


def import_upload(*, actor: Actor, sheet_key: str, name: str, content: bytes) -> ImportRun:
    """Keep an uploaded ledger and have it checked in the background. Nothing of it is imported yet.

    Raises `ValidationError` for an empty file and a full quota; `upload_size_check` comes before the content is read.
    """
    actor.require(*IMPORTERS)
    if not content:
        raise ValidationError("文件是空的，请重新选择。")
    upload_size_check(len(content))
    source = file_store(name=name, content=content, content_type="application/octet-stream", uploaded_by=actor.user)
    run = ImportRun.objects.create(sheet_key=ledger(sheet_key).sheet.key, source=source, started_by=actor.user)
    _start(run, actor, CHECK, f"检查《{ledger(sheet_key).sheet.title}》")
    return run


def upload_size_check(size: int) -> None:
    """Raise `ValidationError` for a file of more bytes than a ledger may have."""
    if size > settings.LEDGER_MAX_BYTES:
        most = settings.LEDGER_MAX_BYTES // 1024 // 1024
        raise ValidationError(f"文件超过 {most} MB。请删去图片和无关的工作表，或分成几个文件再导入。")


def import_commit(*, actor: Actor, run: ImportRun, only_if_clean: bool) -> ImportRun:
    """Import the rows without error of a checked file in the background; with `only_if_clean` all rows or none.

    Raises `ValidationError` when the run is not waiting for this, e.g. because somebody else was quicker.
    """
    actor.require(*IMPORTERS)
    locked = _locked(run)
    if locked.is_busy:
        raise ValidationError("这份台账正在处理，请等它完成，不必再点。")
    if locked.state != ImportRun.State.CHECKED:
        raise ValidationError(f"这次导入现在是“{locked.get_state_display()}”，不能再次导入。")
    if only_if_clean and locked.errors:
        raise ValidationError(NOT_CLEAN)
    if not locked.accepted:
        raise ValidationError("没有可以导入的行。请按错误标注改正后重新上传。")
    title = f"导入《{ledger(locked.sheet_key).sheet.title}》"
    _start(locked, actor, STORE, title, only_if_clean=only_if_clean)
    return locked


def import_abandon(*, actor: Actor, run: ImportRun) -> None:
    """Stop a check or import that runs, or drop a checked file.

    Raises `ValidationError` when there is nothing left to stop.
    """
    actor.require(*IMPORTERS)
    locked = _locked(run)
    if locked.state not in OPEN:
        raise ValidationError(f"来不及取消了：这次导入已经是“{locked.get_state_display()}”。")
    if locked.job is not None:
        job_cancel(actor_user=actor.user, job=locked.job)
    ImportRun.objects.filter(pk=locked.pk).update(state=ImportRun.State.CANCELLED, finished_at=timezone.now())


def _locked(run: ImportRun) -> ImportRun:
    return ImportRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)


def _start(run: ImportRun, actor: Actor, task: str, title: str, **arguments: Any) -> None:
    run.job = job_enqueue(task=task, title=title, arguments={"run": run.pk, **arguments}, started_by=actor.user)
    run.save(update_fields=["job"])


# Called by the tasks, outside any scope: progress must be seen while the work goes on.


def run_check(progress: JobRun, run_id: int) -> None:
    """The dry run: read everything, try what storing it would do, keep only what was found."""
    run, content = _opened(progress, run_id)
    try:
        reading = _read(progress, run, content)
    except LedgerRefused as refusal:
        with tenant_scope(progress.tenant_id):
            _still(run_id, ImportRun.State.UPLOADED)
            refused = {"state": ImportRun.State.REFUSED, "message": str(refusal), "finished_at": timezone.now()}
            ImportRun.objects.filter(pk=run_id).update(**refused)
        return
    found = _found(run, reading, content)
    progress.progress(_steps(run) - 1, _steps(run), "与已有数据比对")
    with tenant_scope(progress.tenant_id):
        counts = rehearse(ledger(run.sheet_key), reading, today=timezone.localdate())
        _still(run_id, ImportRun.State.UPLOADED)
        _settle(run, ImportRun.State.CHECKED, counts, **found, preview=_preview(run, reading))


def run_store(progress: JobRun, run_id: int, *, only_if_clean: bool) -> None:
    """Read again (the registers may have changed meanwhile) and write what is in order, all in one transaction.

    Raises `LedgerRefused` if all rows or none were wanted and one has an error now.
    """
    run, content = _opened(progress, run_id)
    if run.state == ImportRun.State.IMPORTED:
        return  # Its worker died after the last word: everything is written.
    reading = _read(progress, run, content)
    if only_if_clean and reading.errors:
        raise LedgerRefused("not_clean", NOT_CLEAN)
    found = _found(run, reading, content)
    progress.progress(_steps(run) - 1, _steps(run), "写入数据")
    with tenant_scope(progress.tenant_id, actor_id=progress.job.started_by_id, request_id=f"import:{run_id}"):
        counts = store(ledger(run.sheet_key), reading, today=timezone.localdate(), name=run.source.original_name)
        # Asked last, so that whoever cancels need not wait until all is written only to hear that it is too late.
        _still(run_id, ImportRun.State.CHECKED)
        _settle(run, ImportRun.State.IMPORTED, counts, **found, finished_at=timezone.now())
        import_finished.send(ImportRun, run=run)


def _opened(progress: JobRun, run_id: int) -> tuple[ImportRun, bytes]:
    with tenant_scope(progress.tenant_id):
        run = ImportRun.objects.select_related("source", "started_by").get(pk=run_id)
        content = file_content(run.source)
    progress.progress(0, _steps(run), "打开文件")
    return run, content


def _steps(run: ImportRun) -> int:
    """One for each column, one for the tables."""
    return len(ledger(run.sheet_key).sheet.columns) + 1


def _still(run_id: int, state: ImportRun.State) -> None:
    """Raise `JobCancelledError`, which takes the transaction back, unless the run is in this state."""
    if ImportRun.objects.select_for_update().get(pk=run_id).state != state:
        raise JobCancelledError


def _found(run: ImportRun, reading: Reading, content: bytes) -> dict[str, Any]:
    """What a reading says about the file, and the marked copy unless an earlier one says the same."""
    errors = [asdict(error) for error in reading.errors[:MOST_ERRORS]]
    found = {"total": reading.total, "accepted": len(reading.rows), "errors": errors, "remarks": _remarks(run, reading)}
    if errors and errors != run.errors:
        found["marked"] = error_workbook(content, reading)
    return found


def _settle(
    run: ImportRun, state: ImportRun.State, counts: Counts, *, remarks: list[str], marked: bytes = b"", **values: Any
) -> None:
    """Write what became of a run."""
    if marked:
        name = f"{ledger(run.sheet_key).sheet.title}（错误标注）.xlsx"
        values["error_workbook"] = file_store(name=name, content=marked, content_type=XLSX, uploaded_by=run.started_by)
    for name, value in {
        "state": state,
        "created": counts.created,
        "updated": counts.updated,
        "unchanged": counts.unchanged,
        "remarks": [*remarks, *counts.remarks],
        **values,
    }.items():
        setattr(run, name, value)
    run.save()


def _read(progress: JobRun, run: ImportRun, content: bytes) -> Reading:
    def tell(done: int, of: int) -> None:
        progress.progress(done, of + 1, "逐列检查")

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


def _remarks(run: ImportRun, reading: Reading) -> list[str]:
    remarks = list(reading.notices)
    columns = ledger(run.sheet_key).sheet.columns
    if reading.unknown_columns:
        names = "、".join(
            f"{column.header or '（无标题）'}（{column.letter} 列）" for column in reading.unknown_columns
        )
        remarks.append(f"这些列不在模板里，没有导入：{names}")
    if reading.absent_columns:
        names = "、".join(column.header for column in columns if column.key in reading.absent_columns)
        remarks.append(f"文件里没有这些列，系统里已有的内容不变：{names}")
    for column in columns:
        hidden = sum(is_masked(row.values[column.key]) for row in reading.rows if isinstance(column.kind, Phone))
        if hidden:
            remarks.append(
                f"{column.header}有 {hidden} 个是隐去中间几位的号码，不导入：系统里已有的号码不变，新增的行为空"
            )
    if reading.skipped_rows:
        remarks.append(f"跳过合计、说明和空行 {len(reading.skipped_rows)} 行")
    if reading.reported_on:
        remarks.append(f"填报日期：{reading.reported_on:%Y-%m-%d}")
    if len(reading.errors) > MOST_ERRORS:
        remarks.append(f"错误共 {len(reading.errors)} 处，这里列出前 {MOST_ERRORS} 处，其余见错误标注文件")
    return remarks


def _preview(run: ImportRun, reading: Reading) -> list[list[str]]:
    """The first rows as they stand in the file, phones masked."""
    sheet, lines = ledger(run.sheet_key).sheet, []
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
    hidden = () if actor.is_admin else [c.key for c in found.sheet.columns if isinstance(c.kind, Phone)]
    count = 0

    def lines() -> Iterator[Values]:
        nonlocal count
        for row in found.rows(rows):
            count += 1
            yield {**row, **{key: masked_phone(row[key]) for key in hidden}} if hidden else row

    content = export_workbook(found.sheet, lines(), tuple(title_lines))
    audit.record(AuditEntry.Verb.EXPORT, label=found.sheet.title, details={"rows": count})
    return content
