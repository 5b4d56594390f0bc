"""The state bar of a demand, and its light explained."""

from datetime import date

import pytest

from demands.deadlines import light
from demands.progress import STEPS, explanation, steps
from tenants.working_days import STATUTORY

RAISED, DUE, CLOSED = date(2026, 11, 10), date(2026, 11, 24), date(2026, 11, 20)


def bar(state: str, **values: object) -> dict[str, tuple[str, str]]:
    defaults = {"raised_on": RAISED, "accepted_on": None, "due_on": DUE, "closed_on": None, "rating": ""}
    return {step.label: (step.state, step.note) for step in steps(state=state, **(defaults | values))}


def test_what_is_behind_is_done_what_is_being_done_says_until_when():
    found = bar("assigned", accepted_on=date(2026, 11, 11))
    assert found["提出"] == ("done", "2026年11月10日")
    assert found["受理"] == ("done", "2026年11月11日")
    assert found["签收"] == ("now", "应于 2026年11月24日前办结")
    assert found["办理"] == ("", "")


@pytest.mark.parametrize("state", ["draft", "submitted", "accepted", "assigned", "in_progress", "answered"])
def test_exactly_one_step_of_an_open_demand_is_now(state: str):
    assert [step for step, _ in bar(state).values()].count("now") == 1


def test_a_closed_demand_is_done_but_an_absent_rating_stays_open():
    rated = bar("closed", closed_on=CLOSED, rating="满意")
    assert {state for state, _ in rated.values()} == {"done"}
    assert rated["评价"] == ("done", "满意")
    assert bar("closed", closed_on=CLOSED)["评价"] == ("", "未评价")
    assert len(rated) == len(STEPS)


def why(today: date, **dates: date | None) -> str:
    given = {"started_on": RAISED, "due_on": DUE, "closed_on": None} | dates
    return explanation(light(today=today, calendar=STATUTORY, **given), today=today, calendar=STATUTORY, **given)


def test_the_explanation_names_the_days():
    assert why(date(2026, 11, 12)) == "绿灯：剩余 8 个工作日，全程 10 个工作日。"
    assert why(date(2026, 11, 23)) == "黄灯：剩余 1 个工作日，不多于 2 个，也不多于全程 10 个工作日的三分之一。"
    assert why(date(2026, 11, 26)) == "红灯：办理时限 2026年11月24日，已超期 2 天，仍未办结。"
    assert why(DUE, closed_on=CLOSED) == "2026年11月20日办结，办理时限是 2026年11月24日：按期办结。"
    assert why(DUE, closed_on=CLOSED, due_on=None) == "2026年11月20日办结，没有定过办理时限。"
    assert why(DUE, due_on=None) == "还没有定办理时限，暂按绿灯管理。"


def test_an_unpublished_calendar_is_said():
    assert "放假安排还没有收录" in why(date(2026, 11, 12), due_on=date(2035, 1, 5))
