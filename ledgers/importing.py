"""Reading ledgers against the database and writing what is in order: the one way for pages, commands and jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.utils import timezone

from ledgers.archive import Limits
from ledgers.kinds import Resolver
from ledgers.reading import Progress, Reading, read
from ledgers.refusal import LedgerRefused
from ledgers.registry import DatabaseResolver, Ledger, ledgers
from ledgers.storing import Counts
from tenants import audit
from tenants.models import AuditEntry


@dataclass
class FileResult:
    """What became of one file of a folder."""

    name: str
    ledger: Ledger | None
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


def store(ledger: Ledger, reading: Reading, *, today: date, name: str) -> Counts:
    """Write the accepted rows of a reading in the open transaction, with one audit entry for the import itself."""
    reported_on = reading.reported_on or today
    counts = ledger.store(reading.rows, reported_on)
    for follower in ledger.followers:
        follower(reading.rows, reported_on)
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
    return counts


def import_folder(folder: Path, *, only: Collection[str] | None = None) -> list[FileResult]:
    """Import the ledgers of a folder, rows without error only, in the order in which they refer to each other.

    联盟名册 names enterprises (发起单位) and 企业名册 names alliances (所属联盟): names that another file of the folder
    brings are promised first, and the ledgers that relied on a promise are written a second time at the end.
    """
    found = [(path, _ledger_of(path)) for path in sorted(folder.iterdir()) if _is_ledger(path)]
    if only is not None:
        found = [(path, ledger) for path, ledger in found if ledger and ledger.sheet.key in only]
    known = sorted(((path, ledger) for path, ledger in found if ledger), key=lambda pair: pair[1].order)
    results = [
        FileResult(path.name, None, refused="没有与文件名对应的台账，请按模板文件名保存。")
        for path, ledger in found
        if not ledger
    ]
    names = {ledger.sheet.key: path for path, ledger in known}
    again: list[tuple[FileResult, Ledger]] = []
    for path, ledger in known:
        result = FileResult(path.name, ledger)
        results.append(result)
        promised = _promised(ledger, names)
        try:
            result.reading = check(path, ledger, resolver=DatabaseResolver(promised))
        except LedgerRefused as refusal:
            result.refused = str(refusal)
            continue
        result.counts = store(ledger, result.reading, today=timezone.localdate(), name=path.name)
        if promised:
            again.append((result, ledger))
    for result, ledger in again:
        reading = check(folder / result.name, ledger)
        store(ledger, reading, today=timezone.localdate(), name=result.name)
        result.reading = reading
    return results


def _is_ledger(path: Path) -> bool:
    return path.suffix.lower() in {".xlsx", ".xls", ".csv"} and not path.name.startswith(("~", "."))


def _ledger_of(path: Path) -> Ledger | None:
    """The ledger whose title stands in the file's name."""
    return next((ledger for ledger in ledgers() if ledger.sheet.title in path.stem), None)


def _promised(ledger: Ledger, files: Mapping[str, Path]) -> dict[str, list[str]]:
    """Names of enterprises that a later file of the folder brings, for a ledger that is imported before it."""
    roster = next((each for each in ledgers() if each.sheet.key == "enterprises"), None)
    if roster is None or roster.sheet.key not in files or ledger.order >= roster.order:
        return {}
    reading = read(files[roster.sheet.key], roster.sheet, _Anything())
    return {"enterprise": [row.values["name"] for row in reading.rows]}


class _Anything(DatabaseResolver):
    """Takes every name as known: used to learn which names a file brings."""

    def resolve(self, register, names):  # type: ignore[no-untyped-def]
        return dict.fromkeys(names, 0)
