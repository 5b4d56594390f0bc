"""The clocks of a demand (domain.md §4): step deadlines, pauses, extension, elapsed working time.

Plain functions: no clock of their own, no database. A deadline is an instant, computed once with the calendar of the
day and kept with that calendar's version; later it only moves by what happened to the demand. Working days are counted
after the day on which a clock starts, so a term of one day that starts on a Friday ends on Monday evening.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tenants.working_days import WorkingCalendar

ZONE = ZoneInfo("Asia/Shanghai")
#: When an office's day is over, and with it a deadline of that day.
DAY_ENDS = time(18, 0)


class Step(StrEnum):
    """What has to be done by a deadline."""

    ACCEPT = "accept"
    ASSIGN = "assign"
    SIGN = "sign"
    DECIDE = "decide"
    REPLY = "reply"
    ASSIST = "assist"
    RESOLVE = "resolve"
    PROMISE = "promise"
    RATE = "rate"
    CALLBACK = "callback"
    SECOND = "second"

    @property
    def label(self) -> str:
        return {
            "accept": "受理", "assign": "交办", "sign": "签收", "decide": "异议裁定", "reply": "首次回复企业",
            "assist": "协办意见", "resolve": "办结", "promise": "承诺日期", "rate": "企业评价", "callback": "回访",
            "second": "二次办理",
        }[self.value]  # fmt: skip


class Complexity(StrEnum):
    """What decides the term to 办结."""

    CONSULTATION = "consultation"
    ORDINARY = "ordinary"
    COMPLEX = "complex"

    @property
    def days(self) -> int:
        """Working days from 受理 to 办结."""
        return {"consultation": 3, "ordinary": 7, "complex": 15}[self.value]


#: Working days of each step with a fixed term; an objection is raised within the term of 签收.
WORKING_DAYS = {Step.ACCEPT: 1, Step.ASSIGN: 1, Step.SIGN: 1, Step.REPLY: 2, Step.ASSIST: 3}
NATURAL_DAYS = {Step.RATE: 7, Step.SECOND: 15}
CALLBACK_TERM = timedelta(hours=48)
#: Steps that no working day moves.
NATURAL = frozenset({*NATURAL_DAYS, Step.CALLBACK, Step.PROMISE})
#: The whole term with its extension, in working days without pauses.
EXTENDED_MOST = 30
#: Steps whose clock stands still while a demand waits for the enterprise or for a promised date.
PAUSABLE = frozenset({Step.REPLY, Step.ASSIST, Step.SIGN, Step.RESOLVE})


@dataclass(frozen=True)
class Deadline:
    """By when a step is due. `ended_at` is when it was done, or fell away because the demand went another way
    (`is_met` tells which). `unit` is the unit whose step it is, where several have the same."""

    step: Step
    started_at: datetime
    due_at: datetime
    version: int
    unit: int | None = None
    paused_at: datetime | None = None
    ended_at: datetime | None = None
    is_met: bool = False
    #: Working days during which the clock stood still.
    paused_days: int = 0

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def runs(self) -> bool:
        return self.is_open and self.paused_at is None

    @property
    def started_on(self) -> date:
        return day_of(self.started_at)

    @property
    def due_on(self) -> date:
        return day_of(self.due_at)

    def is_late(self, at: datetime) -> bool:
        """Whether it was done, or is still open, after its time. A clock that stands still is not late."""
        return (self.ended_at or self.paused_at or at) > self.due_at


def day_of(at: datetime) -> date:
    """The day in Asia/Shanghai on which an instant falls."""
    return at.astimezone(ZONE).date()


def end_of(day: date) -> datetime:
    """The instant at which a day's deadlines are over."""
    return datetime.combine(day, DAY_ENDS, ZONE)


def start(step: Step, at: datetime, calendar: WorkingCalendar, *, unit: int | None = None, days: int = 0) -> Deadline:
    """The deadline of a step that begins at `at`; `days` is the term of 办结 in working days."""
    today = day_of(at)
    if step is Step.CALLBACK:
        due = at + CALLBACK_TERM
    elif step is Step.DECIDE:
        due = _same_day(at, calendar)
    elif step in NATURAL_DAYS:
        due = end_of(today + timedelta(days=NATURAL_DAYS[step]))
    else:
        due = end_of(calendar.add_working_days(today, WORKING_DAYS.get(step, days)))
    return Deadline(step, at, due, calendar.version, unit)


def promise(at: datetime, promised_on: date, calendar: WorkingCalendar) -> Deadline:
    """The deadline of a promised date (挂账)."""
    return Deadline(Step.PROMISE, at, end_of(promised_on), calendar.version)


