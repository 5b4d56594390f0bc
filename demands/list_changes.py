"""What a published list says, and how two versions of it differ (domain.md §4). Plain functions over texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: So many first cells name a row in sentences: "缺少熟练焊工 XQ-2026-000123".
NAMING = 2


@dataclass(frozen=True)
class Row:
    """One record of a list. `key` is the same in every version, whatever its cells say."""

    key: str
    cells: tuple[str, ...]

    @property
    def name(self) -> str:
        return " ".join(cell for cell in self.cells[:NAMING] if cell)


@dataclass(frozen=True)
class Listing:
    """A list in its order. Raises `ValueError` for repeated columns or keys, and for rows of another width."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        if len(set(self.columns)) != len(self.columns) or len({row.key for row in self.rows}) != len(self.rows):
            raise ValueError("columns and keys of a list are unique")
        if any(len(row.cells) != len(self.columns) for row in self.rows):
            raise ValueError("each row has a cell for each column")

    @property
    def heads(self) -> list[str]:
        """The heads of a table in which the columns that name a row share one."""
        return ["、".join(self.columns[:NAMING]), *self.columns[NAMING:]]

    @property
    def lines(self) -> list[tuple[Row, list[tuple[str, str]]]]:
        """Each row with its further cells by column, for that table."""
        pairs = ((row, zip(self.columns, row.cells, strict=True)) for row in self.rows)
        return [(row, list(cells)[NAMING:]) for row, cells in pairs]

    def by_key(self) -> dict[str, dict[str, str]]:
        """The cells of each row by column, by the row's key."""
        return {row.key: dict(zip(self.columns, row.cells, strict=True)) for row in self.rows}


@dataclass(frozen=True)
class Change:
    """One cell that says something else now. A column that the older version lacks was empty there."""

    column: str
    before: str
    after: str

    @property
    def words(self) -> str:
        if not self.before:
            return f"“{self.column}”补填为“{self.after}”"
        if not self.after:
            return f"“{self.column}”原为“{self.before}”，现在空着"
        return f"“{self.column}”由“{self.before}”改为“{self.after}”"


@dataclass(frozen=True)
class ChangedRow:
    """A row that both versions have, with the cells that differ; `name` is its newer one."""

    key: str
    name: str
    changes: tuple[Change, ...]

    @property
    def words(self) -> str:
        return "；".join(change.words for change in self.changes)


@dataclass(frozen=True)
class Difference:
    """What makes a newer version out of an older one; `columns` and `order` (of keys) are the newer one's."""

    columns: tuple[str, ...]
    order: tuple[str, ...]
    added: tuple[Row, ...]
    gone: tuple[Row, ...]
    changed: tuple[ChangedRow, ...]

    @property
    def is_empty(self) -> bool:
        """Whether both versions say the same of the same records."""
        return not (self.added or self.gone or self.changed)

    @property
    def words(self) -> str:
        """ "新增 2 项，减少 1 项，变动 3 项"."""
        parts = (("新增", self.added), ("减少", self.gone), ("变动", self.changed))
        return "，".join(f"{word} {len(rows)} 项" for word, rows in parts if rows) or "没有变动"


def difference(old: Listing, new: Listing) -> Difference:
    """What came, what went and what changed between two versions, each in its own list's order."""
    before, after = old.by_key(), new.by_key()
    changed = []
    for row in new.rows:
        if row.key in before:
            pairs = ((column, before[row.key].get(column, ""), after[row.key][column]) for column in new.columns)
            changes = tuple(Change(*pair) for pair in pairs if pair[1] != pair[2])
            if changes:
                changed.append(ChangedRow(row.key, row.name, changes))
    return Difference(
        columns=new.columns,
        order=tuple(row.key for row in new.rows),
        added=tuple(row for row in new.rows if row.key not in before),
        gone=tuple(row for row in old.rows if row.key not in after),
        changed=tuple(changed),
    )


def apply(old: Listing, change: Difference) -> Listing:
    """The newer version, out of the older one and what `difference` says of both."""
    cells = old.by_key()
    for gone in change.gone:
        del cells[gone.key]
    for added in change.added:
        cells[added.key] = dict(zip(change.columns, added.cells, strict=True))
    for changed in change.changed:
        cells[changed.key] |= {each.column: each.after for each in changed.changes}
    rows = (Row(key, tuple(cells[key].get(column, "") for column in change.columns)) for key in change.order)
    return Listing(change.columns, tuple(rows))


def to_json(listing: Listing) -> dict[str, Any]:
    """A list as JSON values."""
    rows = [{"key": row.key, "cells": list(row.cells)} for row in listing.rows]
    return {"columns": list(listing.columns), "rows": rows}


def from_json(content: Mapping[str, Any]) -> Listing:
    """The list that `to_json` wrote."""
    rows = tuple(Row(row["key"], tuple(row["cells"])) for row in content["rows"])
    return Listing(tuple(content["columns"]), rows)
