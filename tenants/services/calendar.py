"""Changing the working-day calendar, and having stored deadlines computed again (docs/adr/0060)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.timezone import localdate, localtime

from ..audit import record
from ..calendar_pages import in_words
from ..models import AuditEntry, CalendarDay, CalendarVersion, Role, User
from ..permissions import Actor
from ..scope import require_tenant_id
from ..selectors.calendar import calendar_current, calendar_forget, calendar_kept
from ..stored_deadlines import kinds
from ..working_days import STATUTORY, SpecialDay, official_changes, official_day, official_days

#: First of the two keys of the advisory lock under which a tenant's calendar is changed. Versions are written once, so
#: none of them can be locked itself.
CALENDAR_LOCK = 7303
#: Notices that a new tenant's calendar takes over day by day; those of earlier years are final as they are built in.
KEPT_YEARS = 3
#: The longest span of one change; the longest holidays and the longest closures are shorter.
SPAN_MOST = 60
BEGUN = "按国务院办公厅公布的放假安排建立"


class Rule(StrEnum):
    """What a change says of its days."""

    OFF = "off"
    WORK = "work"
    OFFICIAL = "official"

    @property
    def label(self) -> str:
        return {"off": "放假", "work": "上班", "official": "按国家规定"}[self.value]


class CalendarMovedError(ValidationError):
    """Somebody changed the calendar since the form was opened. `version` is what a second, knowing attempt says."""

    def __init__(self, message: str, version: int) -> None:
        super().__init__(message)
        self.version = version


def calendar_begin(*, now: datetime) -> CalendarVersion:
    """The first version of a new tenant: the latest notices as they are built in."""
    years = sorted(STATUTORY.years)[-KEPT_YEARS:]
    days = [each for year in years for each in official_days(year)]
    return _write(1, days, years=years, reason=BEGUN, made_by=None, token=uuid4(), now=now)


@transaction.atomic
def calendar_change(
    *, actor: Actor, first: date, last: date, rule: str, reason: str, is_complete: bool, version: int, token: UUID,
    now: datetime,
) -> CalendarVersion:  # fmt: skip
    """Say of the days from `first` to `last` whether offices work; with `is_complete` the holidays of their year are
    all there now. Makes one version; a form (`token`) sent twice makes it once.

    Raises `CalendarMovedError` when the calendar is not at `version` any more, and `ValidationError` by field for days
    that are over or too many, or when nothing would change.
    """
    actor.require(Role.TENANT_ADMIN)
    _lock()
    if made := CalendarVersion.objects.filter(form_token=token).first():
        return made
    _check_unmoved(version)
    _check_span(first, last, localdate(now))
    kept = calendar_kept()
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    days = [each for each in (_special(day, Rule(rule)) for day in span) if kept.days.get(each.day) != each]
    if rule == Rule.OFFICIAL:
        days = [each for each in days if each.day in kept.days]
    years = [first.year] if is_complete and not kept.calendar.calendar_known(first.year) else []
    if not days and not years:
        raise ValidationError({"first": f"这些日子现在就是“{Rule(rule).label}”，没有改动。请核对日期。"})
    return _write(kept.calendar.version + 1, days, years=years, reason=reason, made_by=actor.user, token=token, now=now)


@transaction.atomic
def calendar_import(*, actor: Actor, year: int, token: UUID, now: datetime) -> CalendarVersion:
    """Take over the built-in notice of a year. What the tenant decided itself stays.

    Raises `ValidationError` for a year without a built-in notice, and when all of it is there already.
    """
    actor.require(Role.TENANT_ADMIN)
    _lock()
    if made := CalendarVersion.objects.filter(form_token=token).first():
        return made
    if year not in STATUTORY.years:
        raise ValidationError(f"系统里还没有{year}年的国家放假安排。请等系统更新，或在工作日历里逐段录入。")
    kept = calendar_kept()
    days = official_changes(kept.days, year)
    if not days and kept.calendar.calendar_known(year):
        raise ValidationError(f"{year}年的国家放假安排已经收录，没有改动。")
    reason = f"收录国务院办公厅公布的{year}年放假安排"
    return _write(
        kept.calendar.version + 1, days, years=[year], reason=reason, made_by=actor.user, token=token, now=now
    )


@transaction.atomic
def deadlines_recompute(*, actor: Actor, token: UUID, now: datetime) -> int:
    """Compute every open deadline of an older version again with the present calendar; returns how many moved.

    Nothing but this moves a deadline because of the calendar. Twice in a row, the second finds nothing to do.
    """
    actor.require(Role.TENANT_ADMIN)
    _lock()
    calendar = calendar_current()
    touched = sum(kind.outdated(calendar.version) for kind in kinds())
    if not touched:
        return 0
    moved = sum(kind.recompute(actor=actor, calendar=calendar, token=token, now=now) for kind in kinds())
    made = CalendarVersion.objects.filter(number=calendar.version).first()
    record(
        AuditEntry.Verb.RECOMPUTE,
        label=f"按第 {calendar.version} 版重算未办结事项的时限",
        obj=made,
        object_type=CalendarVersion._meta.db_table,
        details={"deadlines": touched, "moved": moved},
    )
    return moved


def _special(day: date, rule: Rule) -> SpecialDay:
    if rule is Rule.OFFICIAL:
        return official_day(day)
    return SpecialDay(day, rule is Rule.WORK, is_official=False, name=official_day(day).name)


def _check_unmoved(version: int) -> None:
    latest = CalendarVersion.objects.select_related("made_by").order_by("-number").first()
    if latest is None or latest.number == version:
        return
    raise CalendarMovedError(
        f"您打开这个页面以后，{latest.made_by or '系统'}已在 {localtime(latest.made_at):%m-%d %H:%M} 改过日历"
        f"（第 {latest.number} 版：{latest.reason}）。请看过再决定；仍要修改，请再提交一次。",
        latest.number,
    )


def _check_span(first: date, last: date, today: date) -> None:
    if last < first:
        raise ValidationError({"last": "结束日期不能早于开始日期。请改日期。"})
    if first.year != last.year:
        raise ValidationError({"last": "一次只改同一年里的日子，跨年的请分两次改。"})
    if (last - first).days >= SPAN_MOST:
        raise ValidationError({"last": f"一次最多改 {SPAN_MOST} 天。请分几次改。"})
    if not today.year - 1 <= first.year <= today.year + 2:
        raise ValidationError({"first": f"只能改{today.year - 1}年到{today.year + 2}年的日子。请改日期。"})
    # Days before the kept years count as they are built in.
    years = {year for known in CalendarVersion.objects.values_list("known_years", flat=True) for year in known}
    if years and first.year < min(years):
        raise ValidationError({"first": f"{in_words(first)}已经过去很久，不能再改。"})


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CALENDAR_LOCK, require_tenant_id() % 2**31])
    # Somebody else may have changed it while this transaction waited.
    calendar_forget()


def _write(
    number: int, days: Iterable[SpecialDay], *, years: list[int], reason: str, made_by: User | None, token: UUID,
    now: datetime,
) -> CalendarVersion:  # fmt: skip
    made = CalendarVersion(
        number=number, reason=reason.strip(), known_years=years, made_at=now, made_by=made_by, form_token=token
    )
    made.full_clean(validate_unique=False, validate_constraints=False)
    made.save()
    CalendarDay.objects.bulk_create(
        CalendarDay(
            version=made, day=each.day, is_working=each.is_working, is_official=each.is_official, name=each.name
        )
        for each in days
    )
    calendar_forget()
    return made
