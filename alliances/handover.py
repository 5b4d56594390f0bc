"""The handover pack (交接清单) of a term: its parts, its digest and its light (domain.md §3). No clock, no database.

What a pack lists belongs to several floors, so each app registers its sections from its `AppConfig.ready`
(docs/adr/0044).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from tenants.working_days import WorkingCalendar

#: Working days after the turn within which a pack is to be signed by all three.
DAYS = 5
#: With this many working days left the light turns amber.
AMBER_DAYS = 2


@dataclass(frozen=True)
class Handed:
    """What a section is compiled for: the outgoing term of an alliance, and the first day of the next one."""

    alliance_id: int
    starts_on: date
    ends_on: date
    handed_on: date
    today: date


@dataclass(frozen=True)
class Row:
    """One record of a section: its cells in the order of the columns, and the address that opens it.

    With a `colour` (green, amber, red, grey, done) the last cell is a light.
    """

    pk: int
    url: str
    cells: tuple[str, ...]
    colour: str = ""


@dataclass(frozen=True)
class Part:
    """A section as compiled. `summary` is its sentence in the quarter's figures, `empty` what stands without rows."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    summary: str
    empty: str


@dataclass(frozen=True)
class Section:
    """One kind of records in a pack. `visible(actor=…)` are those that somebody may open."""

    position: int
    key: str
    compile: Callable[[Handed], Part]
    visible: Callable[..., Any]


_sections: dict[str, Section] = {}


def register(*sections: Section) -> None:
    """Make sections known."""
    _sections.update({section.key: section for section in sections})


def section_list() -> list[Section]:
    """All sections, in the order of the pack."""
    return sorted(_sections.values(), key=lambda section: section.position)


def section_of(key: str) -> Section | None:
    """A section by its key; None for one that an older pack knew."""
    return _sections.get(key)


def content_of(
    facts: Iterable[tuple[str, str]], parts: dict[str, Part], texts: Iterable[tuple[str, str]]
) -> dict[str, Any]:
    """A whole pack as JSON values: who hands what to whom, the parts by key, the texts that were written for it."""
    return {
        "facts": [list(pair) for pair in facts],
        "parts": [{"key": key, **_plain(part)} for key, part in parts.items()],
        "texts": [list(pair) for pair in texts],
    }


def _plain(part: Part) -> dict[str, Any]:
    rows = [{**asdict(row), "cells": list(row.cells)} for row in part.rows]
    return {**asdict(part), "columns": list(part.columns), "rows": rows}


def digest(content: dict[str, Any]) -> str:
    """SHA-256 of a pack's content in its canonical spelling: what each party signs."""
    written = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(written.encode()).hexdigest()


def due_on(handed_on: date, calendar: WorkingCalendar) -> date:
    """The last day on which a pack is in time."""
    return calendar.add_working_days(handed_on, DAYS)


@dataclass(frozen=True)
class Light:
    """`colour` is green, amber, red or done; `words` say the same."""

    colour: str
    words: str


def light(*, due_on: date, completed_on: date | None, today: date, calendar: WorkingCalendar) -> Light:
    """The light of a pack that must be signed by `due_on` (inclusive). Late days are natural days."""
    if completed_on is not None:
        late = (completed_on - due_on).days
        return Light("done", f"超期 {late} 天完成" if late > 0 else "按期完成")
    if today > due_on:
        return Light("red", f"超期 {(today - due_on).days} 天")
    left = calendar.working_days_between(today, due_on)
    words = "今天到期" if today == due_on else f"还剩 {left} 个工作日" if left else "剩余不足 1 个工作日"
    return Light("amber" if left <= AMBER_DAYS else "green", words)
