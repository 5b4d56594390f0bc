"""When messages may leave the portal, and what they say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notices.office_hours import MOST_LINES, WAITS, Line, body, digest_until, is_office_hour, next_attempt, subject

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOMENTS = st.integers(0, 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=SHANGHAI) + timedelta(minutes=minutes)
)


def weekdays(day: date) -> bool:
    return day.weekday() < 5


@pytest.mark.parametrize(
    ("moment", "expected"),
    [("08:29", False), ("08:30", True), ("12:15", True), ("17:29", True), ("17:30", False), ("23:00", False)],
)
def test_people_are_told_in_office_hours(moment: str, expected: bool) -> None:
    assert is_office_hour(datetime.fromisoformat(f"2026-11-27T{moment}+08:00"), weekdays) is expected


@given(MOMENTS)
def test_nobody_is_told_on_a_day_off(now: datetime) -> None:
    assert not is_office_hour(now, lambda day: False)
    assert weekdays(now.date()) or not is_office_hour(now, weekdays)


@given(MOMENTS)
def test_a_digest_reaches_up_to_nine_and_is_not_made_before(now: datetime) -> None:
    until = digest_until(now)
    assert (until is None) == (now.hour < 9)
    assert until is None or (until <= now and (until.date(), until.hour, until.minute) == (now.date(), 9, 0))


@given(MOMENTS, st.integers(1, 20))
def test_attempts_come_later_and_later_and_end(now: datetime, failures: int) -> None:
    again = next_attempt(failures, now)
    assert (again is None) == (failures > len(WAITS))
    if again is not None:
        assert again > now
        following = next_attempt(failures + 1, now)
        assert following is None or following > again


def test_an_urgent_message_names_itself_several_are_counted() -> None:
    one = [Line("a", "诉求超期：要用电")]
    assert subject(one, digest_on=None) == "【急】诉求超期：要用电"
    assert subject([*one, Line("b", "又一条")], digest_on=None) == "【急】2 条紧急消息"
    assert subject(one, digest_on=date(2026, 11, 27)) == "11月27日有 1 条未读消息"


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), min_size=1))
def test_each_message_is_told_once_however_many_colleagues_got_it(told: list[tuple[int, int]]) -> None:
    lines = [Line(f"k{key}", f"第{key}件事") for key, _ in told]
    text, distinct = body(lines, address=""), {line.title for line in lines}
    shown = [line for line in text.splitlines() if line.partition(". ")[2] in distinct]
    assert len(shown) == len(set(shown)) == min(len(distinct), MOST_LINES)
    assert ("另有" in text) == (len(distinct) > MOST_LINES)
    assert "产业链" in text  # the word that DingTalk's robots are told to look for


def test_the_address_stands_below() -> None:
    assert body([Line("a", "消息")], address="https://portal.example").endswith("https://portal.example")


def test_waits_grow() -> None:
    assert list(WAITS) == sorted(WAITS)
    assert WAITS[0] >= timedelta(minutes=1)
