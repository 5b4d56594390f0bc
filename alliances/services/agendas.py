"""Topics of a meeting: proposed by members, decided on by its keepers, filled in from what is open."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from enterprises.models import Enterprise
from notices.services import notice_send
from tenants.permissions import Actor

from .. import agenda
from ..models import Meeting, MeetingTopic
from ..rotation_wording import in_words
from ..selectors import meetings as found
from .meetings import address, deny, locked, require_open

BY_MEMBER, BY_KEEPER = "成员提出", "秘书处"
State = MeetingTopic.State


@transaction.atomic
def topic_add(
    *, actor: Actor, meeting: Meeting, title: str, note: str, now: datetime, enterprise: Enterprise | None = None
) -> MeetingTopic:
    """Put a topic on the agenda, or propose it in the name of a member with a seat, until the last day for topics.

    Raises `ValidationError` after that day, for a meeting that is over and for a title that is there already;
    `PermissionDenied` for whoever neither keeps the meeting nor speaks for the enterprise.
    """
    current = Meeting.objects.select_for_update(of=("self",)).select_related("body__alliance").get(pk=meeting.pk)
    keeps = found.keeps_meetings(actor, current.body.alliance)
    require_open(current)
    if not keeps:
        if enterprise is None or enterprise not in found.speaks_for(actor, current):
            deny()
        if current.state != Meeting.State.PLANNED or localdate(now) > current.last_topic_day:
            closed = in_words(current.last_topic_day)
            raise ValidationError(f"这次会议的议题征集到{closed}为止。请联系联盟秘书长，或留到下次会议提出。")
    title = title.strip()
    if current.topics.filter(title=title).exists():
        raise ValidationError({"title": "这个议题已经有了，不必重复提出。"})
    topic = MeetingTopic(
        meeting=current,
        position=_next_position(current),
        title=title,
        note=note.strip(),
        origin=BY_MEMBER if enterprise else BY_KEEPER,
        enterprise=enterprise,
        proposed_by=actor.user,
        state=State.ACCEPTED if keeps else State.PROPOSED,
    )
    topic.full_clean(exclude=["source_key"])
    topic.save()
    if not keeps:
        notice_send(
            recipients=found.keeper_accounts(current.body.alliance),
            key=f"topic:{topic.pk}",
            title=f"新议题：{title}",
            body=f"{enterprise}为{current.title}提出议题，请确定是否列入议程。",
            url=address(current),
        )
    return topic


@transaction.atomic
def topic_decide(*, actor: Actor, topic: MeetingTopic, accept: bool) -> None:
    """Put a topic on the agenda, or leave it out; whoever proposed it is told. Only until the meeting is called."""
    current = locked(actor, topic.meeting)
    if current.state != Meeting.State.PLANNED:
        raise ValidationError("会议已经通知，议程不能再改。临时议题请点“添加议题”。")
    topic.refresh_from_db()
    state = State.ACCEPTED if accept else State.DECLINED
    if topic.state == state:
        return
    topic.state = state
    topic.save(update_fields=["state"])
    if topic.enterprise_id:
        notice_send(
            recipients=[topic.proposed_by],
            key=f"topic:{topic.pk}:{state}",
            title=f"议题{topic.get_state_display()}：{topic.title}",
            body=f"您为{current.title}提出的议题{topic.get_state_display()}。",
            url=address(current),
        )


@transaction.atomic
def agenda_fill(*, actor: Actor, meeting: Meeting, now: datetime) -> int:
    """Put on the agenda what is open: last resolutions, overdue demands, issues of many. Returns how many are new.

    Done again, it brings the numbers of these topics up to date; one that was left out stays left out.
    """
    current = locked(actor, meeting)
    require_open(current)
    known = {topic.source_key: topic for topic in current.topics.all() if topic.source_key}
    titles = set(current.topics.values_list("title", flat=True))
    new = 0
    for label, proposal in agenda.proposals(current, localdate(now)):
        topic = known.get(proposal.key)
        if topic is None and proposal.title in titles:
            continue
        if topic is None:
            topic = MeetingTopic(
                meeting=current,
                position=_next_position(current),
                origin=label,
                source_key=proposal.key,
                proposed_by=actor.user,
                state=State.ACCEPTED,
            )
            new += 1
        topic.title, topic.note = proposal.title, proposal.note
        topic.full_clean()
        topic.save()
    return new


def _next_position(meeting: Meeting) -> int:
    last = meeting.topics.order_by("-position").values_list("position", flat=True).first()
    return (last or 0) + 1
