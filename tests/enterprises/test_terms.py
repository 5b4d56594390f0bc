"""Terms and strength: properties that hold for all days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enterprises.terms import Standing, overlapping, standing, strength

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
LENGTHS = st.none() | st.integers(0, 3000)


def end_of(start: date, length: int | None) -> date | None:
    return None if length is None else start + timedelta(days=length)


@given(DAYS, LENGTHS, DAYS)
def test_first_and_last_day_belong_to_the_term(start: date, length: int | None, day: date) -> None:
    end = end_of(start, length)
    assert standing(start, end, start) == Standing.PRESENT
    assert standing(start, end, start - timedelta(days=1)) == Standing.AHEAD
    if end is not None:
        assert standing(start, end, end) == Standing.PRESENT
        assert standing(start, end, end + timedelta(days=1)) == Standing.OVER
    else:
        assert standing(start, end, max(day, start)) == Standing.PRESENT


@given(DAYS, LENGTHS, DAYS, LENGTHS)
def test_terms_overlap_exactly_when_a_day_lies_in_both(
    start: date, length: int | None, other: date, other_length: int | None
) -> None:
    end, other_end = end_of(start, length), end_of(other, other_length)
    # Two intervals meet, if at all, on the later of their first days.
    later = max(start, other)
    both = standing(start, end, later) == standing(other, other_end, later) == Standing.PRESENT
    assert overlapping(start, end, other, other_end) == both
    assert overlapping(other, other_end, start, end) == both


@given(st.integers(0, 3), st.integers(0, 9))
def test_a_team_of_one_and_two_or_three_is_the_only_one_without_a_warning(leaders: int, members: int) -> None:
    assert (strength(leaders, members) == "") == (leaders >= 1 and members in (2, 3))


@pytest.mark.parametrize(
    ("leaders", "members", "sentence"),
    [(0, 0, "没有团长，没有成员"), (1, 1, "成员只有 1 名，还差 1 名"), (1, 4, "成员有 4 名，超过 3 名")],
)
def test_the_warning_says_what_is_missing(leaders: int, members: int, sentence: str) -> None:
    assert strength(leaders, members) == sentence
