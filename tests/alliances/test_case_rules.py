"""The rules of projects and cases: two a year, two levels of review, nobody reviews his own."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliances import brands, cases
from alliances.cases import Action, Level, State
from alliances.models import BrandProject, CaseStep, TypicalCase

FOUNDED = date(2025, 6, 1)


@given(st.lists(st.sampled_from(["plan", "stop"]), max_size=30))
def test_never_more_than_two_hold_a_place_and_none_is_refused_while_one_is_free(acts: list[str]) -> None:
    taken: list[int] = []
    for act in acts:
        if act == "stop":
            taken = taken[1:]
            continue
        place = brands.free_place(taken)
        assert (place is None) == (len(taken) == brands.YEARLY_MOST)
        if place is not None:
            assert place not in taken
            taken.append(place)
    assert len(taken) <= brands.YEARLY_MOST


@pytest.mark.parametrize(
    ("count", "today", "colour"),
    [
        (0, date(2026, 9, 30), None),
        (0, date(2026, 10, 1), "amber"),
        (0, date(2026, 12, 31), "amber"),
        (0, date(2027, 1, 1), "red"),
        (1, date(2027, 1, 1), None),
        (2, date(2026, 12, 31), None),
    ],
)
def test_an_alliance_without_a_project_is_told_when_the_year_ends(count: int, today: date, colour: str | None) -> None:
    found = brands.shortage(year=2026, count=count, founded_on=FOUNDED, today=today)
    assert (found.colour if found else None) == colour
    assert found is None or "2026年" in found.words


def test_the_last_day_is_named_and_nothing_is_asked_of_years_before_the_founding() -> None:
    last = brands.shortage(year=2026, count=0, founded_on=FOUNDED, today=date(2026, 12, 31))
    assert last is not None
    assert last.words.endswith("今天是最后一天")
    assert brands.shortage(year=2024, count=0, founded_on=FOUNDED, today=date(2026, 1, 1)) is None


@given(
    st.integers(0, 2),
    st.integers(2020, 2030),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
    st.dates(date(2020, 1, 1)),
)
def test_whoever_has_a_project_is_never_warned(count: int, year: int, founded: date, today: date) -> None:
    found = brands.shortage(year=year, count=count, founded_on=founded, today=today)
    assert not (found and count)


@pytest.mark.parametrize(("year", "refused"), [(2024, True), (2025, False), (2027, False), (2028, True)])
def test_a_year_before_the_founding_or_far_ahead_is_refused(year: int, refused: bool) -> None:
    assert bool(brands.year_refusal(year=year, founded_on=FOUNDED, today=date(2026, 3, 5))) == refused


def test_rules_and_rows_name_the_same_states() -> None:
    assert set(brands.NEXT) == set(BrandProject.State.values)
    assert set(State) == set(TypicalCase.State.values)
    assert set(Action) == set(CaseStep.Action.values)


ACTS = st.lists(
    st.tuples(st.sampled_from(list(Action)), st.integers(1, 4), st.booleans()),
    max_size=40,
)
#: Two write, one reviews for the county, one for the city; each tries everything.
LEVELS = {3: Level.COUNTY, 4: Level.CITY}


@given(ACTS)
def test_nothing_is_accepted_without_a_review_by_somebody_who_did_not_write_it(
    acts: list[tuple[Action, int, bool]],
) -> None:
    state, writers, path = State.DRAFT, {1}, list[tuple[Action, int]]()
    for action, person, county in acts:
        if action in cases.OWN:
            # Reviewers keep alliances' files as well: they may write, and then review no more.
            after = cases.after_writing(state, action, county_reviews=county)
        else:
            level = LEVELS.get(person)
            after = level and cases.after_review(state, action, level=level, is_writer=person in writers)
        if not after:
            continue
        state = after
        path.append((action, person))
        if action in (Action.WRITE, Action.SUBMIT):
            writers.add(person)
        if action == Action.ACCEPT:
            since = path[max(at for at, (what, _) in enumerate(path) if what == Action.SUBMIT) :]
            assert {who for what, who in since if what in (Action.FORWARD, Action.ACCEPT)} & writers == set()
            assert person == 4
        if action == Action.WRITE:
            assert state in cases.WRITABLE
    if state in cases.PUBLISHED:
        assert Action.ACCEPT in {what for what, _ in path}


def test_the_county_reviews_first_and_the_city_second() -> None:
    first = cases.after_writing(State.DRAFT, Action.SUBMIT, county_reviews=True)
    assert first == State.SUBMITTED
    assert cases.after_review(first, Action.ACCEPT, level=Level.CITY, is_writer=False) is None
    second = cases.after_review(first, Action.FORWARD, level=Level.COUNTY, is_writer=False)
    assert second == State.FORWARDED
    assert cases.after_review(second, Action.ACCEPT, level=Level.COUNTY, is_writer=False) is None
    assert cases.after_review(second, Action.ACCEPT, level=Level.CITY, is_writer=False) == State.ACCEPTED


def test_without_a_county_reviewer_the_city_reviews_at_once() -> None:
    assert cases.after_writing(State.RETURNED, Action.SUBMIT, county_reviews=False) == State.FORWARDED


@pytest.mark.parametrize("state", [State.ACCEPTED, State.COMPILED])
def test_the_city_sends_back_what_was_accepted(state: State) -> None:
    assert cases.after_review(state, Action.RETURN, level=Level.CITY, is_writer=False) == State.RETURNED
    assert cases.after_review(state, Action.RETURN, level=Level.COUNTY, is_writer=False) is None
