"""The persons of a term: every day has exactly one, and no change of person touches the term."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from alliances.tenures import Tenure, fitted, overlaid, own_only, with_person

A, B = 1, 2
START, END = date(2026, 4, 1), date(2026, 6, 30)
WHOLE = (Tenure(A, "赵刚", START, END),)
DAYS = st.dates(START, END)


def test_a_new_secretary_takes_over_inside_the_term() -> None:
    assert with_person(WHOLE, "钱进", date(2026, 5, 1)) == (
        Tenure(A, "赵刚", START, date(2026, 4, 30)),
        Tenure(A, "钱进", date(2026, 5, 1), END),
    )


def test_a_change_on_the_first_day_leaves_one_person() -> None:
    assert with_person(WHOLE, "钱进", START) == (Tenure(A, "钱进", START, END),)
    assert with_person(WHOLE, "赵刚", date(2026, 5, 1)) == WHOLE


def test_the_acting_holder_leads_for_his_days_and_the_secretary_returns() -> None:
    acting = Tenure(B, "孙丽", date(2026, 4, 11), date(2026, 5, 20), is_acting=True)
    tenures = overlaid(WHOLE, acting)
    assert tenures == (
        Tenure(A, "赵刚", START, date(2026, 4, 10)), acting, Tenure(A, "赵刚", date(2026, 5, 21), END),
    )  # fmt: skip
    assert with_person(tenures, "钱进", date(2026, 5, 1))[1:] == (acting, Tenure(A, "钱进", date(2026, 5, 21), END))


def test_a_term_that_ends_early_takes_its_persons_with_it() -> None:
    acting = Tenure(B, "孙丽", date(2026, 4, 11), date(2026, 5, 20), is_acting=True)
    assert fitted(overlaid(WHOLE, acting), date(2026, 5, 1)) == (
        Tenure(A, "赵刚", START, date(2026, 4, 10)),
        replace(acting, ends_on=date(2026, 5, 1)),
    )


def test_a_term_that_ends_later_after_all_goes_on_with_its_own_person() -> None:
    shorter = fitted(WHOLE, date(2026, 5, 1))
    assert fitted(shorter, END) == WHOLE


def test_without_the_acting_holder_the_own_persons_fill_his_days() -> None:
    acting = Tenure(B, "孙丽", START, date(2026, 5, 20), is_acting=True)
    assert own_only(overlaid(WHOLE, acting)) == WHOLE
    changed = with_person(overlaid(WHOLE, replace(acting, starts_on=date(2026, 4, 11))), "钱进", date(2026, 5, 1))
    assert own_only(changed) == (
        Tenure(A, "赵刚", START, date(2026, 5, 20)), Tenure(A, "钱进", date(2026, 5, 21), END),
    )  # fmt: skip
    assert own_only([Tenure(B, "孙丽", START, END, is_acting=True)]) == ()


@st.composite
def stretches(draw: st.DrawFn) -> Tenure:
    first, last = sorted((draw(DAYS), draw(DAYS)))
    return Tenure(B, draw(st.sampled_from(["孙丽", "周敏"])), first, last, is_acting=True)


@given(st.lists(st.one_of(stretches(), st.tuples(st.sampled_from(["钱进", "李想"]), DAYS)), max_size=6), DAYS)
def test_every_day_of_a_term_has_exactly_one_person(changes, ends_on) -> None:
    tenures = WHOLE
    for change in changes:
        tenures = overlaid(tenures, change) if isinstance(change, Tenure) else with_person(tenures, *change)
    for last_day in (END, ends_on, END):
        tenures = fitted(tenures, last_day)
        day = START
        for tenure in tenures:
            assert tenure.starts_on == day <= tenure.ends_on
            day = tenure.ends_on + timedelta(days=1)
        assert day == last_day + timedelta(days=1)
