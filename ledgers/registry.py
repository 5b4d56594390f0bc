"""Which ledgers there are. Each app registers its own in `AppConfig.ready`; nothing here knows a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import QuerySet

from ledgers.kinds import Options
from ledgers.reading import Row
from ledgers.sheet import Sheet, Values
from ledgers.storing import Counts
from tenants.models import DictionaryEntry
from tenants.permissions import Actor

#: Writes accepted rows in the open transaction. `reported_on` is the sheet's 填报日期, or today.
Store = Callable[[Sequence[Row], date], Counts]
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
    followers: list[Callable[[Sequence[Row], date], None]] = field(default_factory=list)


_ledgers: dict[str, Ledger] = {}
_lookups: dict[str, Lookup] = {}


def register(ledger: Ledger) -> None:
    """Make a ledger known."""
    _ledgers[ledger.sheet.key] = ledger


def register_lookup(name: str, lookup: Lookup) -> None:
    """Make a register known to `Lookup` columns: names → ids of what they stand for."""
    _lookups[name] = lookup


def follow(sheet_key: str, store: Callable[[Sequence[Row], date], None]) -> None:
    """Let an upper floor write its own tables from the rows of a lower floor's ledger."""
    _ledgers[sheet_key].followers.append(store)


def ledgers() -> list[Ledger]:
    """All ledgers in the order in which a folder is imported."""
    return sorted(_ledgers.values(), key=lambda ledger: ledger.order)


def ledger(sheet_key: str) -> Ledger:
    """One ledger; `KeyError` if there is none of that key."""
    return _ledgers[sheet_key]


@dataclass
class DatabaseResolver:
    """What exists in the open tenant scope.

    `promised` are names that another file of the same folder import will bring (联盟名册 and 企业名册 refer to each
    other); they resolve to None, and the referring ledger is stored a second time at the end.
    """

    promised: Mapping[str, Collection[str]] = field(default_factory=dict)

    def resolve(self, register: str, names: Collection[str]) -> Mapping[str, Any]:
        found = dict.fromkeys(set(names) & set(self.promised.get(register, ())))
        return found | dict(_lookups[register](names))

    def dictionary(self, name: str) -> Options:
        entries = DictionaryEntry.objects.filter(kind=name, is_active=True)
        return list(entries.order_by("position", "pk").values_list("pk", "label"))
