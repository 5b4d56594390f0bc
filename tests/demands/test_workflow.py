"""The course of a demand: the table itself, each side road, and thousands of courses at random."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from demands import clocks
from demands.case import ANSWERS, RUNS_ON, Case, Given, RefusedError
from demands.clocks import ZONE, Complexity, Deadline, Step
from demands.course import absorb, allowed, apply, parties_of
from demands.workflow import ENDS, IN_HAND, TABLE, Action, Extension, Need, Party, State, Transition
from tenants.working_days import STATUTORY

A = Action
FINANCE, LAND, TALENT = 1, 2, 3


CALENDAR = STATUTORY.with_days(7, ())
MONDAY = datetime(2026, 11, 2, 9, 30, tzinfo=ZONE)


def at(days: int = 0, hour: int = 10) -> datetime:
    """An instant some natural days after Monday, 2 November 2026."""
    return MONDAY.replace(hour=hour) + timedelta(days=days)


def after(case: Case, *acts: tuple[Action, Given], day: int = 0) -> Case:
    for action, given in acts:
        case = apply(case, action, given, at(day), CALENDAR)
    return case


ACCEPT = (A.ACCEPT, Given(complexity=Complexity.ORDINARY))
ASSIGN = (A.ASSIGN, Given(lead=FINANCE, assisting=frozenset({LAND})))
SIGN = (A.SIGN, Given(unit=FINANCE))


def in_progress() -> Case:
    """Submitted, accepted, assigned and signed on Monday; 办结 due on Wednesday of the next week."""
    return after(Case(), (A.SUBMIT, Given()), ACCEPT, ASSIGN, SIGN)


def answered(result: str = "solved", day: int = 3) -> Case:
    return after(in_progress(), (A.ANSWER, Given(result=result)), day=day)


def due(case: Case, step: Step = Step.RESOLVE) -> date:
    found = case.open(step)
    assert found is not None
    return found.due_on


# The table


def test_each_state_but_the_ends_has_an_exit_and_is_reached():
    reached = {state for row in TABLE for state in row.targets}
    for state in State:
        exits = [row for row in TABLE if state in row.sources and set(row.targets) - {state}]
        assert bool(exits) == (state not in ENDS), state
        assert state in reached or state is State.DRAFT


def test_from_each_state_an_end_can_be_reached():
    near = set(ENDS)
    while more := {state for row in TABLE if near & set(row.targets) for state in row.sources} - near:
        near |= more
    assert near == set(State)


def test_each_action_stands_in_the_table_once_with_somebody_who_does_it():
    assert [row.action for row in TABLE] == list(dict.fromkeys(row.action for row in TABLE))
    assert {row.action for row in TABLE} == set(Action)
    assert all(row.by and row.sources and row.label for row in TABLE)


def test_who_refuses_says_who_is_responsible():
    refuse = next(row for row in TABLE if row.action is A.REFUSE)
    assert {Need.REASON, Need.RESPONSIBLE} <= set(refuse.needs)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.action)
def test_no_action_in_a_state_that_is_not_its_own(row: Transition):
    for state in set(State) - row.sources:
        with pytest.raises(RefusedError):
            apply(Case(state=state), row.action, Given(), MONDAY, CALENDAR)


# The straight way


def test_the_straight_way_with_its_deadlines():
    case = after(Case(), (A.SUBMIT, Given()))
    assert due(case, Step.ACCEPT) == date(2026, 11, 3)
    case = after(case, ACCEPT)
    assert (due(case, Step.ASSIGN), due(case)) == (date(2026, 11, 3), date(2026, 11, 11))
    case = after(case, ASSIGN)
    assert {each.unit for each in case.deadlines if each.step is Step.SIGN and each.is_open} == {FINANCE, LAND}
    assert due(case, Step.ASSIST) == date(2026, 11, 5)
    case = after(case, SIGN)
    assert (case.state, due(case, Step.REPLY)) == (State.IN_PROGRESS, date(2026, 11, 4))
    case = after(case, (A.REPLY, Given()), (A.ANSWER, Given(result="solved")), day=3)
    assert (case.state, due(case, Step.RATE)) == (State.ANSWERED, date(2026, 11, 12))
    assert case.open(Step.RESOLVE) is None
    case = after(case, (A.RATE, Given(rating=5)), day=4)
    assert case.state is State.CLOSED
    assert not any(each.is_open for each in case.deadlines)
    assert all(each.version == CALENDAR.version for each in case.deadlines)


@pytest.mark.parametrize(("complexity", "day"), [("consultation", 5), ("ordinary", 11), ("complex", 23)])
def test_the_term_depends_on_complexity(complexity: str, day: int):
    case = after(Case(), (A.SUBMIT, Given()), (A.ACCEPT, Given(complexity=Complexity(complexity))))
    assert due(case) == date(2026, 11, day)


def test_terms_skip_the_holidays_and_count_make_up_workdays():
    eve = datetime(2026, 9, 30, 15, tzinfo=ZONE)
    submitted = apply(Case(), A.SUBMIT, Given(), eve, CALENDAR)
    assert due(submitted, Step.ACCEPT) == date(2026, 10, 8)


# Side roads


def test_a_unit_objects_within_a_day_and_is_answered_the_same_day():
    assigned = after(Case(), (A.SUBMIT, Given()), ACCEPT, ASSIGN)
    objected = after(assigned, (A.OBJECT, Given(unit=FINANCE)), day=1)
    assert due(objected, Step.DECIDE) == date(2026, 11, 3)
    upheld = after(objected, (A.UPHOLD, Given(lead=LAND)), day=1)
    assert (upheld.state, upheld.lead, upheld.assisting) == (State.ASSIGNED, LAND, frozenset())
    assert due(upheld) == due(assigned)
    with pytest.raises(RefusedError, match="1 个工作日内"):
        after(assigned, (A.OBJECT, Given(unit=FINANCE)), day=2)


def test_an_objection_raised_in_the_evening_is_decided_on_the_next_working_day():
    assigned = after(Case(), (A.SUBMIT, Given()), ACCEPT, ASSIGN)
    friday = datetime(2026, 11, 6, 18, 30, tzinfo=ZONE)
    assert clocks.start(Step.DECIDE, friday, CALENDAR).due_on == date(2026, 11, 9)
    overruled = after(assigned, (A.OBJECT, Given(unit=FINANCE)), (A.OVERRULE, Given()))
    with pytest.raises(RefusedError, match="已经提过异议"):
        after(overruled, (A.OBJECT, Given(unit=FINANCE)))


def test_while_it_waits_for_the_enterprise_the_clock_stands_still():
    paused = after(in_progress(), (A.PAUSE, Given()), day=2)
    resumed = after(paused, (A.RESUME, Given()), day=7)
    assert due(resumed) == date(2026, 11, 16)  # three working days later: Thursday, Friday, Monday
    left = [clocks.left(case.resolve, at(day), CALENDAR) for case, day in ((paused, 2), (paused, 6), (resumed, 7))]
    assert left == [5, 5, 5]
    assert clocks.elapsed(resumed.resolve, at(7), CALENDAR) == 2


def test_extension_once_in_time_within_thirty_working_days():
    case = in_progress()
    ask = (A.EXTEND, Given(new_due_on=date(2026, 11, 20)))
    asked = after(case, ask, day=8)
    assert (asked.extension, due(asked)) == (Extension.ASKED, date(2026, 11, 11))
    granted = after(asked, (A.GRANT, Given()), day=8)
    assert due(granted) == date(2026, 11, 20)
    for faulty, day, words in (
        (case, 9, "来不及"),
        (granted, 8, "只能申请一次"),
        (after(asked, (A.DENY, Given()), day=8), 8, "只能申请一次"),
    ):
        with pytest.raises(RefusedError, match=words):
            after(faulty, ask, day=day)
    for day, words in (
        (date(2026, 11, 11), "晚于"),
        (date(2026, 11, 21), "不是工作日"),
        (date(2026, 12, 15), "最多 30 个工作日，最晚到2026年12月14日"),
    ):
        with pytest.raises(RefusedError, match=words):
            after(case, (A.EXTEND, Given(new_due_on=day)))
    with pytest.raises(RefusedError, match="申请了延期"):
        after(asked, (A.PAUSE, Given()))


def test_two_become_one_and_the_earlier_deadline_holds():
    late = in_progress()
    early = after(Case(), (A.SUBMIT, Given()), (A.ACCEPT, Given(complexity=Complexity.CONSULTATION)))
    merged = after(early, (A.MERGE, Given(into=late)))
    assert merged.state is State.MERGED
    assert due(absorb(late, early)) == due(early) < due(late)
    assert due(absorb(early, late)) == due(early)
    with pytest.raises(RefusedError, match="只能并入"):
        after(early, (A.MERGE, Given(into=answered())))


def test_recategorising_keeps_the_elapsed_time():
    case = after(in_progress(), (A.RECATEGORISE, Given(complexity=Complexity.COMPLEX)), day=3)
    assert due(case) == date(2026, 11, 23)
    assert clocks.elapsed(case.resolve, at(3), CALENDAR) == 3
    assert due(after(case, (A.RECATEGORISE, Given(complexity=Complexity.ORDINARY)), day=3)) == date(2026, 11, 11)


def test_reassigning_keeps_the_deadline_and_ends_what_the_old_unit_owed():
    case = after(in_progress(), (A.REASSIGN, Given(lead=TALENT, assisting=frozenset({FINANCE}))), day=3)
    assert (case.state, case.units) == (State.ASSIGNED, {TALENT, FINANCE})
    assert due(case) == date(2026, 11, 11)
    owing = {(each.step, each.unit) for each in case.deadlines if each.is_open and each.unit}
    assert owing == {(Step.SIGN, TALENT), (Step.ASSIST, FINANCE)}


def test_shelved_with_a_promised_date_and_taken_up_again():
    case = after(in_progress(), (A.SHELVE, Given(promised_on=date(2027, 3, 1))), day=3)
    assert (case.state, case.result, due(case, Step.PROMISE)) == (State.SHELVED, "planned", date(2027, 3, 1))
    assert due(after(case, (A.RECHECK, Given(promised_on=date(2027, 6, 1))), day=60), Step.PROMISE) == date(2027, 6, 1)
    again = after(case, (A.UNSHELVE, Given()), day=10)
    assert (again.result, clocks.left(again.resolve, at(10), CALENDAR)) == ("", 4)
    assert after(case, (A.ANSWER, Given(result="solved")), day=10).open(Step.PROMISE) is None
    with pytest.raises(RefusedError, match="今天以后"):
        after(in_progress(), (A.SHELVE, Given(promised_on=at().date())))


def test_an_answer_in_part_does_not_stop_the_clock():
    partly = answered("partly")
    assert partly.open(Step.RESOLVE).runs
    fully = after(partly, (A.ANSWER, Given(result="solved")), day=4)
    assert fully.open(Step.RESOLVE) is None
    assert [each.due_on for each in fully.deadlines if each.step is Step.RATE and each.is_open] == [date(2026, 11, 13)]
    with pytest.raises(RefusedError, match="已经答复"):
        after(fully, (A.ANSWER, Given(result="solved")), day=4)


def test_a_bad_rating_is_called_back_within_48_hours_and_handled_a_second_time_once():
    bad = after(answered(), (A.RATE, Given(rating=2)), day=4)
    assert (bad.state, bad.open(Step.CALLBACK).due_at) == (State.CALLBACK, at(6))
    assert after(bad, (A.CALL_BACK, Given(again=False)), day=5).state is State.CLOSED
    second = after(bad, (A.CALL_BACK, Given(again=True)), day=5)
    assert (second.state, due(second, Step.SECOND)) == (State.IN_PROGRESS, date(2026, 11, 22))
    for action in (A.EXTEND, A.PAUSE, A.SHELVE, A.RECATEGORISE):
        with pytest.raises(RefusedError, match="二次办理"):
            after(second, (action, Given(complexity=Complexity.COMPLEX)), day=6)
    again = after(second, (A.ANSWER, Given(result="explained")), (A.RATE, Given(rating=1)), day=7)
    assert again.state is State.CLOSED


def test_without_a_rating_it_is_closed_after_seven_natural_days():
    with pytest.raises(RefusedError, match="2026年11月12日"):
        after(answered(), (A.CLOSE, Given()), day=9)
    assert after(answered(), (A.CLOSE, Given()), day=11).state is State.CLOSED


def test_what_was_withdrawn_was_not_done():
    case = after(in_progress(), (A.WITHDRAW, Given()))
    assert (case.state, case.result, case.resolve.is_met) == (State.CLOSED, "withdrawn", False)


def test_each_unit_signs_and_gives_its_opinion_for_itself():
    case = in_progress()
    assert parties_of(case, LAND) == {Party.ASSISTING}
    signed = after(case, (A.SIGN_PART, Given(unit=LAND)))
    with pytest.raises(RefusedError, match="已经签收"):
        after(signed, (A.SIGN_PART, Given(unit=LAND)))
    assert signed.open(Step.ASSIST)
    assert after(signed, (A.OPINION, Given(unit=LAND))).open(Step.ASSIST) is None


def test_a_unit_has_one_part_only():
    accepted = after(Case(), (A.SUBMIT, Given()), ACCEPT)
    for given in (
        Given(lead=FINANCE, assisting=frozenset({FINANCE})),
        Given(lead=LAND, assisting=frozenset({FINANCE}), sharing=frozenset({FINANCE})),
        Given(),
    ):
        with pytest.raises(RefusedError):
            after(accepted, (A.ASSIGN, given))


def test_the_bar_shows_what_somebody_may_do_now():
    lead = frozenset({Party.LEAD})
    shown = {row.action for row in allowed(in_progress(), lead, at(), CALENDAR, FINANCE)}
    assert {A.ANSWER, A.REPLY, A.EXTEND, A.PAUSE, A.SHELVE, A.NOTE} == shown
    assert A.EXTEND not in {row.action for row in allowed(in_progress(), lead, at(12), CALENDAR, FINANCE)}
    assert allowed(in_progress(), frozenset({Party.ACCEPTOR}), at(), CALENDAR)[0].action is A.RECATEGORISE


# At random


class Course(RuleBasedStateMachine):
    """Anything at any time: what is refused changes nothing, what is allowed keeps the promises of domain.md §4."""

    @initialize(hour=st.integers(0, 23), days=st.integers(0, 700))
    def begin(self, hour: int, days: int) -> None:
        self.at = datetime(2025, 1, 1, hour, tzinfo=ZONE) + timedelta(days=days)
        self.case, self.elapsed = Case(), 0

    @rule(hours=st.sampled_from([0, 1, 5, 20, 24, 72, 200]))
    def time_passes(self, hours: int) -> None:
        before = self.case.resolve
        self.at += timedelta(hours=hours)
        if before and before.paused_at and before.is_open:
            assert clocks.elapsed(before, self.at, CALENDAR) == self.elapsed

    @precondition(lambda self: self.case.state not in ENDS)
    @rule(data=st.data())
    def somebody_acts(self, data: st.DataObject) -> None:
        here = [row.action for row in TABLE if self.case.state in row.sources]
        action = data.draw(st.sampled_from(here), "action")
        unit = data.draw(st.sampled_from(sorted(self.case.units)), "unit") if self.case.units else None
        parts = data.draw(st.permutations([1, 2, 3, 4]), "units")
        given = Given(
            unit=unit,
            lead=parts[0],
            sharing=frozenset(parts[1 : data.draw(st.integers(1, 2))]),
            assisting=frozenset(parts[2 : data.draw(st.integers(2, 4))]),
            complexity=data.draw(st.sampled_from(Complexity)),
            new_due_on=(self.at + timedelta(days=data.draw(st.integers(0, 60)))).date(),
            promised_on=(self.at + timedelta(days=data.draw(st.integers(0, 400)))).date(),
            result=data.draw(st.sampled_from(ANSWERS)),
            rating=data.draw(st.integers(1, 5)),
            again=data.draw(st.booleans()),
            into=in_progress(),
        )
        before = self.case
        try:
            self.case = apply(before, action, given, self.at, CALENDAR)
        except RefusedError as refusal:
            assert str(refusal)  # noqa: PT017 - refusing is one of the two right answers
            return
        self.judge(before, action)

    def judge(self, before: Case, action: Action) -> None:
        """No deadline of 办结 gets lost or moves but by what is said to move it."""
        was, now = before.resolve, self.case.resolve
        if was is None or not was.is_open:
            assert now == was or action is A.ACCEPT
            return
        assert now is not None
        assert now.started_at == was.started_at
        moves = {A.GRANT, A.RECATEGORISE, A.RESUME, A.UNSHELVE, A.ANSWER}
        assert now.due_at == was.due_at or action in moves
        if action in moves - {A.GRANT, A.RECATEGORISE}:
            assert clocks.left(now, self.at, CALENDAR) == clocks.left(was, self.at, CALENDAR)
        ends = self.case.state in ENDS or (action is A.ANSWER and self.case.result not in RUNS_ON)
        assert now.is_open != ends

    @invariant()
    def elapsed_time_never_runs_backwards(self) -> None:
        if self.case.resolve:
            elapsed = clocks.elapsed(self.case.resolve, self.at, CALENDAR)
            assert elapsed >= self.elapsed >= 0
            self.elapsed = elapsed

    @invariant()
    def somebody_is_on_the_clock(self) -> None:
        case = self.case
        waits = {State.DRAFT, State.RETURNED, State.PAUSED} | ENDS
        assert bool(clocks.nearest(case.deadlines)) or case.state in waits
        if case.state in IN_HAND:
            assert [each.step for each in case.deadlines].count(Step.RESOLVE) == 1
            handed = case.state is not State.ACCEPTED
            assert (case.lead is not None) == handed
        if case.state in ENDS:
            assert not any(each.is_open for each in case.deadlines)

    @invariant()
    def nobody_owes_a_thing_twice(self) -> None:
        open_ones = [(each.step, each.unit) for each in self.case.deadlines if each.is_open]
        assert len(open_ones) == len(set(open_ones))
        owing = {unit for step, unit in open_ones if unit is not None}
        assert owing <= self.case.units

    @invariant()
    def some_way_leads_on(self) -> None:
        if self.case.state in ENDS:
            return
        late = self.at + timedelta(days=30)
        rows = allowed(self.case, frozenset(Party), late, CALENDAR, self.case.lead)
        assert any(set(row.targets) - {self.case.state} for row in rows)


TestCourse = Course.TestCase
TestCourse.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


def test_a_clock_that_stands_still_is_never_late():
    clock = Deadline(Step.RESOLVE, at(), at(1), 1)
    paused = clocks.pause(clock, at(0, 15))
    assert not paused.is_late(at(30))
    assert clocks.pause(replace(clock, step=Step.RATE), at()).runs
