"""Reading ledgers against the database and writing what is in order: the one way for pages, commands and jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from ledgers.archive import Limits
from ledgers.kinds import Resolver
from ledgers.reading import Progress, Reading, read
from ledgers.refusal import LedgerRefused
from ledgers.registry import DatabaseResolver, Ledger, ledgers, lookup, registers_of
from ledgers.storing import Counts
from tenants import audit
from tenants.models import AuditEntry
from tenants.scope import require_tenant_id

#: First of the two keys of the advisory lock under which a tenant's imports are written one after the other.
IMPORT_LOCK = 7302

Promises = Mapping[str, frozenset[str]]


@dataclass
class FileResult:
    """What became of one file of a folder."""

    name: str
    reading: Reading | None = None
    counts: Counts = field(default_factory=Counts)
    refused: str = ""


def check(
    source: Path | bytes,
    ledger: Ledger,
    *,
    resolver: Resolver | None = None,
    limits: Limits | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Read a file without writing anything: the dry run. `resolver` looks names up in the open scope unless given.

    Raises `LedgerRefused` if the file as a whole cannot be taken.
    """
    return read(source, ledger.sheet, resolver or DatabaseResolver(), limits=limits, progress=progress)


def rehearse(ledger: Ledger, reading: Reading, *, today: date) -> Counts:
    """What storing this reading now would do: it is done and taken back."""
    with transaction.atomic():
        _one_at_a_time()
        counts = ledger.store(reading, today)
        transaction.set_rollback(True)
    return counts


def store(ledger: Ledger, reading: Reading, *, today: date, name: str) -> Counts:
    """Write the accepted rows of a reading in the open transaction, with one audit entry for the import itself."""
    _one_at_a_time()
    counts = ledger.store(reading, today)
    _finish(ledger, reading, counts, today=today, name=name)
    return counts


def _finish(ledger: Ledger, reading: Reading, counts: Counts, *, today: date, name: str) -> None:
    for follower in ledger.followers:
        follower(reading, today)
    audit.record(
        AuditEntry.Verb.IMPORT,
        label=f"{ledger.sheet.title}：{name}",
        details={
            "accepted": len(reading.rows),
            "rejected": len(reading.rejected),
            "created": counts.created,
            "updated": counts.updated,
            "unchanged": counts.unchanged,
        },
    )


def _one_at_a_time() -> None:
    """Wait until no other import of this tenant is writing: two that name the same rows would block each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [IMPORT_LOCK, require_tenant_id() % 2**31])


def import_folder(folder: Path, *, only: Collection[str] | None = None) -> list[FileResult]:
    """Import the ledgers of a folder, rows without error only, in the order in which they refer to each other.

    联盟名册 names enterprises (发起单位) and 企业名册 names alliances (所属联盟): names that a later file of the folder
    brings are promised to an earlier one. A promise that is not kept (the enterprise's own row has an error) undoes
    everything, and all is done again without it.
    """
    found = [(path, _ledger_of(path)) for path in sorted(folder.iterdir()) if _is_ledger(path)]
    if only is not None:
        found = [(path, ledger) for path, ledger in found if ledger and ledger.sheet.key in only]
    names = "、".join(ledger.sheet.title for ledger in ledgers())
    strangers = [
        FileResult(path.name, refused=f"文件名里没有台账的名称（{names}），没有导入。请改名后再导入。")
        for path, ledger in found
        if not ledger
    ]
    known = sorted(((path, ledger) for path, ledger in found if ledger), key=lambda pair: pair[1].order)
    promises = _promises(known)
    while True:
        with transaction.atomic():
            results = _import_all(known, promises)
            broken = {register: names - lookup(register, names).keys() for register, names in promises.items()}
            if not any(broken.values()):
                return strangers + results
            transaction.set_rollback(True)
        promises = {register: names - broken[register] for register, names in promises.items()}


def _import_all(files: list[tuple[Path, Ledger]], promises: Promises) -> list[FileResult]:
    today = timezone.localdate()
    results = []
    #: Ledgers some of whose names another file still has to bring.
    waiting: list[tuple[Path, Ledger, FileResult]] = []
    _one_at_a_time()
    for path, ledger in files:
        result = FileResult(path.name)
        results.append(result)
        resolver = DatabaseResolver(promises)
        try:
            result.reading = check(path, ledger, resolver=resolver)
        except LedgerRefused as refusal:
            result.refused = str(refusal)
            continue
        result.counts = ledger.store(result.reading, today)
        if registers_of(ledger):
            # Before anything follows from this ledger, those that waited for it learn who is meant.
            for earlier, its_ledger, its_result in waiting:
                its_result.reading = check(earlier, its_ledger, resolver=DatabaseResolver(promises))
                its_ledger.store(its_result.reading, today)
        if resolver.relied:
            waiting.append((path, ledger, result))
        _finish(ledger, result.reading, result.counts, today=today, name=path.name)
    return results


def _is_ledger(path: Path) -> bool:
    is_table = path.suffix.lower() in {".xlsx", ".xls", ".csv"}
    return is_table and path.is_file() and not path.name.startswith(("~", "."))


def _ledger_of(path: Path) -> Ledger | None:
    """The ledger whose title stands in the file's name."""
    return next((ledger for ledger in ledgers() if ledger.sheet.title in path.stem), None)


def _promises(files: list[tuple[Path, Ledger]]) -> Promises:
    """The names that files bring to registers which files before them refer to, by register."""
    promises: dict[str, frozenset[str]] = {}
    for position, (path, ledger) in enumerate(files):
        for register, column in registers_of(ledger):
            referring = [
                earlier
                for _, earlier in files[:position]
                if earlier is not ledger
                and any(getattr(each.kind, "registry", "") == register for each in earlier.sheet.columns)
            ]
            if referring:
                promises[register] = promises.get(register, frozenset()) | _names_in(path, ledger, column)
    return promises


def _names_in(path: Path, ledger: Ledger, column: str) -> frozenset[str]:
    try:
        reading = read(path, ledger.sheet, _Anything())
    except LedgerRefused:
        return frozenset()
    return frozenset(row.values[column] for row in reading.rows)


class _Anything(DatabaseResolver):
    """Takes every name as known: used to learn which names a file brings."""

    def resolve(self, register, names):  # type: ignore[no-untyped-def]
        return dict.fromkeys(names, 0)
