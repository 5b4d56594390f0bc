"""The rules of domain.md §5: calendar ahead, notice, quorum and vote with proxies, and what holds for every meeting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances.meetings import (
    Ballot,
    Frequency,
    Regime,
    Rhythm,
    Seat,
    Share,
    calendar,
    call_by,
    due_day,
    is_carried,
    period_name,
    period_of,
    standing,
    topics_due,
    votes_needed,
)
from tenants.working_days import STATUTORY

HALF, THIRDS, EVERY, NONE = Share.MORE_THAN_HALF, Share.TWO_THIRDS, Share.ALL, Share.NONE
COUNCIL = Regime(quorum=THIRDS, majority=HALF, of_all=False, proxies_most=1)
PERIODIC = [each for each in Frequency if each.months]

shares = st.sampled_from(list(Share))
regimes = st.builds(Regime, shares, st.sampled_from([HALF, THIRDS, EVERY]), st.booleans(), st.integers(0, 3))


@st.composite
def seatings(draw: st.DrawFn) -> list[Seat]:
    """Up to twelve seats, some present, some with a proxy who may be anybody, himself and strangers included."""
    count = draw(st.integers(0, 12))
    return [Seat(pk, draw(st.booleans()), draw(st.none() | st.integers(1, count + 1))) for pk in range(1, count + 1)]


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    frequency = draw(st.sampled_from(PERIODIC))
    return Rhythm(frequency, draw(st.integers(1, frequency.months)), draw(st.integers(1, 28)))


# Shares


@pytest.mark.parametrize(
    ("share", "total", "least"),
    [(HALF, 9, 5), (HALF, 10, 6), (THIRDS, 9, 6), (THIRDS, 10, 7), (EVERY, 10, 10), (NONE, 10, 0)],
)
def test_shares_as_charters_mean_them(share: Share, total: int, least: int) -> None:
    assert share.of(total) == least


# Calendar


def test_a_quarterly_meeting_falls_on_its_day_or_the_next_working_day() -> None:
    rhythm = Rhythm(Frequency.QUARTERLY, 1, 3)
    found = calendar(rhythm, date(2026, 6, 1), date(2026, 12, 31), STATUTORY)
    assert [each.day for each in found] == [date(2026, 7, 3), date(2026, 10, 8)]  # 3 October: National Day holiday
    assert [period_name(rhythm.frequency, each.period) for each in found] == ["2026年第三季度", "2026年第四季度"]


@pytest.mark.parametrize(
    ("frequency", "name"),
    [
        (Frequency.MONTHLY, "2026年8月"),
        (Frequency.QUARTERLY, "2026年第三季度"),
        (Frequency.HALF_YEARLY, "2026年下半年"),
        (Frequency.YEARLY, "2026年"),
    ],
)
def test_a_period_is_called_as_people_do(frequency: Frequency, name: str) -> None:
    assert period_name(frequency, period_of(frequency, date(2026, 8, 20))) == name


def test_what_is_held_on_demand_has_no_calendar() -> None:
    assert calendar(Rhythm(Frequency.ON_DEMAND, 1, 1), date(2026, 1, 1), date(2026, 12, 31), STATUTORY) == []


@given(rhythms(), st.dates(date(2024, 1, 1), date(2026, 12, 31)), st.integers(0, 800))
def test_the_calendar_has_each_period_once_on_working_days_in_order(rhythm: Rhythm, first: date, length: int) -> None:
    until = first + timedelta(days=length)
    found = calendar(rhythm, first, until, STATUTORY)
    assert [each.period for each in found] == sorted({each.period for each in found})
    assert all(first <= each.day <= until and STATUTORY.is_working_day(each.day) for each in found)
    assert all(each.day == due_day(rhythm, each.period, STATUTORY) for each in found)


@given(rhythms(), st.dates(date(2024, 1, 1), date(2026, 6, 30)), st.integers(0, 400), st.integers(0, 400))
def test_the_calendar_does_not_depend_on_how_it_is_cut(rhythm: Rhythm, first: date, one: int, two: int) -> None:
    middle, until = first + timedelta(days=one), first + timedelta(days=one + two)
    parts = calendar(rhythm, first, middle, STATUTORY) + calendar(rhythm, middle + timedelta(days=1), until, STATUTORY)
    assert parts == calendar(rhythm, first, until, STATUTORY)


def test_topics_a_week_before_and_the_longer_notice_of_members_and_superior() -> None:
    day = date(2026, 12, 15)
    assert topics_due(day, 7) == date(2026, 12, 8)
    assert call_by(day, notice_days=5, superior_days=2) == date(2026, 12, 10)
    assert call_by(day, notice_days=0, superior_days=2) == date(2026, 12, 13)


# Quorum


def test_a_proxy_counts_when_its_holder_is_there_himself() -> None:
    there = standing([Seat(1, True), Seat(2, proxy=1), Seat(3)], COUNCIL)
    assert (there.present, there.represented, there.needed, there.is_quorate) == (1, 1, 2, True)
    away = standing([Seat(1), Seat(2, proxy=1), Seat(3, True)], COUNCIL)
    assert (away.represented, away.is_quorate, away.missing) == (0, False, 1)


def test_nobody_stands_for_more_than_the_body_allows() -> None:
    seats = [Seat(1, True), Seat(2, proxy=1), Seat(3, proxy=1)]
    assert standing(seats, COUNCIL).represented == 1
    assert standing(seats, replace(COUNCIL, proxies_most=2)).represented == 2
    assert standing(seats, replace(COUNCIL, proxies_most=0)).represented == 0


def test_without_anybody_there_nothing_is_decided() -> None:
    nothing_needed = replace(COUNCIL, quorum=NONE)
    assert not standing([Seat(1), Seat(2)], nothing_needed).is_quorate
    assert not standing([], nothing_needed).is_quorate
    assert standing([Seat(1, True), Seat(2)], nothing_needed).is_quorate


@given(seatings(), regimes)
def test_seats_are_counted_once_and_represented_within_bounds(seats: list[Seat], regime: Regime) -> None:
    there = standing(seats, regime)
    assert there.votes <= there.seats == len(seats)
    assert there.represented <= there.present * regime.proxies_most
    assert (there.missing == 0) == there.is_quorate


@given(seatings(), regimes, st.data())
def test_somebody_who_comes_never_costs_the_quorum(seats: list[Seat], regime: Regime, data: st.DataObject) -> None:
    absent = [each for each in seats if not each.is_present]
    if absent:
        comer = data.draw(st.sampled_from(absent))
        more = [replace(each, is_present=True, proxy=None) if each == comer else each for each in seats]
        before, after = standing(seats, regime), standing(more, regime)
        assert after.votes >= before.votes
        assert after.is_quorate or not before.is_quorate


# Vote


def test_a_majority_of_all_seats_is_more_than_one_of_those_who_came() -> None:
    there = standing([Seat(pk, pk <= 6) for pk in range(1, 10)], COUNCIL)
    of_all = replace(COUNCIL, of_all=True)
    assert (votes_needed(COUNCIL, there), votes_needed(of_all, there)) == (4, 5)
    assert is_carried(Ballot(4, 2), COUNCIL, there)
    assert not is_carried(Ballot(4, 2), of_all, there)


def test_an_abstention_is_no_vote_in_favour() -> None:
    there = standing([Seat(pk, True) for pk in range(1, 5)], COUNCIL)
    assert not is_carried(Ballot(2, 0, 2), COUNCIL, there)
    assert is_carried(Ballot(3, 0, 1), COUNCIL, there)


@given(seatings(), regimes, st.integers(0, 15), st.integers(0, 15))
def test_without_quorum_or_votes_nothing_is_carried(
    seats: list[Seat], regime: Regime, in_favour: int, against: int
) -> None:
    there = standing(seats, regime)
    if is_carried(Ballot(in_favour, against), regime, there):
        assert there.is_quorate
        assert in_favour >= 1
        assert in_favour >= votes_needed(regime, there)


@given(seatings(), regimes)
def test_two_contrary_resolutions_are_never_both_carried(seats: list[Seat], regime: Regime) -> None:
    there = standing(seats, regime)
    for in_favour in range(there.votes + 1):
        both = [Ballot(in_favour, there.votes - in_favour), Ballot(there.votes - in_favour, in_favour)]
        assert not all(is_carried(each, regime, there) for each in both)
