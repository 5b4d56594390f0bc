"""Who leads an alliance in which quarter: the rules of domain.md §3. Plain functions over facts: no clock, no database.

`plan` works the terms out anew from the facts each time: the adopted rosters, the units' seats, the approved skips and
swaps, and the terms that were really held, which nothing rewrites. So there is no queue to store, to repair or to
migrate, and looking ahead, running late and running twice are one and the same calculation.

The order is a queue of owed turns. A round gives each seated unit exactly one turn, in the order of the roster in
force; a turn leaves the queue only by being served or with its unit. Hence the **fairness bound**: for units seated
from the first day on, turns used + turns owed = rounds begun, without exception; so the turns used by two of them
differ by one at most, and by one more for each approved skip or swap that touches either.

Days are inclusive on both ends, except `Seat.left_on`, the first day without the seat. Holders are opaque ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

ONE_DAY = timedelta(days=1)
#: A founding quarter with fewer days left is no turn of its own: it is added to the next quarter's.
FIRST_TURN_DAYS = 45
#: Up to this many days away a proxy is enough; after that the term needs an acting holder.
PROXY_DAYS = 30


@dataclass(frozen=True, order=True)
class Quarter:
    """A natural quarter of the civil calendar; `number` is 1 to 4."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter in which `day` lies."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def starts_on(self) -> date:
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def ends_on(self) -> date:
        return self.following().starts_on - ONE_DAY

    def following(self, count: int = 1) -> Quarter:
        """The quarter `count` quarters later."""
        index = self.year * 4 + self.number - 1 + count
        return Quarter(index // 4, index % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year}年第{'一二三四'[self.number - 1]}季度"


@dataclass(frozen=True)
class Slot:
    """The days that one regular turn fills: a quarter, save that the first may be cut or lengthened."""

    quarter: Quarter
    starts_on: date
    ends_on: date

    def leaves_half(self, day: date) -> bool:
        """Whether at least half of its days remain from `day` on."""
        return 2 * ((self.ends_on - day).days + 1) >= (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True)
class Roster:
    """An order adopted at a meeting. It governs the rounds that begin from `effective_on` on; the round that is
    running is served to its end as it began, so no meeting takes a turn from anybody."""

    effective_on: date
    order: tuple[int, ...]


@dataclass(frozen=True)
class Seat:
    """The days on which a unit takes part: from entering the roster until its membership ends."""

    holder: int
    entered_on: date
    left_on: date | None = None

    def covers(self, day: date) -> bool:
        return self.entered_on <= day and (self.left_on is None or day < self.left_on)


@dataclass(frozen=True)
class Skip:
    """`holder` is passed over in `quarter`; without effect if it is not its turn then."""

    quarter: Quarter
    holder: int


@dataclass(frozen=True)
class Swap:
    """In `quarter`, the turn of `holder`, `other` serves, who gives his own next turn for it."""

    quarter: Quarter
    holder: int
    other: int


@dataclass(frozen=True)
class Held:
    """A term that was begun. A closed one is history; an open one still ends as the facts say."""

    holder: int
    starts_on: date
    ends_on: date
    is_closed: bool


@dataclass(frozen=True)
class Facts:
    """All that decides about the terms of one alliance; rosters and seats in the order in which they came."""

    rosters: tuple[Roster, ...]
    seats: tuple[Seat, ...]
    skips: tuple[Skip, ...] = ()
    swaps: tuple[Swap, ...] = ()
    held: tuple[Held, ...] = ()


class Reason(StrEnum):
    """Why a unit has a term."""

    FIRST = "first"
    ORDER = "order"
    NEWCOMER = "newcomer"
    MOVED_UP = "moved_up"
    MADE_UP = "made_up"
    SWAPPED = "swapped"
    RENEWAL = "renewal"
    STAND_IN = "stand_in"


@dataclass(frozen=True)
class Term:
    """Some days in which `holder` leads. `because_of` names the units skipped, swapped with or followed."""

    holder: int
    quarter: Quarter
    starts_on: date
    ends_on: date
    is_regular: bool
    #: A stand-in for less than half of the slot keeps his own next turn.
    uses_turn: bool
    #: It ends before its slot does: the holder's membership ends.
    ends_early: bool
    reason: Reason
    because_of: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The terms up to some day, the turns owed after the last of them, and the rounds begun."""

    terms: tuple[Term, ...]
    owed: tuple[int, ...]
    rounds: int


@dataclass(frozen=True)
class Candidate:
    """A member whose Party organisation may be listed."""

    holder: int
    is_initiator: bool
    joined_on: date
    credit_code: str


def proposed_order(candidates: Iterable[Candidate]) -> tuple[int, ...]:
    """The list to put before the meeting: the initiator, then by the day of joining, then by credit code. No ties."""
    ranked = sorted(candidates, key=lambda each: (not each.is_initiator, each.joined_on, each.credit_code))
    return tuple(each.holder for each in ranked)


def needs_acting_holder(away_from: date, away_until: date) -> bool:
    """Whether an absence is longer than a proxy may cover."""
    return (away_until - away_from).days + 1 > PROXY_DAYS


def first_slot(starts_on: date) -> Slot:
    """The first turn: the rest of the quarter if 45 days remain, otherwise that rest and the next quarter."""
    quarter = Quarter.of(starts_on)
    if (quarter.ends_on - starts_on).days + 1 < FIRST_TURN_DAYS:
        quarter = quarter.following()
    return Slot(quarter, starts_on, quarter.ends_on)


def slots(starts_on: date, until: date) -> Iterator[Slot]:
    """The slots that begin up to `until`, for a rotation that begins on `starts_on`."""
    slot = first_slot(starts_on)
    while slot.starts_on <= until:
        yield slot
        quarter = slot.quarter.following()
        slot = Slot(quarter, quarter.starts_on, quarter.ends_on)


def plan(facts: Facts, until: date) -> Plan:
    """All terms that begin up to `until`, from the first day of the first roster on.

    Terms never overlap, and have no gap while a unit is seated. What was held stays as it is; days before the last
    held term are never filled afterwards.
    """
    turns = _Turns(facts)
    terms: list[Term] = []
    if facts.rosters:
        for slot in slots(facts.rosters[0].effective_on, until):
            terms.extend(_terms_of(slot, until, facts, turns))
    return Plan(tuple(terms), tuple(turns.owed), turns.rounds)


def _terms_of(slot: Slot, until: date, facts: Facts, turns: _Turns) -> Iterator[Term]:
    day, last_day = slot.starts_on, min(slot.ends_on, until)
    while day <= last_day:
        held = next((each for each in facts.held if each.starts_on >= day), None)
        if held and held.starts_on > last_day:
            return
        if held:
            day = held.starts_on
        term = turns.term_from(day, slot, held)
        if term is None:
            # Nobody is seated: the first to enter serves from that day on.
            entries = [seat.entered_on for seat in facts.seats if seat.entered_on > day]
            day = min(entries, default=slot.ends_on + ONE_DAY)
            continue
        yield term
        day = term.ends_on + ONE_DAY


class _Turns:
    """The queue of owed turns, moved forward slot by slot."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.owed: list[int] = []
        self.rounds = 0
        self._seated: list[Seat] = []
        self._passed: set[int] = set()
        self._swapped: dict[int, int] = {}
        self._newcomers: set[int] = set()
        self._last: int | None = None

    def term_from(self, day: date, slot: Slot, held: Held | None) -> Term | None:
        """The term that begins on `day`; by the holder of `held` if it was begun already. None if nobody is seated."""
        self._seat(day)
        if not self._seated and not held:
            return None
        is_regular = day == slot.starts_on
        uses_turn = is_regular or slot.leaves_half(day)
        skipped = {skip.holder for skip in self.facts.skips if skip.quarter == slot.quarter}
        if self._holders() <= skipped:
            skipped = set()  # all asked to be skipped: somebody has to serve
        index = self._next(day, skipped)
        partner = self._swap(index, day, slot.quarter, skipped) if is_regular else None
        holder = held.holder if held else self.owed[index]
        passed = [each for each in dict.fromkeys(self.owed[:index]) if each != holder]
        reason, because_of = self._reason(holder, is_regular, partner, passed)
        if uses_turn:
            self._use(holder)
        if is_regular:
            self._pass_over(passed)
        self._last = holder
        ends_on = held.ends_on if held and held.is_closed else self._end(holder, day, slot)
        return Term(
            holder, slot.quarter, day, ends_on, is_regular, uses_turn, ends_on < slot.ends_on, reason, because_of
        )

    def _holders(self) -> set[int]:
        return {seat.holder for seat in self._seated}

    def _seat(self, day: date) -> None:
        """Let units go and come: a turn is lost with the seat; a new one is the last of the running round."""
        now = [seat for seat in self.facts.seats if seat.covers(day)]
        if now == self._seated:
            return
        gone = {seat.holder for seat in self._seated if seat not in now}
        self.owed = [holder for holder in self.owed if holder not in gone]
        self._passed -= gone
        self._newcomers -= gone
        for holder in gone:
            self._swapped.pop(holder, None)
        if self.rounds:
            came = [seat for seat in now if seat not in self._seated]
            came.sort(key=lambda seat: seat.entered_on)
            self.owed += [seat.holder for seat in came]
            self._newcomers |= {seat.holder for seat in came}
        self._seated = now

    def _begin_round(self, day: date) -> None:
        rosters = [roster for roster in self.facts.rosters if roster.effective_on <= day]
        place = {holder: at for at, holder in enumerate(rosters[-1].order)} if rosters else {}
        seated = dict.fromkeys(seat.holder for seat in self._seated)
        self.owed += sorted(seated, key=lambda holder: place.get(holder, len(place)))
        self.rounds += 1

    def _next(self, day: date, skipped: set[int]) -> int:
        """Where the first turn stands whose unit is not skipped; begins a round when there is none."""
        for _ in range(2 if self._seated else 0):
            for index, holder in enumerate(self.owed):
                if holder not in skipped:
                    return index
            self._begin_round(day)
        return 0

    def _swap(self, index: int, day: date, quarter: Quarter, skipped: set[int]) -> int | None:
        """Exchange the turn at `index` as approved; returns the unit whose turn it was."""
        holder = self.owed[index] if self.owed else None
        for swap in self.facts.swaps:
            if swap.quarter != quarter or swap.holder != holder:
                continue
            if swap.other not in self._holders() - skipped - {holder}:
                continue
            if swap.other not in self.owed:
                self._begin_round(day)
            theirs = self.owed.index(swap.other)
            self.owed[index], self.owed[theirs] = swap.other, holder
            self._swapped[holder] = swap.other
            return holder
        return None

    def _use(self, holder: int) -> None:
        if holder in self.owed:
            self.owed.remove(holder)
        self._swapped.pop(holder, None)
        self._newcomers.discard(holder)

    def _pass_over(self, passed: list[int]) -> None:
        """A skipped unit stays first in the queue; skipped twice running, its turns go to the end of the round."""
        again = [holder for holder in passed if holder in self._passed]
        for holder in again:
            ahead = self.owed.count(holder)
            self.owed = [each for each in self.owed if each != holder] + [holder] * ahead
        self._passed = set(passed) - set(again)

    def _reason(
        self, holder: int, is_regular: bool, partner: int | None, passed: list[int]
    ) -> tuple[Reason, tuple[int, ...]]:
        if self._last is None:
            return Reason.FIRST, ()
        if not is_regular:
            return Reason.STAND_IN, (self._last,)
        if self._holders() == {holder} and self._last == holder:
            return Reason.RENEWAL, ()
        if partner is not None:
            return Reason.SWAPPED, (partner,)
        if passed:
            return Reason.MOVED_UP, tuple(passed)
        if holder in self._swapped:
            return Reason.SWAPPED, (self._swapped[holder],)
        if holder in self._passed:
            return Reason.MADE_UP, ()
        return (Reason.NEWCOMER if holder in self._newcomers else Reason.ORDER), ()

    def _end(self, holder: int, day: date, slot: Slot) -> date:
        """The last day: of the slot, or of the holder's seat. One who left before he began has led one day."""
        seat = next((seat for seat in self._seated if seat.holder == holder), None)
        if seat is None:
            return day
        return min(slot.ends_on, seat.left_on - ONE_DAY) if seat.left_on else slot.ends_on
