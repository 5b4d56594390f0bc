"""Reads of the working-day calendar: what counts now, what counted with an older version, and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Prefetch
from django.http import Http404

from ..calendar_pages import changes_in_words
from ..models import CalendarDay, CalendarVersion, Role
from ..permissions import Actor
from ..scope import scope_memory
from ..stored_deadlines import kinds
from ..working_days import STATUTORY, SpecialDay, WorkingCalendar, composed, official_changes, years_missing

MEMORY = "working-day calendar"
#: What is kept of a day, as `SpecialDay` takes it.
KEPT = ("day", "is_working", "is_official", "name")
#: Changes that a page tells; all of them stay readable by their number.
TOLD = 50


@dataclass(frozen=True)
class CalendarKept:
    """The calendar of a version with what is kept of each special day."""

    calendar: WorkingCalendar
    days: dict[date, SpecialDay]


def calendar_current() -> WorkingCalendar:
    """The working days of the open tenant. One query in a scope; the official calendar before any version."""
    return calendar_kept().calendar


def calendar_at(version: int) -> WorkingCalendar:
    """The working days as that version had them; 0 is the official calendar."""
    return calendar_kept(version).calendar


def calendar_kept(version: int | None = None) -> CalendarKept:
    """The calendar of a version, the present one for None, with its special days."""
    memory = scope_memory().setdefault(MEMORY, {})
    if version not in memory:
        memory[version] = _read(version)
    return memory[version]


def calendar_forget() -> None:
    """Read the calendar again in this scope: it has been changed here."""
    scope_memory().pop(MEMORY, None)


def _read(version: int | None) -> CalendarKept:
    versions = CalendarVersion.objects.order_by("number")
    if version is not None:
        versions = versions.filter(number__lte=version)
    number, years, days = 0, set(), {}
    said = versions.values_list("number", "known_years", *(f"days__{field}" for field in KEPT))
    for number, known, day, *rest in said:  # noqa: B007 - the last one counts
        years |= set(known)
        if day is not None:
            days[day] = SpecialDay(day, *rest)
    if not number:
        return CalendarKept(STATUTORY, {})
    return CalendarKept(composed(number, days.values(), years), days)


# The administrator's page


@dataclass(frozen=True)
class Change:
    """One version, told."""

    number: int
    made_at: datetime
    who: str
    words: str
    reason: str


@dataclass(frozen=True)
class Missing:
    """A year whose holidays are missing; `is_built_in` when they only have to be taken over."""

    year: int
    is_built_in: bool


def calendar_version_get(*, actor: Actor, number: int) -> CalendarKept:
    """The calendar as a version had it, or 404."""
    actor.require(Role.TENANT_ADMIN)
    if not CalendarVersion.objects.filter(number=number).exists():
        raise Http404
    return calendar_kept(number)


def calendar_history(*, actor: Actor) -> list[Change]:
    """The latest versions in words, the newest first. Two queries."""
    actor.require(Role.TENANT_ADMIN)
    versions = CalendarVersion.objects.select_related("made_by").order_by("-number")
    told = versions.prefetch_related(Prefetch("days", CalendarDay.objects.order_by("day")))[:TOLD]
    return [
        Change(
            number=each.number,
            made_at=each.made_at,
            who=str(each.made_by) if each.made_by else "系统",
            words=changes_in_words([day.special for day in each.days.all()], each.known_years),
            reason=each.reason,
        )
        for each in told
    ]


def calendar_missing(*, today: date) -> list[Missing]:
    """The years whose holidays should be in the calendar by now and are not."""
    return [Missing(year, year in STATUTORY.years) for year in years_missing(calendar_current(), today)]


def official_years_open(*, today: date) -> list[int]:
    """The years from this one on whose built-in notice says something that the calendar has not taken over."""
    kept = calendar_kept()
    years = [year for year in sorted(STATUTORY.years) if year >= today.year]
    return [year for year in years if official_changes(kept.days, year) or not kept.calendar.calendar_known(year)]


@dataclass(frozen=True)
class Outdated:
    """How many stored deadlines of one kind that are still open come from an older version."""

    label: str
    count: int


def deadlines_outdated(*, actor: Actor) -> list[Outdated]:
    """The kinds of stored deadlines of which some come from an older version of the calendar."""
    actor.require(Role.TENANT_ADMIN)
    version = calendar_current().version
    counted = [Outdated(kind.label, kind.outdated(version)) for kind in kinds()]
    return [each for each in counted if each.count]
