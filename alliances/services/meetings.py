"""Planning meetings: the bodies' regimes, the calendar ahead, calling with notice, changing and cancelling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NoReturn

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.timezone import localdate, localtime, make_aware

from enterprises.models import Enterprise
from notices.services import notice_send
from tenants.models import Unit, User
from tenants.permissions import Actor
from tenants.selectors.calendar import calendar_current

from ..meetings import Frequency, calendar, call_by, due_day, period_name
from ..models import Alliance, BodySeat, Meeting, MeetingBody, MeetingSeat, MeetingTopic
from ..rotation_wording import in_words
from ..selectors import meetings as found

State = Meeting.State
#: How far ahead the calendar is laid out.
AHEAD = timedelta(days=366)
#: How long before its last day members are asked for topics.
ASKED_DAYS = 7
NEWER = "您打开这个页面以后，有人改过这里的内容。请重新打开，看过别人的修改再改。"


@dataclass(frozen=True)
class BodyRules:
    """How a body meets, as somebody set it. Days are natural days before the meeting."""

    name: str
    frequency: str
    month: int
    day: int
    starts_time: time
    place: str
    notice_days: int
    topics_days: int
    superior_days: int
    quorum: str
    majority: str
    majority_of_all: bool
    proxies_most: int
    all_members: bool
    enterprises: Sequence[Enterprise] = ()
    units: Sequence[Unit] = ()


#: What is written to the body's own row.
OWN = [name for name in BodyRules.__dataclass_fields__ if name not in ("enterprises", "units")]


@transaction.atomic
def body_create(*, actor: Actor, alliance: Alliance, kind: str, rules: BodyRules, now: datetime) -> MeetingBody:
    """Set up a body and lay out its calendar for a year.

    Raises `ValidationError` by field for settings that contradict each other or a name that is taken,
    `PermissionDenied` unless the actor keeps the alliance's meetings.
    """
    require_keeper(actor, alliance)
    body = MeetingBody(alliance=alliance, kind=kind)
    _write(body, rules)
    _seats_write(body, rules)
    calendar_write([body], now)
    return body


@transaction.atomic
def body_update(*, actor: Actor, body: MeetingBody, rules: BodyRules, version: int, now: datetime) -> MeetingBody:
    """Change a body's rules. Meetings that are already called keep theirs; planned ones move with the calendar unless
    somebody has set another time for them.

    Raises as `body_create` does, and `ValidationError` when the form started from an older version.
    """
    current = MeetingBody.objects.select_for_update().get(pk=body.pk)
    require_keeper(actor, body.alliance)
    if current.version != version:
        raise ValidationError(NEWER)
    planned = current.meetings.filter(state=State.PLANNED, starts_at__gt=now)
    followers = [each for each in planned if each.period and each.starts_at == _due(current, each.period)]
    months = current.rhythm.frequency.months
    current.version += 1
    _write(current, rules)
    _seats_write(current, rules)
    _move(current, followers, keeps_periods=current.rhythm.frequency.months == months)
    calendar_write([current], now)
    return current


def _move(body: MeetingBody, meetings: list[Meeting], *, keeps_periods: bool) -> None:
    """Let planned meetings follow their body's new rules. Those of periods that are no more go, save with topics."""
    for meeting in meetings:
        starts_at = _due(body, meeting.period) if meeting.period and keeps_periods else None
        if starts_at is None:
            if not meeting.topics.exists():
                meeting.delete()
            continue
        if not body.meetings.filter(starts_at=starts_at).exclude(pk=meeting.pk).exists():
            meeting.starts_at = starts_at
        meeting.place = body.place
        meeting.save()


def _write(body: MeetingBody, rules: BodyRules) -> None:
    months = Frequency(rules.frequency).months
    if months and not 1 <= rules.month <= months:
        raise ValidationError({"month": f"{months}个月一次的会议，“第几个月”只能填 1 到 {months}。"})
    if not rules.all_members and not rules.enterprises and not rules.units:
        raise ValidationError({"enterprises": "请选择参会单位，或勾选“全体成员单位参加”。"})
    for name in OWN:
        setattr(body, name, getattr(rules, name))
    body.name = body.name.strip()
    same = MeetingBody.objects.filter(alliance=body.alliance_id, name=body.name).exclude(pk=body.pk)
    if same.exists():
        raise ValidationError({"name": f"本联盟已经有“{body.name}”。请换一个名称，或修改原有的制度。"})
    body.full_clean()
    body.save()


def _seats_write(body: MeetingBody, rules: BodyRules) -> None:
    wanted = [(each.pk, None) for each in rules.enterprises] + [(None, each.pk) for each in rules.units]
    if rules.all_members:
        wanted = []
    held = {(seat.enterprise_id, seat.unit_id): seat.pk for seat in BodySeat.objects.filter(body=body)}
    BodySeat.objects.filter(pk__in=[pk for key, pk in held.items() if key not in wanted]).delete()
    BodySeat.objects.bulk_create(
        BodySeat(body=body, enterprise_id=enterprise, unit_id=unit)
        for enterprise, unit in wanted
        if (enterprise, unit) not in held
    )


