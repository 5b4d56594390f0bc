"""Working days (domain.md §4). Plain values over dates: no clock, no database.

A calendar says which days differ from the usual week, Monday to Friday: holidays and make-up workdays (调休), as the
State Council's yearly notice has them (`STATUTORY`) and as a tenant has changed them (docs/adr/0060).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from chinese_calendar.constants import Holiday, holidays, workdays

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """The working days of one version of a calendar; a value that never changes, so that what was computed with it can
    be computed again.

    `free` are days off and `worked` are days of work, whatever the week says; no day is in both. A year that is not
    among `years` has no holidays yet: only its weekends are free, and pages warn (`calendar_known`).
    """

    version: int
    free: frozenset[date] = field(default=frozenset(), repr=False)
    worked: frozenset[date] = field(default=frozenset(), repr=False)
    years: frozenset[int] = field(default=frozenset(), repr=False)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`."""
        return day in self.worked or (is_weekday(day) and day not in self.free)

    def calendar_known(self, year: int) -> bool:
        """Whether the holidays of `year` are in it; otherwise only weekends are free."""
        return year in self.years

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        return sum(self.is_working_day(start + timedelta(days=n)) for n in range(1, (end - start).days + 1))

    def add_working_days(self, start: date, days: int) -> date:
        """The `days`-th working day after `start` (before it, when negative); `start` itself for 0.

        `start` does not count, whether it is a working day or not: one working day after a Friday and after the
        Saturday that follows it is the same Monday.
        """
        step = ONE_DAY if days > 0 else -ONE_DAY
        day = start
        for _ in range(abs(days)):
            day += step
            while not self.is_working_day(day):
                day += step
        return day

    def with_days(self, version: int, days: Iterable[tuple[date, bool]], years: Iterable[int] = ()) -> WorkingCalendar:
        """The next version: some days are worked (True) or off (False), and the holidays of more years are known."""
        changed = dict(days)
        works = {day for day, is_worked in changed.items() if is_worked}
        return WorkingCalendar(
            version,
            free=(self.free - works) | (changed.keys() - works),
            worked=(self.worked - changed.keys()) | works,
            years=self.years | frozenset(years),
        )


def is_weekday(day: date) -> bool:
    """Whether `day` is one of Monday to Friday."""
    return day.weekday() < 5


#: The State Council's notices as far as they are built in: what counts until a tenant changes its calendar.
STATUTORY = WorkingCalendar(
    0,
    free=frozenset(holidays),
    worked=frozenset(workdays),
    years=frozenset(day.year for day in holidays),
)

is_working_day = STATUTORY.is_working_day
calendar_known = STATUTORY.calendar_known
working_days_between = STATUTORY.working_days_between
add_working_days = STATUTORY.add_working_days


def holiday_name(day: date) -> str:
    """What a day off, or the workday that makes up for it, belongs to: 国庆节; empty for other days."""
    found = holidays.get(day) or workdays.get(day)
    return str(Holiday(found).chinese) if found else ""