def _same_day(at: datetime, calendar: WorkingCalendar) -> datetime:
    """The end of the working day; outside working days, or after its end, of the next one."""
    day = calendar.next_working_day(day_of(at))
    return end_of(calendar.add_working_days(day, 1) if end_of(day) <= at else day)


def end(deadline: Deadline, at: datetime, *, is_met: bool) -> Deadline:
    """A deadline whose step was done, or fell away."""
    return replace(deadline, ended_at=at, is_met=is_met) if deadline.is_open else deadline


def pause(deadline: Deadline, at: datetime) -> Deadline:
    """Let the clock stand still, where this step's can."""
    return replace(deadline, paused_at=at) if deadline.runs and deadline.step in PAUSABLE else deadline


def resume(deadline: Deadline, at: datetime, calendar: WorkingCalendar) -> Deadline:
    """Let the clock go on: the deadline moves by the working days it stood still, so that as many are left (or over)
    as before."""
    if deadline.paused_at is None or not deadline.is_open:
        return deadline
    stood = calendar.working_days_between(day_of(deadline.paused_at), day_of(at))
    moved = moved_by(deadline, stood, calendar) if stood else deadline
    return replace(moved, paused_at=None, paused_days=deadline.paused_days + stood)


def moved_by(deadline: Deadline, days: int, calendar: WorkingCalendar) -> Deadline:
    """A deadline some working days later, or earlier when negative."""
    return replace(deadline, due_at=end_of(calendar.add_working_days(deadline.due_on, days)), version=calendar.version)


def recomputed(
    deadline: Deadline, before: WorkingCalendar, calendar: WorkingCalendar, *, is_agreed: bool = False
) -> Deadline:
    """An open deadline by another calendar: as many working days after its start as it was by the calendar `before`,
    with which it was computed; what it stood still is among them.

    Terms in natural days and promised dates stay, and so does a day that was asked for and granted (`is_agreed`).
    """
    if not deadline.is_open:
        return deadline
    due = deadline.due_at
    if deadline.step is Step.DECIDE:
        due = _same_day(deadline.started_at, calendar)
    elif deadline.step not in NATURAL and not is_agreed:
        days = before.working_days_between(deadline.started_on, deadline.due_on)
        due = end_of(calendar.add_working_days(deadline.started_on, days))
    return replace(deadline, due_at=due, version=calendar.version)


def elapsed(deadline: Deadline, at: datetime, calendar: WorkingCalendar) -> int:
    """Working days that a clock has run until `at`, not before its last change, without those it stood still."""
    until = day_of(deadline.ended_at or deadline.paused_at or at)
    return calendar.working_days_between(deadline.started_on, until) - deadline.paused_days


def left(deadline: Deadline, at: datetime, calendar: WorkingCalendar) -> int:
    """Working days left until a deadline; negative when it is over."""
    now = day_of(deadline.paused_at or at)
    over = calendar.working_days_between(deadline.due_on, now)
    return -over if over else calendar.working_days_between(now, deadline.due_on)


def extension_fault(deadline: Deadline, new_due_on: date, at: datetime, calendar: WorkingCalendar) -> str:
    """Why 办结 cannot be put off to a day; empty when it can: asked a working day before it is due, to a later working
    day, 30 working days in all at most."""
    today, due_on = day_of(at), deadline.due_on
    if calendar.working_days_between(today, due_on) < 1:
        return f"延期要在到期前至少 1 个工作日申请，办结时限是{in_words(due_on)}，现在已经来不及。请尽快办结。"
    if new_due_on <= due_on:
        return f"新的时限要晚于现在的办结时限{in_words(due_on)}。请改日期。"
    if not calendar.is_working_day(new_due_on):
        return f"{in_words(new_due_on)}不是工作日。请改成工作日。"
    latest = calendar.add_working_days(deadline.started_on, EXTENDED_MOST + deadline.paused_days)
    if new_due_on > latest:
        return f"连同延期最多 {EXTENDED_MOST} 个工作日，最晚到{in_words(latest)}。请改日期。"
    return ""


def extended(deadline: Deadline, new_due_on: date, calendar: WorkingCalendar) -> Deadline:
    """A deadline put off to a day."""
    return replace(deadline, due_at=end_of(new_due_on), version=calendar.version)


def nearest(deadlines: Iterable[Deadline]) -> Deadline | None:
    """The running deadline that comes first."""
    return min((each for each in deadlines if each.runs), key=lambda each: each.due_at, default=None)


def in_words(day: date) -> str:
    """`2026年3月1日`."""
    return f"{day.year}年{day.month}月{day.day}日"
