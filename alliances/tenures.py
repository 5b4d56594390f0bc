"""Whose person exercises a term on which days: a new secretary or an acting holder consumes no turn (domain.md §3).

The term belongs to a Party organisation; its days are divided among persons without gap or overlap. Plain functions:
no clock, no database. Days are inclusive on both ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
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
            kept.append(replace(each, ends_on=min(each.ends_on, new.starts_on - ONE_DAY)))
        if each.ends_on > new.ends_on:
            kept.append(replace(each, starts_on=max(each.starts_on, new.ends_on + ONE_DAY)))
    return tuple(sorted((*kept, new), key=lambda each: each.starts_on))


def own_only(tenures: Iterable[Tenure]) -> tuple[Tenure, ...]:
    """The tenures as if nobody had acted: the holder's own persons fill those days, the earlier one first."""
    given = tuple(tenures)
    own: list[Tenure] = []
    for each in given:
        if not each.is_acting and (not own or own[-1].person != each.person):
            starts_on = each.starts_on if own else given[0].starts_on
            own = [replace(last, ends_on=min(last.ends_on, starts_on - ONE_DAY)) for last in own]
            own.append(Tenure(each.holder, each.person, starts_on, given[-1].ends_on))
    return tuple(own)


def with_person(tenures: Iterable[Tenure], person: str, since: date) -> tuple[Tenure, ...]:
    """The tenures after a change of the holder's own person: from `since` on, save the days of acting holders."""
    changed: list[Tenure] = []
    for each in tenures:
        if each.is_acting or each.ends_on < since or each.person == person:
            changed.append(each)
            continue
        if each.starts_on < since:
            changed.append(replace(each, ends_on=since - ONE_DAY))
        changed.append(replace(each, person=person, starts_on=max(each.starts_on, since)))
    return tuple(changed)


def fitted(tenures: Iterable[Tenure], ends_on: date) -> tuple[Tenure, ...]:
    """The tenures of a term that now ends on another day: cut, or the last one lengthened."""
    kept = [each for each in tenures if each.starts_on <= ends_on]
    return (*kept[:-1], replace(kept[-1], ends_on=ends_on))
