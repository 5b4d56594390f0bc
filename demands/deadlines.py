"""The light of a demand (domain.md §4). Plain functions over dates: no clock, no database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from tenants.working_days import WorkingCalendar

#: A demand turns amber with this many working days left, or a third of its term if that is less.
AMBER_DAYS = 2


@dataclass(frozen=True)
class Light:
    """`colour` is green, amber, red, grey (the clock stands still) or done; `words` say the same to the reader: never
    colour alone."""

    colour: str
    words: str


def light(
    *,
    started_on: date,
    due_on: date | None,
    closed_on: date | None,
    today: date,
    calendar: WorkingCalendar,
    settled_on: date | None = None,
    waits: str = "",
) -> Light:
    """The light of a demand whose clock started on `started_on` and must be done by `due_on` (inclusive).

    `settled_on` is the day of the answer that stopped the clock, `waits` says for whom it stands still. Remaining time
    counts working days, an overdue one natural days, as offices say it ("超期 1 天").
    """
    if closed_on is not None:
        late = ((settled_on or closed_on) - due_on).days if due_on else 0
        return Light("done", f"超期 {late} 天办结" if late > 0 else "按期办结" if due_on else "已办结")
    if waits:
        return Light("grey", waits)
    if settled_on is not None:
        return Light("green", "已答复，等企业评价")
    if due_on is None:
        return Light("green", "未定办理时限")
    if due_on < today:
        return Light("red", f"超期 {(today - due_on).days} 天")
    left = calendar.working_days_between(today, due_on)
    term = calendar.working_days_between(started_on, due_on)
    words = "今天到期" if due_on == today else f"还剩 {left} 个工作日" if left else "剩余不足 1 个工作日"
    return Light("amber" if left <= AMBER_DAYS and 3 * left <= term else "green", words)


@dataclass(frozen=True)
class AmberBand:
    """Open demands due in [`due_from`, `due_before`) are amber if their clock started before `started_before`."""

    due_from: date
    due_before: date
    started_before: date


def amber_bands(today: date, calendar: WorkingCalendar) -> tuple[AmberBand, ...]:
    """The amber rule of `light` as a few dates, for use on whole tables.

    Due dates with r working days left lie between the r-th working day after today and the next. The term has at
    least 3 r working days exactly if the clock started before the 3 r-th working day counted back from there.
    """
    bands = [AmberBand(today, calendar.add_working_days(today, 1), date.max)]
    for left in range(1, AMBER_DAYS + 1):
        first = calendar.add_working_days(today, left)
        bands.append(
            AmberBand(first, calendar.add_working_days(first, 1), calendar.add_working_days(first, 1 - 3 * left))
        )
    return tuple(bands)