def calendar_write(bodies: Iterable[MeetingBody], now: datetime) -> int:
    """Plan the meetings of some bodies for a year ahead, as far as they can still be called. Returns how many are new.

    Run again, it adds what is missing: there is one meeting for each body and period, a cancelled one included.
    """
    today, bodies, days = localdate(now), list(bodies), calendar_current()
    known = set(Meeting.objects.filter(body__in=bodies, period__isnull=False).values_list("body", "period"))
    new = []
    for body in bodies:
        earliest = today + timedelta(days=max(body.notice_days, body.superior_days))
        for planned in calendar(body.rhythm, earliest, today + AHEAD, days):
            if (body.pk, planned.period) not in known:
                title = f"{period_name(body.rhythm.frequency, planned.period)}{_plain_name(body.name)}"
                starts_at = make_aware(datetime.combine(planned.day, body.starts_time))
                new.append(
                    Meeting(body=body, title=title, period=planned.period, starts_at=starts_at, place=body.place)
                )
    # Two workers, or a meeting outside the calendar at the same time: whoever came first stays.
    Meeting.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _plain_name(name: str) -> str:
    """A body's name behind the name of the period: "2026年第四季度理事会例会", not "…第四季度理事会季度例会"."""
    return name.replace("季度例会", "例会").replace("月度会议", "会议")


def _due(body: MeetingBody, period: date) -> datetime | None:
    """When the calendar puts a period's meeting; None without a calendar."""
    if not body.rhythm.frequency.months:
        return None
    return make_aware(datetime.combine(due_day(body.rhythm, period, calendar_current()), body.starts_time))


@transaction.atomic
def meetings_ahead(*, now: datetime) -> tuple[int, int]:
    """One day's work for all bodies of the tenant: lay the calendar further out, ask members for topics.

    Returns how many meetings were planned and how many notices are new; run again it does nothing.
    """
    planned = calendar_write(MeetingBody.objects.select_related("alliance"), now)
    today, sent = localdate(now), 0
    # No body asks for topics more than two months before its meeting (`MeetingBody.topics_days` is limited to 30).
    soon = Meeting.objects.filter(state=State.PLANNED, starts_at__gt=now, starts_at__lt=now + timedelta(days=60))
    for meeting in soon.select_related("body__alliance").order_by("pk"):
        if timedelta(0) <= meeting.last_topic_day - today <= timedelta(days=ASKED_DAYS):
            sent += notice_send(
                recipients=_told(meeting),
                key=f"meeting-topics:{meeting.pk}",
                title=f"征集议题：{meeting.title}",
                body=(
                    f"{meeting.body.alliance.name}{when_and_where(meeting)}召开{meeting.title}，"
                    f"{in_words(meeting.last_topic_day)}前请在会议页面提出议题。"
                ),
                url=address(meeting),
            )
    return planned, sent


@transaction.atomic
def meeting_create(
    *, actor: Actor, body: MeetingBody, title: str, starts_at: datetime, place: str, now: datetime
) -> Meeting:
    """Plan a meeting outside the calendar. Raises `ValidationError` for a time that is over or taken."""
    require_keeper(actor, body.alliance)
    meeting = Meeting(body=body)
    _set(meeting, title, starts_at, place, now)
    return meeting


@transaction.atomic
def meeting_update(
    *, actor: Actor, meeting: Meeting, title: str, starts_at: datetime, place: str, version: int, now: datetime
) -> Meeting:
    """Change title, time or place; who was called already is told of the change.

    Raises `ValidationError` for an older version, a meeting that is over, and a time that leaves no notice.
    """
    current = locked(actor, meeting)
    require_open(current)
    if current.version != version:
        raise ValidationError(NEWER)
    before = (current.starts_at, current.place)
    current.version += 1
    _set(current, title, starts_at, place, now)
    if current.state == State.CALLED and before != (current.starts_at, current.place):
        _check_notice(current, now)
        _tell(current, f"会议变更：{current.title}", f"改为{when_and_where(current)}。", f"changed:{current.version}")
    return current


def _set(meeting: Meeting, title: str, starts_at: datetime, place: str, now: datetime) -> None:
    if starts_at <= now:
        raise ValidationError({"starts_at": "会议时间已经过去。请填以后的时间。"})
    same = Meeting.objects.filter(body=meeting.body, starts_at=starts_at).exclude(pk=meeting.pk)
    if same.exclude(state=State.CANCELLED).exists():
        raise ValidationError({"starts_at": "这个时间已经安排了一次同样的会议，不必再安排。"})
    meeting.title, meeting.starts_at, meeting.place = title.strip(), starts_at, place.strip()
    meeting.full_clean(exclude=["period"])
    meeting.save()


