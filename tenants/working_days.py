"""Working days (domain.md §4). Plain values over dates: no clock, no database.

A calendar says which days differ from the usual week, Monday to Friday: holidays and make-up workdays (调休), as the
State Council's yearly notice has them (`STATUTORY`) and as a tenant has changed them (docs/adr/0060).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

    def next_working_day(self, day: date) -> date:
        """`day` itself when offices work on it, otherwise the first working day after it."""
        return day if self.is_working_day(day) else self.add_working_days(day, 1)

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


def holiday_name(day: date) -> str:
    """What a day off, or the workday that makes up for it, belongs to: 国庆节; empty for other days."""
    found = holidays.get(day) or workdays.get(day)
    return str(Holiday(found).chinese) if found else ""


@dataclass(frozen=True)
class SpecialDay:
    """What a version of a tenant's calendar says of one day. `is_official`: as the State Council has it."""

    day: date
    is_working: bool
    is_official: bool
    name: str = ""


def official_days(year: int) -> list[SpecialDay]:
    """The days of a year's notice, in order; none for a year that is not built in."""
    found = [SpecialDay(day, False, True, holiday_name(day)) for day in holidays if day.year == year]
    found += [SpecialDay(day, True, True, holiday_name(day)) for day in workdays if day.year == year]
    return sorted(found, key=lambda each: each.day)


def official_day(day: date) -> SpecialDay:
    """What the notice says of a day; where it says nothing, or there is none yet, the week decides."""
    return SpecialDay(day, STATUTORY.is_working_day(day), True, holiday_name(day))


def official_changes(kept: Mapping[date, SpecialDay], year: int) -> list[SpecialDay]:
    """What the notice of `year` says that a calendar does not. What the tenant decided itself stays."""
    noted = {each.day: each for each in official_days(year)}
    noted |= {day: official_day(day) for day, each in kept.items() if day.year == year and day not in noted}
    wanted = [each for each in noted.values() if kept.get(each.day) != each]
    return sorted(
        (each for each in wanted if each.day not in kept or kept[each.day].is_official), key=lambda each: each.day
    )


def composed(version: int, kept: Iterable[SpecialDay], years: Iterable[int]) -> WorkingCalendar:
    """The calendar of a version from the days it keeps and the years it knows.

    Years before the first of them are over, and their notices are final: they count as they are built in.
    """
    known = frozenset(years)
    first = date(min(known), 1, 1) if known else date.max
    base = WorkingCalendar(
        version,
        free=frozenset(day for day in STATUTORY.free if day < first),
        worked=frozenset(day for day in STATUTORY.worked if day < first),
        years=frozenset(year for year in STATUTORY.years if year < first.year),
    )
    return base.with_days(version, ((each.day, each.is_working) for each in kept), known)


#: From this day on the next year's notice is missed; the State Council publishes it in November.
MISSED_FROM = (11, 1)


def years_missing(calendar: WorkingCalendar, today: date) -> list[int]:
    """The years whose holidays a calendar should have by now and has not."""
    due = [today.year, today.year + 1] if (today.month, today.day) >= MISSED_FROM else [today.year]
    return [year for year in due if not calendar.calendar_known(year)]
