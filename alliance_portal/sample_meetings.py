"""The meetings of the sample city: a council for each alliance, and the next agenda of the secretary's own."""

from datetime import datetime, time

from alliances.forms.meetings import default_initial
from alliances.meetings import TOPICS_DAYS
from alliances.models import Alliance, Meeting, MeetingBody
from alliances.services.agendas import agenda_fill, topic_add
from alliances.services.meetings import BodyRules, body_create
from tenants.models import User
from tenants.permissions import actor_for

COUNCIL = MeetingBody.Kind.COUNCIL
#: How many members a sample council has.
SEATS = 7


def meetings_ensure(admin: User, own: Alliance, now: datetime) -> None:
    """A council that meets every quarter for each alliance; topics for the next meeting of `own`."""
    actor = actor_for(admin)
    for alliance in Alliance.objects.filter(bodies__isnull=True).order_by("pk"):
        body_create(actor=actor, alliance=alliance, kind=COUNCIL, rules=_council(alliance), now=now)
    coming = Meeting.objects.filter(body__alliance=own, state=Meeting.State.PLANNED, topics__isnull=True)
    meeting = coming.order_by("starts_at").first()
    if meeting is not None:
        topic_add(
            actor=actor,
            meeting=meeting,
            title="成员企业焊工、钳工共享用工",
            note="订单淡旺季错开，成员企业之间调剂用工，由联盟统一签订协议。",
            now=now,
        )
        agenda_fill(actor=actor, meeting=meeting, now=now)


def _council(alliance: Alliance) -> BodyRules:
    members = alliance.memberships.filter(left_on__isnull=True).select_related("enterprise").order_by("id")[:SEATS]
    values = default_initial(COUNCIL) | {
        "starts_time": time(14, 30),
        "topics_days": TOPICS_DAYS,
        "majority_of_all": True,
        "place": f"{alliance.region.name}企业服务中心会议室",
    }
    return BodyRules(**values, enterprises=[each.enterprise for each in members])