@transaction.atomic
def meeting_call(*, actor: Actor, meeting: Meeting, now: datetime) -> int:
    """Call a planned meeting: fix its agenda, its seats and what it needs to decide; tell members and the superior.

    Returns how many accounts were told. Raises `ValidationError` when the notice would be too short, nothing is on the
    agenda, a proposal waits for its answer, or nobody has a seat.
    """
    current = locked(actor, meeting)
    if current.state != State.PLANNED:
        raise ValidationError(f"这次会议{current.get_state_display()}，不能再发通知。")
    _check_notice(current, now)
    topics = list(current.topics.order_by("position", "pk"))
    waiting = sum(topic.state == MeetingTopic.State.PROPOSED for topic in topics)
    if waiting:
        raise ValidationError(f"还有 {waiting} 个议题没有确定是否列入议程。请先逐个确定，再发通知。")
    agenda = [topic for topic in topics if topic.state == MeetingTopic.State.ACCEPTED]
    if not agenda:
        raise ValidationError("议程里还没有议题。请先添加议题，再发通知。")
    invited = found.participants(current.body)
    if not invited:
        raise ValidationError("没有参会单位。请先登记联盟成员，或在会议制度里选择参会单位。")
    body = current.body
    current.quorum, current.majority = body.quorum, body.majority
    current.majority_of_all, current.proxies_most = body.majority_of_all, body.proxies_most
    current.state, current.called_at = State.CALLED, now
    current.full_clean()
    current.save()
    MeetingSeat.objects.bulk_create(
        MeetingSeat(meeting=current, enterprise_id=each.enterprise_id, unit_id=each.unit_id) for each in invited
    )
    listed = "；".join(f"{number}. {topic.title}" for number, topic in enumerate(agenda, start=1))
    return _tell(current, f"会议通知：{current.title}", f"{when_and_where(current)}。议程：{listed}", "called")


def _check_notice(meeting: Meeting, now: datetime) -> None:
    today, body = localdate(now), meeting.body
    if call_by(meeting.day, body.notice_days, body.superior_days) < today:
        days = max(body.notice_days, body.superior_days)
        earliest = in_words(today + timedelta(days=days))
        raise ValidationError(f"{body.name}要提前 {days} 天通知，今天通知的会议最早定在{earliest}。请先改会议时间。")


@transaction.atomic
def meeting_cancel(*, actor: Actor, meeting: Meeting, reason: str) -> None:
    """Cancel a meeting with the reason, which everybody who was called is told."""
    current = locked(actor, meeting)
    require_open(current)
    if not reason.strip():
        raise ValidationError({"reason": "请写明取消原因，参会单位会看到。"})
    was_called = current.state == State.CALLED
    current.state, current.reason = State.CANCELLED, reason.strip()
    current.save(update_fields=["state", "reason"])
    if was_called:
        _tell(current, f"会议取消：{current.title}", f"原定{when_and_where(current)}。原因：{current.reason}", "off")


def require_open(meeting: Meeting) -> None:
    """Raise `ValidationError` for a meeting that was held or cancelled."""
    if meeting.state in (State.HELD, State.CANCELLED):
        raise ValidationError(f"这次会议{meeting.get_state_display()}，不能再改。")


def locked(actor: Actor, meeting: Meeting) -> Meeting:
    """The meeting as it is now, which nobody else changes until the end of the transaction.

    Raises `PermissionDenied` unless the actor keeps its alliance's meetings.
    """
    current = Meeting.objects.select_for_update(of=("self",)).select_related("body__alliance").get(pk=meeting.pk)
    require_keeper(actor, current.body.alliance)
    return current


def require_keeper(actor: Actor, alliance: Alliance) -> None:
    if not found.keeps_meetings(actor, alliance):
        deny()


def deny() -> NoReturn:
    raise PermissionDenied("会议由联盟秘书长、轮值书记和两新工委办理。如工作需要，请联系本单位的系统管理员。")


# Notices


def address(meeting: Meeting) -> str:
    return reverse("alliances:meeting_detail", args=[meeting.pk])


def when_and_where(meeting: Meeting) -> str:
    """ "2026年12月15日 14:30在市民中心三楼"."""
    place = f"在{meeting.place}" if meeting.place else ""
    return f"{in_words(meeting.day)} {localtime(meeting.starts_at):%H:%M}{place}"


def _told(meeting: Meeting) -> list[User]:
    """Those with a seat, and those who keep the meeting."""
    invited = found.participants(meeting.body)
    return [*found.member_accounts(invited), *found.keeper_accounts(meeting.body.alliance)]


def _tell(meeting: Meeting, title: str, body: str, fact: str) -> int:
    """Tell everybody concerned, the superior included, of a fact about a meeting, once."""
    return notice_send(
        recipients=[*_told(meeting), *found.superior_accounts(meeting.body.alliance)],
        key=f"meeting:{meeting.pk}:{fact}",
        title=title,
        body=f"{meeting.body.alliance.name}：{body}",
        url=address(meeting),
    )
