"""Periods: their names, the one before, how they stand in an address."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.periods import Period, period_parse, presets, quarter_parse, quarter_period

days = st.dates(date(2015, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    ("key", "start", "end", "label", "before"),
    [
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30), "2026年第三季度", "2026年第二季度"),
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31), "2026年第一季度", "2025年第四季度"),
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2026年", "2025年"),
        ("12M-2026Q3", date(2025, 10, 1), date(2026, 9, 30), "2025年10月—2026年9月", "2024年10月—2025年9月"),
    ],
)
def test_named_periods(key: str, start: date, end: date, label: str, before: str):
    period = period_parse(key)
    assert (period.start, period.end, period.label, period.previous.label) == (start, end, label, before)


def test_a_free_period_is_preceded_by_as_many_days():
    period = Period(date(2026, 3, 5), date(2026, 3, 14))
    assert period.previous == Period(date(2026, 2, 23), date(2026, 3, 4))
    assert period.label == "2026年3月5日—2026年3月14日"
    assert period.quarter is None


@given(days, st.integers(0, 900))
def test_the_period_before_ends_the_day_before(start: date, length: int):
    period = Period(start, start + timedelta(days=length))
    assert period.previous.end == period.start - timedelta(days=1)
    assert period.months[0] <= period.start
    assert len(period.months) == len(set(period.months))


@given(st.integers(2001, 2098), st.integers(1, 4))
def test_quarters_follow_each_other_without_gap(year: int, quarter: int):
    period = quarter_period(year, quarter)
    assert period.quarter == (year, quarter)
    assert period.previous.quarter == (year, quarter - 1) if quarter > 1 else (year - 1, 4)


def test_presets_begin_with_the_four_full_quarters_and_can_all_be_read():
    found = presets(date(2026, 11, 22))
    assert found[0] == ("12M-2026Q3", "近四个季度（2025年10月—2026年9月）")
    assert [period_parse(key).label in label for key, label in found] == [True] * len(found)


@pytest.mark.parametrize("text", ["2026", "2026Q5", "Q3", "二〇二六年三季度", ""])
def test_a_quarter_that_is_none_is_refused_with_an_example(text: str):
    with pytest.raises(ValueError, match="2026Q3"):
        quarter_parse(text)


def test_days_the_wrong_way_round_are_refused():
    with pytest.raises(ValueError, match="不能晚于"):
        Period(date(2026, 9, 30), date(2026, 7, 1))
