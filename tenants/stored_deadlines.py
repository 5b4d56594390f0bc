"""Deadlines that upper floors store as instants, each with the version of the calendar it was computed with.

They stay as they are when the calendar changes. An administrator may have those that are still open computed again;
each app registers how from its `AppConfig.ready`, as it does with its tabs (docs/adr/0030, 0060).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class StoredDeadlines:
    """One kind of stored deadlines.

    `outdated(version)` counts the open ones of an older version. `recompute(actor=…, calendar=…, token=…, now=…)`
    brings these to `calendar`, tells each record's own log, and returns how many moved; run twice, it does nothing
    more. Both run in the tenant's scope, the second in the transaction of `tenants.services.deadlines_recompute`.
    """

    key: str
    label: str
    outdated: Callable[[int], int]
    recompute: Callable[..., int]


_kinds: dict[str, StoredDeadlines] = {}


def register(kind: StoredDeadlines) -> None:
    """Make a kind known."""
    _kinds[kind.key] = kind


def kinds() -> list[StoredDeadlines]:
    """All kinds, in a fixed order."""
    return [_kinds[key] for key in sorted(_kinds)]
