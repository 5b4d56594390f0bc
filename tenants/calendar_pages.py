"""A year of the working-day calendar as a page shows it, and a change of it in words. No clock, no database."""

from __future__ import annotations

from calendar import Calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from .working_days import SpecialDay, WorkingCalendar, is_weekday

ONE_DAY = timedelta(days=1)
#: More spans than these are counted, not listed.
LISTED = 6


@dataclass(frozen=True)
class Cell:
    """One day of a month's table. `kind` is work, rest, holiday or makeup; `mark` stands beside the number of a day
    that differs from the usual week, `words` say all of it."""

    number: int
    kind: str
    mark: str
    words: str
    is_own: bool


@dataclass(frozen=True)
class Month:
    """Weeks from Monday on; None where a week belongs to another month."""

    number: int
    working_days: int
    weeks: tuple[tuple[Cell | None, ...], ...]


def months(calendar: WorkingCalendar, kept: Mapping[date, SpecialDay], year: int) -> list[Month]:
    """The twelve months of a year."""
    return [_month(calendar, kept, year, number) for number in range(1, 13)]


def _month(calendar: WorkingCalendar, kept: Mapping[date, SpecialDay], year: int, number: int) -> Month:
    weeks = Calendar().monthdatescalendar(year, number)
    days = [day for week in weeks for day in week if day.month == number]
    return Month(
        number,
        sum(calendar.is_working_day(day) for day in days),
        tuple(
            tuple(cell(calendar, kept.get(day), day) if day.month == number else None for day in week) for week in weeks
        ),
    )


def cell(calendar: WorkingCalendar, kept: SpecialDay | None, day: date) -> Cell:
    """A day as it is shown. Own days are marked also where they agree with the week."""
    works, name = calendar.is_working_day(day), kept.name if kept else ""
    is_own = kept is not None and not kept.is_official
    if works and (is_own or not is_weekday(day)):
        kind, mark, words = "makeup", "班", f"{name}调休，上班" if name else "上班"
    elif not works and (is_own or name or is_weekday(day)):
        kind, mark, words = "holiday", "休", f"{name}放假" if name else "放假"
    else:
        kind, mark, words = ("work", "", "") if works else ("rest", "", "周末")
    return Cell(day.day, kind, mark, f"{words}（本地规定）" if is_own else words, is_own)


def changes_in_words(days: Iterable[SpecialDay], known_years: Iterable[int]) -> str:
    """What a version changed: "放假：2026年2月14日至2月16日；上班：2026年2月28日"."""
    ordered = sorted(days, key=lambda each: each.day)
    said = []
    if years := "、".join(f"{year}年" for year in sorted(known_years)):
        said.append(f"收录{years}放假安排")
    for title, wanted in (
        ("放假", [each.day for each in ordered if not each.is_official and not each.is_working]),
        ("上班", [each.day for each in ordered if not each.is_official and each.is_working]),
        ("按国家规定", [each.day for each in ordered if each.is_official]),
    ):
        spans = _spans(wanted)
        if len(spans) > LISTED:
            said.append(f"{title}：共 {len(wanted)} 天")
        elif spans:
            said.append(f"{title}：" + "、".join(spans))
    return "；".join(said)


def _spans(days: list[date]) -> list[str]:
    found: list[tuple[date, date]] = []
    for day in days:
        if found and day - found[-1][1] == ONE_DAY:
            found[-1] = (found[-1][0], day)
        else:
            found.append((day, day))
    return [in_words(first) if first == last else f"{in_words(first)}至{in_words(last)}" for first, last in found]


def in_words(day: date) -> str:
    """`2026年3月1日`."""
    return f"{day.year}年{day.month}月{day.day}日"
