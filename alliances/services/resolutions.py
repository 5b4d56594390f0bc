"""What a meeting decided, what became of the last decisions, and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from enterprises.models import Enterprise
from notices.services import notice_send
from tenants.models import Unit
from tenants.permissions import Actor

from ..meetings import Ballot, Standing, is_carried
from ..models import Meeting, MeetingTopic, Resolution, ResolutionReport
from ..rotation_wording import in_words
from ..selectors import meetings as found
from ..selectors import resolutions as selectors
from .meetings import address, locked

State = Resolution.State


@dataclass(frozen=True)
class ResolutionEntry:
    """What was put to the vote and how it went; with neither `enterprise` nor `unit` the alliance's office owns it."""

    text: str
    ballot: Ballot
    due_on: date
    topic: MeetingTopic | None = None
    enterprise: Enterprise | None = None
    unit: Unit | None = None


@transaction.atomic
def resolution_add(*, actor: Actor, meeting: Meeting, entry: ResolutionEntry, now: datetime) -> Resolution:
    """Record a vote. Carried by the meeting's majority it becomes a task.

    Raises `ValidationError` without a quorum, for more votes than there are and for a deadline in the past;
    `PermissionDenied` unless the actor keeps the meeting.
    """
    current = locked(actor, meeting)
    _require_running(current, now)
    there = found.standing_of(current, found.seat_list(current))
    _check_ballot(there, entry.ballot)
    if entry.due_on < localdate(now):
        raise ValidationError({"due_on": "完成期限不能早于今天。"})
    text = entry.text.strip()
    if current.resolutions.filter(text=text).exists():
        raise ValidationError({"text": "这项决议已经登记过，不必重复登记。"})
    last = current.resolutions.order_by("-position").values_list("position", flat=True).first()
    carried = is_carried(entry.ballot, current.regime, there)
    resolution = Resolution(
        meeting=current,
        position=(last or 0) + 1,
        topic=entry.topic,
        text=text,
        in_favour=entry.ballot.in_favour,
        against=entry.ballot.against,
        abstained=entry.ballot.abstained,
        state=State.OPEN if carried else State.REJECTED,
        enterprise=entry.enterprise,
        unit=entry.unit,
        due_on=entry.due_on,
    )
    resolution.full_clean()
    resolution.save()
    return resolution


def _check_ballot(there: Standing, ballot: Ballot) -> None:
    if not there.is_quorate:
        raise ValidationError(
            f"应到 {there.seats} 个单位，到会和委托共 {there.votes} 个，还差 {there.missing} 个才够到会要求，"
            "不能形成决议。请先登记到会情况，或改期再开。"
        )
    if ballot.cast > there.votes:
        raise ValidationError(
            {"in_favour": f"同意、反对、弃权共 {ballot.cast} 票，到会和委托只有 {there.votes} 票。请核对票数。"}
        )


@transaction.atomic
def resolution_remove(*, actor: Actor, resolution: Resolution, now: datetime) -> None:
    """Take back what was recorded wrongly, until the meeting ends."""
    _require_running(locked(actor, resolution.meeting), now)
    resolution.delete()


@transaction.atomic
def resolution_report(
    *,
    actor: Actor,
    resolution: Resolution,
    meeting: Meeting,
    is_done: bool,
    note: str,
    now: datetime,
    due_on: date | None = None,
) -> ResolutionReport:
    """Record what a meeting heard about an earlier resolution of its body; unfinished, it may get a new deadline.

    Recorded again in the same meeting, the later entry holds. Raises `ValidationError` for a resolution that is no
    task, for an empty note and for a deadline in the past.
    """
    current = locked(actor, meeting)
    _require_running(current, now)
    if not selectors.to_report(current).filter(pk=resolution.pk).exists():
        raise ValidationError("这项决议不用在这次会议上报告。请在会议页面重新打开。")
    if not note.strip():
        raise ValidationError({"note": "请写明办理情况。"})
    if due_on is not None and due_on < localdate(now):
        raise ValidationError({"due_on": "新的完成期限不能早于今天。"})
    report, _ = ResolutionReport.objects.update_or_create(
        resolution=resolution,
        meeting=current,
        defaults={"is_done": is_done, "note": note.strip(), "reported_by": actor.user},
    )
    resolution.refresh_from_db()
    resolution.state = State.DONE if is_done else State.OPEN
    resolution.done_on = current.day if is_done else None
    if due_on is not None and not is_done:
        resolution.due_on = due_on
    resolution.save()
    return report


@transaction.atomic
def meeting_close(*, actor: Actor, meeting: Meeting, record: str, now: datetime) -> None:
    """End a meeting: what it recorded is final, and each owner is told of his task.

    Raises `ValidationError` before its day, while an earlier resolution waits for its report, and without a record of
    what was discussed.
    """
    current = locked(actor, meeting)
    _require_running(current, now)
    waiting = selectors.to_report(current).exclude(reports__meeting=current).count()
    if waiting:
        raise ValidationError(f"还有 {waiting} 项上次决议没有报告办理情况。请先逐项报告，再结束会议。")
    if not record.strip():
        raise ValidationError({"record": "请写明会议情况，会写进会议纪要。"})
    current.state, current.record = Meeting.State.HELD, record.strip()
    current.save(update_fields=["state", "record"])
    for resolution in current.resolutions.filter(state=State.OPEN).select_related("enterprise", "unit"):
        owner = found.Participant(resolution.owner, resolution.enterprise_id, resolution.unit_id)
        notice_send(
            recipients=[*found.member_accounts([owner]), *found.keeper_accounts(current.body.alliance)],
            key=f"resolution:{resolution.pk}",
            title=f"决议交办：{resolution}",
            body=(
                f"{current.title}决议，由{resolution.owner}办理，{in_words(resolution.due_on)}前完成，"
                f"下次{current.body.name}报告办理情况。"
            ),
            url=address(current),
        )


def _require_running(meeting: Meeting, now: datetime) -> None:
    """Raise `ValidationError` unless the meeting was called, its day has come and it has not ended."""
    if meeting.state != Meeting.State.CALLED:
        raise ValidationError(f"这次会议{meeting.get_state_display()}，不能登记。")
    if localdate(now) < meeting.day:
        raise ValidationError(f"会议在{in_words(meeting.day)}召开，当天才能登记。")
