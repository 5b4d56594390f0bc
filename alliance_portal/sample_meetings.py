"""The meetings of the sample city: a council for each alliance; that of the secretary's own has met, and has an agenda
for the next time."""

from datetime import date, datetime, time, timedelta

from alliances.forms.meetings import default_initial
from alliances.meetings import TOPICS_DAYS, Ballot
from alliances.models import Alliance, Meeting, MeetingBody, MeetingSeat
from alliances.selectors.meetings import seat_list
from alliances.selectors.resolutions import to_report
from alliances.services.agendas import agenda_fill, topic_add
from alliances.services.attendance import seat_mark
from alliances.services.meetings import BodyRules, body_create, meeting_call
from alliances.services.resolutions import ResolutionEntry, meeting_close, resolution_add, resolution_report
from tenants.models import User
from tenants.permissions import Actor, actor_for

COUNCIL = MeetingBody.Kind.COUNCIL
#: How many members a sample council has.
SEATS = 7
#: Long enough ago that one quarterly meeting has been held since.
SINCE = timedelta(days=110)
CALLED_BEFORE = timedelta(days=10)
SHARING = "成员企业焊工、钳工共享用工"
SHARING_NOTE = "订单淡旺季错开，成员企业之间调剂用工，由联盟统一签订协议。"
RECORD = "各理事单位通报了本季度生产用工情况。会议认为焊工、钳工忙闲不均，先在理事单位之间调剂，再推广到全体成员。"
RESOLUTION = "建立焊工、钳工共享用工台账，摸清各成员企业忙闲时段和可调剂人数。"


def meetings_ensure(admin: User, own: Alliance, now: datetime) -> None:
    """A council that meets every quarter for each alliance; `own` has held its last meeting and plans the next."""
    actor = actor_for(admin)
    for alliance in Alliance.objects.filter(bodies__isnull=True).order_by("pk"):
        since = now - SINCE if alliance == own else now
        body_create(actor=actor, alliance=alliance, kind=COUNCIL, rules=_council(alliance), now=since)
    meetings = Meeting.objects.filter(body__alliance=own, state=Meeting.State.PLANNED, topics__isnull=True)
    for meeting in meetings.filter(starts_at__lt=now).order_by("starts_at"):
        _hold(actor, meeting)
    coming = meetings.filter(starts_at__gte=now).order_by("starts_at").first()
    if coming is not None:
        topic_add(actor=actor, meeting=coming, title="共享用工协议文本", note=SHARING_NOTE, now=now)
        agenda_fill(actor=actor, meeting=coming, now=now)


def _hold(actor: Actor, meeting: Meeting) -> None:
    """A meeting as it went: all but one came, the last sent a proxy, one resolution was carried by all."""
    called, held = meeting.starts_at - CALLED_BEFORE, meeting.starts_at
    topic = topic_add(actor=actor, meeting=meeting, title=SHARING, note=SHARING_NOTE, now=called)
    meeting_call(actor=actor, meeting=meeting, now=called)
    first, *others = seat_list(meeting)
    for seat in (first, *others[:-1]):
        seat_mark(actor=actor, seat=seat, state=MeetingSeat.State.PRESENT, now=held)
    if others:
        scope = "全部议题的讨论和表决"
        seat_mark(actor=actor, seat=others[-1], state=MeetingSeat.State.PROXY, proxy=first, proxy_scope=scope, now=held)
    for earlier in to_report(meeting):
        resolution_report(
            actor=actor, resolution=earlier, meeting=meeting, is_done=True, note="台账已经建立。", now=held
        )
    due_on: date = (held + timedelta(days=30)).date()
    entry = ResolutionEntry(RESOLUTION, Ballot(1 + len(others)), due_on, topic=topic, enterprise=first.enterprise)
    resolution_add(actor=actor, meeting=meeting, entry=entry, now=held)
    meeting_close(actor=actor, meeting=meeting, record=RECORD, now=held)


def _council(alliance: Alliance) -> BodyRules:
    members = alliance.memberships.filter(left_on__isnull=True).select_related("enterprise").order_by("id")[:SEATS]
    values = default_initial(COUNCIL) | {
        "starts_time": time(14, 30),
        "topics_days": TOPICS_DAYS,
        "majority_of_all": True,
        "place": f"{alliance.region.name}企业服务中心会议室",
    }
    return BodyRules(**values, enterprises=[each.enterprise for each in members])
