"""Whose person exercises a term on which days: a new secretary or an acting holder consumes no turn (domain.md §3).

The term belongs to a Party organisation; its days are divided among persons without gap or overlap. Plain functions:
no clock, no database. Days are inclusive on both ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Tenure:
    """Whose person exercises a term on which days; `is_acting` when for another unit, which keeps its own turn."""

    holder: int
    person: str
    starts_on: date
    ends_on: date
    is_acting: bool = False


def overlaid(tenures: Iterable[Tenure], new: Tenure) -> tuple[Tenure, ...]:
    """Put `new` over a term's tenures: what it covers is cut away, so that every day still has exactly one person."""
    kept: list[Tenure] = []
    for each in tenures:
        if each.starts_on < new.starts_on:
            ends_on = min(each.ends_on, new.starts_on - ONE_DAY)
            kept.append(Tenure(each.holder, each.person, each.starts_on, ends_on, each.is_acting))
        if each.ends_on > new.ends_on:
            starts_on = max(each.starts_on, new.ends_on + ONE_DAY)
            kept.append(Tenure(each.holder, each.person, starts_on, each.ends_on, each.is_acting))
    return tuple(sorted((*kept, new), key=lambda each: each.starts_on))


def with_person(tenures: Iterable[Tenure], person: str, since: date) -> tuple[Tenure, ...]:
    """The tenures after a change of the holder's own person: from `since` on, save the days of acting holders."""
    changed: list[Tenure] = []
    for each in tenures:
        if each.is_acting or each.ends_on < since or each.person == person:
            changed.append(each)
            continue
        if each.starts_on < since:
            changed.append(Tenure(each.holder, each.person, each.starts_on, since - ONE_DAY))
        changed.append(Tenure(each.holder, person, max(each.starts_on, since), each.ends_on))
    return tuple(changed)


def fitted(tenures: Iterable[Tenure], ends_on: date) -> tuple[Tenure, ...]:
    """The tenures of a term that now ends on another day: cut, or lengthened by the holder's own person."""
    kept = [
        Tenure(each.holder, each.person, each.starts_on, min(each.ends_on, ends_on), each.is_acting)
        for each in tenures
        if each.starts_on <= ends_on
    ]
    own = next((each for each in reversed(kept) if not each.is_acting), kept[-1])
    if kept[-1].ends_on < ends_on:
        rest = Tenure(own.holder, own.person, kept[-1].ends_on + ONE_DAY, ends_on)
        joined = Tenure(own.holder, own.person, own.starts_on, ends_on)
        kept = [*kept[:-1], joined] if kept[-1] == own else [*kept, rest]
    return tuple(kept)
