"""What a calendar says of any day, and that counting there and back agree whatever a tenant has changed."""

from datetime import date, timedelta

import chinese_calendar
from hypothesis import given
from hypothesis import strategies as st

from tenants.working_days import STATUTORY, WorkingCalendar, holiday_name, is_weekday

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
spans = st.integers(0, 90).map(timedelta)
#: Days that a tenant worked or had off, whatever the official calendar says.
changes = st.dictionaries(st.dates(date(2025, 12, 1), date(2026, 3, 31)), st.booleans(), max_size=40)
near = st.dates(date(2025, 11, 1), date(2026, 4, 30))
calendars = changes.map(lambda found: STATUTORY.with_days(1, found.items()))


@given(st.dates(date(2004, 1, 1), date(2026, 12, 31)))
def test_the_statutory_calendar_is_the_state_councils(day: date) -> None:
    assert STATUTORY.is_working_day(day) == chinese_calendar.is_workday(day)
    assert STATUTORY.calendar_known(day.year)


def test_make_up_workdays_count_and_holidays_do_not() -> None:
    assert STATUTORY.is_working_day(date(2026, 10, 10))  # a Saturday worked for the National Day holiday
    assert not STATUTORY.is_working_day(date(2026, 10, 5))  # a Monday of that holiday
    assert STATUTORY.working_days_between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert [holiday_name(date(2026, 10, day)) for day in (5, 10, 11)] == ["国庆节", "国庆节", ""]


@given(st.dates(date(2040, 1, 1), date(2044, 12, 31)))
def test_a_year_without_a_notice_has_free_weekends_only(day: date) -> None:
    assert not STATUTORY.calendar_known(day.year)
    assert STATUTORY.is_working_day(day) == is_weekday(day)


@given(changes, near)
def test_what_a_tenant_changed_counts_and_everything_else_stays(found: dict[date, bool], day: date) -> None:
    calendar = STATUTORY.with_days(1, found.items())
    assert calendar.is_working_day(day) == found.get(day, STATUTORY.is_working_day(day))
    assert not calendar.free & calendar.worked
    assert calendar.version == 1


@given(changes, changes, near)
def test_a_later_change_goes_over_an_earlier_one(first: dict[date, bool], second: dict[date, bool], day: date) -> None:
    twice = STATUTORY.with_days(1, first.items()).with_days(2, second.items(), years={2027})
    assert twice == STATUTORY.with_days(2, (first | second).items(), years={2027})
    assert twice.calendar_known(2027)
    assert twice.is_working_day(day) == (first | second).get(day, STATUTORY.is_working_day(day))


@given(calendars, near, st.integers(1, 30))
def test_the_nth_working_day_is_n_working_days_away(calendar: WorkingCalendar, start: date, count: int) -> None:
    later = calendar.add_working_days(start, count)
    assert calendar.is_working_day(later)
    assert calendar.working_days_between(start, later) == count
    assert calendar.add_working_days(start, 0) == start
    assert calendar.is_working_day(calendar.add_working_days(start, -count))


@given(calendars, near, st.integers(1, 30))
def test_going_on_and_back_ends_on_the_same_working_day(calendar: WorkingCalendar, start: date, count: int) -> None:
    day = calendar.add_working_days(start, 1)
    assert calendar.add_working_days(calendar.add_working_days(day, count), -count) == day


@given(calendars, near, near, st.integers(0, 30), st.integers(0, 30))
def test_a_later_start_or_a_longer_term_never_ends_earlier(
    calendar: WorkingCalendar, one: date, other: date, few: int, more: int
) -> None:
    first, last = sorted((one, other))
    short, long = sorted((few, more))
    assert calendar.add_working_days(first, long) <= calendar.add_working_days(last, long)
    assert calendar.add_working_days(first, short) <= calendar.add_working_days(first, long)


@given(calendars, near, spans, spans)
def test_working_days_add_up(calendar: WorkingCalendar, start: date, first: timedelta, second: timedelta) -> None:
    middle, end = start + first, start + first + second
    whole = calendar.working_days_between(start, end)
    assert whole == calendar.working_days_between(start, middle) + calendar.working_days_between(middle, end)
    assert calendar.working_days_between(end, start) == 0 or first + second == timedelta()
