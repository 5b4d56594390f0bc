"""Which ledgers there are. Each app registers its own in `AppConfig.ready`; nothing here knows a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from ledgers.kinds import Options
from ledgers.reading import Reading
from ledgers.sheet import Sheet, Values
from ledgers.storing import Counts
from tenants.models import DictionaryEntry
from tenants.permissions import Actor

#: Writes the accepted rows of a reading in the open transaction; the date is today. Columns that the file does not
#: have (`Reading.absent_columns`) leave what is known as it is.
Store = Callable[[Reading, date], Counts]
Follower = Callable[[Reading, date], None]
#: Names → what each stands for, as `ledgers.kinds.Resolver.resolve` says.
Lookup = Callable[[Collection[str]], Mapping[str, Any]]


@dataclass(frozen=True)
class Ledger:
    """One ledger: its sheet, how its rows are written, and how rows of the tables become rows of the sheet again."""

    sheet: Sheet
    store: Store
    #: The queryset of a list page → the values of its sheet, in order.
    rows: Callable[[QuerySet], Iterable[Values]]
    #: What `rows` starts from for a blank filter: everything that the actor may see.
    everything: Callable[[Actor], QuerySet]
    #: Place in a folder import: what others refer to comes first.
    order: int
    #: Further tables that apps of upper floors fill from the same rows.
    followers: list[Follower] = field(default_factory=list)


_ledgers: dict[str, Ledger] = {}
_lookups: dict[str, Lookup] = {}
#: Register → sheet and column that fill it.
_sources: dict[str, tuple[str, str]] = {}


def register(ledger: Ledger) -> None:
    """Make a ledger known."""
    _ledgers[ledger.sheet.key] = ledger


def register_lookup(name: str, lookup: Lookup, *, source: tuple[str, str] | None = None) -> None:
    """Make a register known to `Lookup` columns. `source` is the sheet and the column whose import fills it."""
    _lookups[name] = lookup
    if source is not None:
        _sources[name] = source


def follow(sheet_key: str, store: Follower) -> None:
    """Let an upper floor write its own tables from the rows of a lower floor's ledger."""
    _ledgers[sheet_key].followers.append(store)


def ledgers() -> list[Ledger]:
    """All ledgers in the order in which a folder is imported."""
    return sorted(_ledgers.values(), key=lambda ledger: ledger.order)


def ledger(sheet_key: str) -> Ledger:
    """One ledger; `KeyError` if there is none of that key."""
    return _ledgers[sheet_key]


def registers_of(ledger: Ledger) -> list[tuple[str, str]]:
    """The registers that this ledger fills, each with the column of its names."""
    return [(name, column) for name, (sheet_key, column) in _sources.items() if sheet_key == ledger.sheet.key]


def lookup(register: str, names: Collection[str]) -> Mapping[str, Any]:
    """What the names stand for in the open tenant scope."""
    return _lookups[register](names)


@dataclass
class DatabaseResolver:
    """What exists in the open tenant scope.

    `promised` are names that another file of the same folder import will bring (联盟名册 and 企业名册 refer to each
    other); they resolve to None, and `relied` tells whether that happened.
    """

    promised: Mapping[str, Collection[str]] = field(default_factory=dict)
    relied: bool = False

    def resolve(self, register: str, names: Collection[str]) -> Mapping[str, Any]:
        found = dict(lookup(register, names))
        awaited = (set(names) & set(self.promised.get(register, ()))) - found.keys()
        self.relied = self.relied or bool(awaited)
        return found | dict.fromkeys(awaited)

    def dictionary(self, name: str) -> Options:
        entries = DictionaryEntry.objects.filter(kind=name, is_active=True)
        return list(entries.order_by("position", "pk").values_list("pk", "label"))
