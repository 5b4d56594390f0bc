"""When a demand's light turns."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from demands.deadlines import amber_bands, light
from tenants.working_days import STATUTORY

days = st.dates(date(2024, 1, 1), date(2028, 12, 31))
spans = st.integers(0, 60).map(timedelta)
MONDAY = date(2026, 11, 23)


def colour(**dates: date | None) -> str:
    return light(**{"started_on": MONDAY, "closed_on": None, "today": MONDAY, "calendar": STATUTORY} | dates).colour


@pytest.mark.parametrize(
    ("started", "due", "today", "expected"),
    [
        (MONDAY, date(2026, 12, 4), MONDAY, ("green", "还剩 9 个工作日")),
        (date(2026, 11, 2), date(2026, 11, 25), MONDAY, ("amber", "还剩 2 个工作日")),
        (date(2026, 11, 20), date(2026, 11, 25), MONDAY, ("green", "还剩 2 个工作日")),  # a third of 3 days is 1
        (date(2026, 11, 20), date(2026, 11, 23), MONDAY, ("amber", "今天到期")),
        (date(2026, 11, 2), date(2026, 11, 28), date(2026, 11, 27), ("amber", "剩余不足 1 个工作日")),
        (date(2026, 11, 2), date(2026, 11, 22), MONDAY, ("red", "超期 1 天")),
    ],
)
def test_light_of_open_demand(started: date, due: date, today: date, expected: tuple[str, str]):
    found = light(started_on=started, due_on=due, closed_on=None, today=today, calendar=STATUTORY)
    assert (found.colour, found.words) == expected


def test_light_of_closed_demand_says_whether_in_time():
    def words(due: date | None) -> str:
        return light(
            started_on=MONDAY, due_on=due, closed_on=date(2026, 12, 3), today=date(2027, 1, 1), calendar=STATUTORY
        ).words

    assert words(date(2026, 12, 3)) == "按期办结"
    assert words(date(2026, 12, 1)) == "超期 2 天办结"
    assert words(None) == "已办结"


def test_demand_without_deadline_is_green_and_says_so():
    assert (
        light(started_on=MONDAY, due_on=None, closed_on=None, today=MONDAY, calendar=STATUTORY).words == "未定办理时限"
    )


@given(days, spans, spans)
def test_light_only_worsens_while_time_passes(started: date, term: timedelta, passed: timedelta):
    order = ["green", "amber", "red"]
    due, today = started + term, started + passed
    before = colour(started_on=started, due_on=due, today=today)
    after = colour(started_on=started, due_on=due, today=today + timedelta(days=1))
    assert order.index(before) <= order.index(after)


@given(days, st.integers(-5, 60), st.integers(0, 60))
def test_bands_for_the_database_say_amber_exactly_where_the_rule_does(today: date, until_due: int, since_start: int):
    due, started = today + timedelta(days=until_due), today - timedelta(days=since_start)
    if due < started:
        return
    by_bands = any(
        band.due_from <= due < band.due_before and started < band.started_before
        for band in amber_bands(today, STATUTORY)
    )
    assert by_bands == (colour(started_on=started, due_on=due, today=today) == "amber")
