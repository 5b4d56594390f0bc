"""Meetings of an alliance's bodies (domain.md §5): the calendar ahead, notice, quorum and vote with proxies.

Plain functions: no clock, no database. Days are natural days in Asia/Shanghai. What is not fixed by a source is a
setting of each body; what the settings mean is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tenants.working_days import WorkingCalendar

ONE_DAY = timedelta(days=1)
#: "Topics one week before, superior told two days before": the least of each, domain.md §5.
TOPICS_DAYS, SUPERIOR_DAYS = 7, 2
#: A task turns amber with this many days left.
AMBER_DAYS = 7
QUARTERS = "一二三四"


class Share(StrEnum):
    """How many of some seats or votes are enough."""

    NONE = "none"
    MORE_THAN_HALF = "half"
    TWO_THIRDS = "two_thirds"
    ALL = "all"

    def of(self, total: int) -> int:
        """The least number that is this share of `total`."""
        if self is Share.MORE_THAN_HALF:
            return total // 2 + 1
        if self is Share.TWO_THIRDS:
            return -(-2 * total // 3)
        return total if self is Share.ALL else 0


class Frequency(StrEnum):
    """How often a body meets: once in each natural period, or when there is need."""

    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    HALF_YEARLY = "half_yearly"
    YEARLY = "yearly"
    ON_DEMAND = "on_demand"

    @property
    def months(self) -> int:
        """The length of the period; 0 for meetings without one."""
        return {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}.get(self.value, 0)


@dataclass(frozen=True)
class Rhythm:
    """When a body meets: on a day (1 to 28) of the `month`-th month of each period."""

    frequency: Frequency
    month: int
    day: int


@dataclass(frozen=True)
class Planned:
    """A meeting of the calendar: the first day of its period, and the day on which it is due."""

    period: date
    day: date


def period_of(frequency: Frequency, day: date) -> date:
    """The first day of the natural period in which `day` lies."""
    return date(day.year, (day.month - 1) // frequency.months * frequency.months + 1, 1)


def period_name(frequency: Frequency, period: date) -> str:
    """ "2026年第四季度", for the meeting's title."""
    year = f"{period.year}年"
    return {
        Frequency.MONTHLY: f"{year}{period.month}月",
        Frequency.QUARTERLY: f"{year}第{QUARTERS[(period.month - 1) // 3]}季度",
        Frequency.HALF_YEARLY: f"{year}{'上' if period.month == 1 else '下'}半年",
        Frequency.YEARLY: year,
        Frequency.ON_DEMAND: "",
    }[frequency]


def calendar(rhythm: Rhythm, first: date, until: date, days: WorkingCalendar) -> list[Planned]:
    """The meetings that fall due from `first` to `until`, one for each natural period, the earliest first.

    `rhythm.month` is no greater than the length of its period.
    """
    if not rhythm.frequency.months:
        return []
    found = []
    # One period earlier: its meeting may have been moved past the period's end.
    for period in _periods(rhythm.frequency, period_of(rhythm.frequency, first) - ONE_DAY, until):
        day = due_day(rhythm, period, days)
        if first <= day <= until:
            found.append(Planned(period, day))
    return found


def due_day(rhythm: Rhythm, period: date, days: WorkingCalendar) -> date:
    """The day of a period's meeting: a day off is moved to the next working day."""
    return days.next_working_day(date(period.year, period.month + rhythm.month - 1, rhythm.day))


def _periods(frequency: Frequency, first: date, until: date) -> Iterator[date]:
    period = period_of(frequency, first)
    while period <= until:
        yield period
        period = period_of(frequency, period + timedelta(days=31 * frequency.months))


def topics_due(day: date, topics_days: int) -> date:
    """The last day on which members propose topics for a meeting on `day`."""
    return day - timedelta(days=topics_days)


def call_by(day: date, notice_days: int, superior_days: int) -> date:
    """The last day on which a meeting on `day` can be called: members and the superior each need their notice."""
    return day - timedelta(days=max(notice_days, superior_days))


# Quorum and vote


@dataclass(frozen=True)
class Regime:
    """What a meeting needs. `of_all`: the majority is counted from all seats, not from the votes that are there."""

    quorum: Share
    majority: Share
    of_all: bool
    #: How many absent seats one present seat may stand for; 0 where nobody may be represented.
    proxies_most: int


@dataclass(frozen=True)
class Seat:
    """One seat of a meeting: present, represented by another seat, or absent."""

    pk: int
    is_present: bool = False
    proxy: int | None = None


@dataclass(frozen=True)
class Standing:
    """Who is there. A represented seat counts as one that has come."""

    seats: int
    present: int
    represented: int
    needed: int

    @property
    def votes(self) -> int:
        """How many votes can be cast."""
        return self.present + self.represented

    @property
    def is_quorate(self) -> bool:
        """Whether the meeting can decide; it never can when nobody is there."""
        return self.present > 0 and self.votes >= self.needed

    @property
    def missing(self) -> int:
        """How many more must come."""
        return max(self.needed - self.votes, 1 - self.present, 0)


def standing(seats: Iterable[Seat], regime: Regime) -> Standing:
    """Count the seats. A proxy counts if its holder is present himself and stands for no more than the regime allows;
    of too many the first count."""
    given = list(seats)
    free = {seat.pk: regime.proxies_most for seat in given if seat.is_present}
    represented = 0
    for seat in given:
        if not seat.is_present and seat.proxy is not None and free.get(seat.proxy, 0) > 0:
            free[seat.proxy] -= 1
            represented += 1
    present = sum(seat.is_present for seat in given)
    return Standing(len(given), present, represented, regime.quorum.of(len(given)))


@dataclass(frozen=True)
class Ballot:
    """The votes on one resolution."""

    in_favour: int
    against: int = 0
    abstained: int = 0

    @property
    def cast(self) -> int:
        return self.in_favour + self.against + self.abstained


def votes_needed(regime: Regime, there: Standing) -> int:
    """How many votes in favour carry a resolution."""
    return regime.majority.of(there.seats if regime.of_all else there.votes)


def is_carried(ballot: Ballot, regime: Regime, there: Standing) -> bool:
    """Whether a ballot carries a resolution; abstentions and votes not cast are not in favour."""
    return there.is_quorate and ballot.in_favour >= max(votes_needed(regime, there), 1)


# What comes of a resolution


def task_light(due_on: date, done_on: date | None, today: date) -> tuple[str, str]:
    """Colour and words about a task with a deadline, in natural days: amber in its last week."""
    if done_on is not None:
        late = (done_on - due_on).days
        return "done", f"超期 {late} 天完成" if late > 0 else "按期完成"
    left = (due_on - today).days
    if left < 0:
        return "red", f"超期 {-left} 天"
    return "amber" if left <= AMBER_DAYS else "green", f"还剩 {left} 天" if left else "今天到期"
