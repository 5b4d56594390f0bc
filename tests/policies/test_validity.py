"""Whether a policy is in force."""

from datetime import date, timedelta

import pytest

from policies.validity import EXPIRING_DAYS, expiring_before, validity

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("left", "status", "words"),
    [
        (-1, "expired", "已过期"),
        (0, "expiring", "今天到期"),
        (29, "expiring", "还有 29 天到期"),
        (30, "valid", "有效"),
    ],
)
def test_the_last_thirty_days_warn(left: int, status: str, words: str):
    found = validity(effective_on=date(2026, 1, 1), valid_until=TODAY + timedelta(days=left), today=TODAY)
    assert (found.status, found.words) == (status, words)


def test_a_policy_without_end_never_expires():
    assert validity(effective_on=TODAY, valid_until=None, today=date(2099, 1, 1)).status == "valid"


def test_a_policy_that_has_not_begun_is_upcoming_even_when_it_is_short():
    assert validity(effective_on=date(2026, 12, 1), valid_until=date(2026, 12, 2), today=TODAY).status == "upcoming"


def test_the_bound_for_tables_agrees_with_the_rule():
    assert expiring_before(TODAY) - TODAY == timedelta(days=EXPIRING_DAYS)
    for begins in range(-50, 50):
        for length in range(50):
            effective_on = TODAY + timedelta(days=begins)
            valid_until = effective_on + timedelta(days=length)
            status = validity(effective_on=effective_on, valid_until=valid_until, today=TODAY).status
            in_force = effective_on <= TODAY <= valid_until
            assert (status == "expiring") == (in_force and valid_until < expiring_before(TODAY))
