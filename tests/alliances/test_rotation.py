"""The rules of domain.md §3, each by its own words, and what holds for every alliance whatever happens to it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.rotation import (
    Candidate,
    Facts,
    Held,
    Plan,
    Quarter,
    Reason,
    Roster,
    Seat,
    Skip,
    Swap,
    Term,
    first_slot,
    needs_acting_holder,
    plan,
    proposed_order,
)

DAY = timedelta(days=1)
A, B, C, D = 1, 2, 3, 4
NEW_YEAR = date(2026, 1, 1)
Q1, Q2, Q3, Q4 = (Quarter(2026, number) for number in (1, 2, 3, 4))


def facts(*holders: int, start: date = NEW_YEAR, **values) -> Facts:
    """A rotation whose units are all seated from the first day on."""
    seats = values.pop("seats", None) or tuple(Seat(holder, start) for holder in holders)
    return Facts(rosters=(Roster(start, holders),), seats=seats, **values)


def holders(of: Facts, quarters: int = 8) -> list[int]:
    """Who has the regular turns of the first quarters."""
    until = Quarter.of(of.rosters[0].effective_on).following(quarters - 1).starts_on
    return [term.holder for term in plan(of, until).terms if term.is_regular]


def left(holder: int, on: date, start: date = NEW_YEAR) -> Seat:
    return Seat(holder, start, on)


# One quarter each; natural quarters


def test_each_unit_leads_one_natural_quarter_in_the_order_of_the_list() -> None:
    terms = plan(facts(A, B, C), date(2026, 12, 31)).terms
    assert [(term.holder, term.starts_on, term.ends_on) for term in terms] == [
        (A, date(2026, 1, 1), date(2026, 3, 31)),
        (B, date(2026, 4, 1), date(2026, 6, 30)),
        (C, date(2026, 7, 1), date(2026, 9, 30)),
        (A, date(2026, 10, 1), date(2026, 12, 31)),
    ]
    assert [term.reason for term in terms] == [Reason.FIRST, Reason.ORDER, Reason.ORDER, Reason.ORDER]


def test_the_list_proposes_the_initiator_then_the_join_date_then_the_credit_code() -> None:
    early, late = date(2025, 1, 1), date(2025, 6, 1)
    order = proposed_order(
        [
            Candidate(A, False, early, "91370800MA2"),
            Candidate(B, False, early, "91370800MA1"),
            Candidate(C, True, late, "91370800MA9"),
            Candidate(D, False, late, "91370800MA0"),
        ]
    )
    assert order == (C, B, A, D)


# "Founded mid-quarter: the partial quarter is the first turn if at least 45 days remain"


@pytest.mark.parametrize(
    ("founded", "quarter", "ends_on"),
    [
        (date(2026, 1, 1), Q1, date(2026, 3, 31)),
        (date(2026, 2, 15), Q1, date(2026, 3, 31)),  # 45 days remain, the first of them counted
        (date(2026, 2, 16), Q2, date(2026, 6, 30)),  # 44 remain
        (date(2026, 12, 31), Quarter(2027, 1), date(2027, 3, 31)),
    ],
)
def test_a_partial_first_quarter_is_a_turn_with_45_days_or_runs_through_the_next(founded, quarter, ends_on) -> None:
    slot = first_slot(founded)
    assert (slot.quarter, slot.starts_on, slot.ends_on) == (quarter, founded, ends_on)
    first, second = plan(facts(A, B, start=founded), ends_on + DAY).terms
    assert (first.holder, first.quarter, first.starts_on, first.ends_on) == (A, quarter, founded, ends_on)
    assert (second.holder, second.quarter, second.starts_on) == (B, quarter.following(), ends_on + DAY)


# "the skipped unit takes the next slot; skipped twice running, end of the round"


def test_a_skipped_unit_takes_the_next_slot() -> None:
    skipped = facts(A, B, C, D, skips=(Skip(Q2, B),))
    assert holders(skipped) == [A, C, B, D, A, B, C, D]
    terms = plan(skipped, date(2026, 9, 1)).terms
    assert [(term.reason, term.because_of) for term in terms[1:]] == [(Reason.MOVED_UP, (B,)), (Reason.MADE_UP, ())]


def test_a_unit_skipped_twice_running_goes_to_the_end_of_the_round() -> None:
    assert holders(facts(A, B, C, D, skips=(Skip(Q2, B), Skip(Q3, B)))) == [A, C, D, B, A, B, C, D]


def test_the_last_of_a_round_can_be_skipped_and_loses_nothing() -> None:
    assert holders(facts(A, B, C, skips=(Skip(Q3, C),)), 7) == [A, B, A, C, B, C, A]


def test_a_skip_has_no_effect_in_a_quarter_of_somebody_else() -> None:
    assert holders(facts(A, B, C, skips=(Skip(Q1, B),)), 3) == [A, B, C]


def test_somebody_serves_when_all_asked_to_be_skipped() -> None:
    assert holders(facts(A, B, skips=(Skip(Q1, A), Skip(Q1, B))), 3) == [A, B, A]


# Swap


def test_two_units_that_swap_take_each_others_slot() -> None:
    swapped = facts(A, B, C, D, swaps=(Swap(Q2, B, D),))
    assert holders(swapped) == [A, D, C, B, A, B, C, D]
    terms = plan(swapped, date(2026, 12, 1)).terms
    assert (terms[1].reason, terms[1].because_of) == (Reason.SWAPPED, (B,))
    assert (terms[3].reason, terms[3].because_of) == (Reason.SWAPPED, (D,))


def test_a_swap_with_a_unit_that_has_served_takes_its_turn_of_the_next_round() -> None:
    assert holders(facts(A, B, C, swaps=(Swap(Q3, C, A),)), 9) == [A, B, A, C, B, C, A, B, C]


# "Exit mid-quarter: term closed, next in order serves to the quarter's end; under half remained he keeps his own turn"


def test_after_an_exit_with_half_a_quarter_left_the_next_in_order_uses_his_turn() -> None:
    gone = facts(A, B, C, seats=(left(A, date(2026, 2, 10)), Seat(B, NEW_YEAR), Seat(C, NEW_YEAR)))
    terms = plan(gone, date(2026, 7, 1)).terms
    assert [(term.holder, term.starts_on, term.ends_on) for term in terms] == [
        (A, date(2026, 1, 1), date(2026, 2, 9)),
        (B, date(2026, 2, 10), date(2026, 3, 31)),
        (C, date(2026, 4, 1), date(2026, 6, 30)),
        (B, date(2026, 7, 1), date(2026, 9, 30)),
    ]
    assert terms[0].ends_early
    assert (terms[1].reason, terms[1].because_of, terms[1].is_regular) == (Reason.STAND_IN, (A,), False)


def test_after_an_exit_with_less_than_half_left_the_stand_in_keeps_his_own_turn() -> None:
    gone = facts(A, B, C, seats=(left(A, date(2026, 3, 1)), Seat(B, NEW_YEAR), Seat(C, NEW_YEAR)))
    terms = plan(gone, date(2026, 7, 1)).terms
    assert [term.holder for term in terms] == [A, B, B, C]
    assert [term.uses_turn for term in terms] == [True, False, True, True]


# "New member: end of the current round. Only one eligible unit: renewal, flagged. Membership ended: no future slot"


def test_a_new_member_is_last_in_the_current_round() -> None:
    joined = facts(A, B, C, seats=(*(Seat(holder, NEW_YEAR) for holder in (A, B, C)), Seat(D, date(2026, 2, 1))))
    assert holders(joined) == [A, B, C, D, A, B, C, D]
    assert plan(joined, date(2026, 12, 1)).terms[3].reason == Reason.NEWCOMER


def test_the_only_unit_is_renewed_and_that_is_flagged() -> None:
    terms = plan(facts(A), date(2026, 7, 1)).terms
    assert [(term.holder, term.reason) for term in terms] == [
        (A, Reason.FIRST), (A, Reason.RENEWAL), (A, Reason.RENEWAL),
    ]  # fmt: skip


def test_a_unit_whose_membership_ended_has_no_future_slot() -> None:
    assert holders(facts(A, B, C, seats=(Seat(A, NEW_YEAR), left(B, date(2026, 3, 1)), Seat(C, NEW_YEAR)))) == [
        A, C, A, C, A, C, A, C,
    ]  # fmt: skip


def test_nobody_leads_while_no_unit_is_left_and_the_next_to_join_leads_at_once() -> None:
    empty = facts(A, seats=(left(A, date(2026, 2, 1)), Seat(B, date(2026, 5, 20))))
    terms = plan(empty, date(2026, 7, 1)).terms
    assert [(term.holder, term.starts_on, term.ends_on, term.uses_turn) for term in terms] == [
        (A, date(2026, 1, 1), date(2026, 1, 31), True),
        (B, date(2026, 5, 20), date(2026, 6, 30), False),
        (B, date(2026, 7, 1), date(2026, 9, 30), True),
    ]


def test_a_new_list_governs_from_the_next_round_on() -> None:
    renewed = facts(A, B, C)
    renewed = replace(renewed, rosters=(*renewed.rosters, Roster(date(2026, 4, 10), (C, B, A))))
    assert holders(renewed) == [A, B, C, C, B, A, C, B]


# "Away more than 30 days: acting holder"


def test_an_absence_of_more_than_30_days_needs_an_acting_holder() -> None:
    assert not needs_acting_holder(date(2026, 4, 1), date(2026, 4, 30))
    assert needs_acting_holder(date(2026, 4, 1), date(2026, 5, 1))


def test_what_was_held_stays_whatever_is_entered_later() -> None:
    held = (Held(B, date(2026, 1, 1), date(2026, 3, 31), is_closed=True),)
    assert holders(facts(A, B, C, held=held), 4) == [B, A, C, A]


def test_an_open_term_ends_with_the_membership_entered_meanwhile() -> None:
    held = (Held(A, date(2026, 1, 1), date(2026, 3, 31), is_closed=False),)
    gone = facts(A, B, seats=(left(A, date(2026, 2, 1)), Seat(B, NEW_YEAR)), held=held)
    first, second = plan(gone, date(2026, 3, 1)).terms
    assert (first.holder, first.ends_on) == (A, date(2026, 1, 31))
    assert (second.holder, second.starts_on) == (B, date(2026, 2, 1))


# Whatever happens

FIRST_DAY, LAST_DAY = date(2024, 1, 1), date(2026, 12, 31)
DAYS = st.dates(FIRST_DAY, LAST_DAY)
QUARTERS = st.builds(Quarter, st.integers(2024, 2026), st.integers(1, 4))


@st.composite
def seats_of(draw: st.DrawFn, holder: int, start: date) -> list[Seat]:
    """When a unit belongs: from the first day or later, for good or not, perhaps once more."""
    days = sorted(draw(st.sets(st.dates(start, LAST_DAY), max_size=4)))
    if draw(st.booleans()):
        days = [start, *(day for day in days if day != start)]
    ends = [*days[1::2], None] if len(days) % 2 else days[1::2]
    return [Seat(holder, entered_on, left_on) for entered_on, left_on in zip(days[::2], ends, strict=True)]


@st.composite
def histories(draw: st.DrawFn, first_day: date | None = None) -> Facts:
    """The rotation of an alliance with joins, exits, returns, new lists, skips and swaps."""
    units = range(1, draw(st.integers(1, 6)) + 1)
    start = first_day or draw(st.dates(FIRST_DAY, date(2024, 9, 30)))
    seats = [seat for unit in units for seat in draw(seats_of(unit, start))]
    lists = draw(st.lists(st.tuples(st.dates(start, LAST_DAY), st.permutations(units)), max_size=2))
    rosters = [Roster(start, tuple(draw(st.permutations(units)))), *(Roster(*each) for each in lists)]
    anyone = st.sampled_from(units)
    return Facts(
        rosters=tuple(sorted(rosters, key=lambda roster: roster.effective_on)),
        seats=tuple(sorted(seats, key=lambda seat: seat.entered_on)),
        skips=tuple(draw(st.lists(st.builds(Skip, QUARTERS, anyone), max_size=8))),
        swaps=tuple(draw(st.lists(st.builds(Swap, QUARTERS, anyone, anyone), max_size=4))),
    )


def as_held(terms: tuple[Term, ...], today: date) -> tuple[Held, ...]:
    """What stands in the books after a run on `today`."""
    return tuple(Held(each.holder, each.starts_on, each.ends_on, each.ends_on < today) for each in terms)


def run_on(of: Facts, days: list[date]) -> Plan:
    """What the job leaves when it runs on these days only."""
    done = Plan((), (), 0)
    for today in days:
        done = plan(replace(of, held=as_held(done.terms, today)), today)
    return done


@given(histories())
def test_never_two_holders_and_never_a_gap_while_a_unit_is_seated(of: Facts) -> None:
    terms = plan(of, LAST_DAY).terms
    leading = Counter(
        term.starts_on + timedelta(days=at) for term in terms for at in range((term.ends_on - term.starts_on).days + 1)
    )
    day = of.rosters[0].effective_on
    while day <= LAST_DAY:
        assert leading[day] == any(seat.covers(day) for seat in of.seats), day
        day += DAY


@given(histories())
def test_only_seated_units_lead_and_each_quarter_has_one_regular_turn(of: Facts) -> None:
    terms = plan(of, LAST_DAY).terms
    for term in terms:
        assert any(
            seat.holder == term.holder and seat.covers(term.starts_on) and seat.covers(term.ends_on)
            for seat in of.seats
        )
        assert term.ends_on <= term.quarter.ends_on
    regular = Counter(term.quarter for term in terms if term.is_regular)
    assert set(regular.values()) <= {1}


def always_seated(of: Facts) -> list[int]:
    start = of.rosters[0].effective_on
    return [seat.holder for seat in of.seats if seat.entered_on == start and seat.left_on is None]


@given(histories(), DAYS)
def test_no_turn_is_lost(of: Facts, today: date) -> None:
    done = plan(of, today)
    used = Counter(term.holder for term in done.terms if term.uses_turn)
    for holder in always_seated(of):
        assert used[holder] + done.owed.count(holder) == done.rounds


@given(histories(), DAYS)
def test_turns_differ_by_one_and_one_more_for_each_skip_or_swap(of: Facts, today: date) -> None:
    used = Counter(term.holder for term in plan(of, today).terms if term.uses_turn)
    changes = Counter(skip.holder for skip in of.skips)
    for swap in of.swaps:
        changes.update({swap.holder, swap.other})
    for one in always_seated(of):
        for other in always_seated(of):
            assert abs(used[one] - used[other]) <= 1 + changes[one] + changes[other]


@given(histories(), DAYS)
def test_the_next_eight_quarters_come_as_they_were_foreseen(of: Facts, today: date) -> None:
    ahead = Quarter.of(today).following(8).starts_on
    foreseen = plan(replace(of, held=as_held(plan(of, today).terms, today)), ahead).terms
    days = [today, *(Quarter.of(today).following(count).starts_on for count in range(1, 9))]
    assert run_on(of, days).terms == foreseen


@given(histories(), st.lists(DAYS, min_size=1, max_size=6).map(sorted))
def test_late_and_repeated_runs_leave_what_daily_ones_do(of: Facts, days: list[date]) -> None:
    assert run_on(of, days) == run_on(of, [day for day in days for _ in range(2)]) == plan(of, days[-1])


@given(histories(), DAYS)
def test_three_missed_quarters_leave_the_same(of: Facts, today: date) -> None:
    quarters = [Quarter.of(today).following(count).starts_on for count in range(1, 5)]
    assert run_on(of, [today, *quarters]) == run_on(of, [today, quarters[-1]])


@given(histories(date(2024, 2, 20)), histories(date(2024, 2, 20)), DAYS)
def test_no_later_fact_rewrites_what_was_held(before: Facts, after: Facts, today: date) -> None:
    held = as_held(plan(before, today).terms, today)
    terms = plan(replace(after, held=held), LAST_DAY).terms
    kept = {(term.holder, term.starts_on): term.ends_on for term in terms}
    for each in held:
        assert kept[each.holder, each.starts_on] == each.ends_on or not each.is_closed
    for earlier, later in pairwise(terms):
        assert earlier.ends_on < later.starts_on
