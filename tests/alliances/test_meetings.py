"""Planning a meeting: rules of its body, calendar, topics, notice; change and cancellation."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Alliance, Meeting, MeetingBody, MeetingTopic
from alliances.services import agendas
from alliances.services import meetings as services
from demands.models import Demand
from enterprises.models import Enterprise
from notices.models import Notice
from tenants.models import Role, Tenant
from tenants.permissions import Actor
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser

SHANGHAI = timezone.get_default_timezone()
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
LETTERS = "甲乙丙丁"


@pytest.fixture
def members(scope: Tenant) -> list[Enterprise]:
    return [factories.enterprise(f"{letter}公司") for letter in LETTERS]


@pytest.fixture
def alliance(members: list[Enterprise]) -> Alliance:
    return factories.alliance(*members)


@pytest.fixture
def secretary(alliance: Alliance) -> Actor:
    return factories.actor(Role.ALLIANCE_SECRETARY, alliance=alliance)


@pytest.fixture
def member(members: list[Enterprise], alliance: Alliance) -> Actor:
    return factories.actor(Role.ENTERPRISE, enterprise=members[1])


@pytest.fixture
def body(alliance: Alliance) -> MeetingBody:
    return factories.meeting_body(alliance, quorum="two_thirds", notice_days=5)


def _rules(**values: object) -> services.BodyRules:
    defaults = {
        "name": "理事会季度例会", "frequency": "quarterly", "month": 1, "day": 15, "starts_time": NOW.time(),
        "place": "三楼会议室", "notice_days": 5, "topics_days": 7, "superior_days": 2, "quorum": "two_thirds",
        "majority": "half", "majority_of_all": True, "proxies_most": 1, "all_members": True,
    }  # fmt: skip
    return services.BodyRules(**(defaults | values))


def _meeting(body: MeetingBody, day: date, **values: object) -> Meeting:
    return factories.meeting(body, starts_at=datetime.combine(day, NOW.time(), SHANGHAI), **values)


def _called(secretary: Actor, body: MeetingBody, day: date = date(2026, 12, 15)) -> Meeting:
    meeting = _meeting(body, day)
    agendas.topic_add(actor=secretary, meeting=meeting, title="推广共享用工", note="", now=NOW)
    services.meeting_call(actor=secretary, meeting=meeting, now=NOW)
    meeting.refresh_from_db()
    return meeting


# Bodies and their calendar


def test_a_new_body_has_its_meetings_of_the_coming_year(alliance: Alliance, secretary: Actor) -> None:
    made = services.body_create(actor=secretary, alliance=alliance, kind="council", rules=_rules(), now=NOW)
    titles = list(made.meetings.order_by("starts_at").values_list("title", flat=True))
    assert titles == [f"{quarter}理事会例会" for quarter in
                      ("2027年第一季度", "2027年第二季度", "2027年第三季度", "2027年第四季度")]  # fmt: skip
    assert services.calendar_write([made], NOW) == 0
    assert services.calendar_write([made], NOW + timedelta(days=92)) == 1


def test_a_cancelled_meeting_of_the_calendar_stays_cancelled(alliance: Alliance, secretary: Actor) -> None:
    made = services.body_create(actor=secretary, alliance=alliance, kind="council", rules=_rules(), now=NOW)
    first = made.meetings.order_by("starts_at").first()
    services.meeting_cancel(actor=secretary, meeting=first, reason="与年会合并召开")
    assert services.calendar_write([made], NOW) == 0


def test_planned_meetings_follow_new_rules_but_not_those_moved_by_hand(alliance: Alliance, secretary: Actor) -> None:
    made = services.body_create(actor=secretary, alliance=alliance, kind="council", rules=_rules(), now=NOW)
    moved, follows = made.meetings.order_by("starts_at")[:2]
    by_hand = moved.starts_at + timedelta(days=6)
    services.meeting_update(
        actor=secretary, meeting=moved, title=moved.title, starts_at=by_hand, place="", version=1, now=NOW
    )
    services.body_update(actor=secretary, body=made, rules=_rules(day=22), version=1, now=NOW)
    moved.refresh_from_db()
    follows.refresh_from_db()
    assert moved.starts_at == by_hand
    assert follows.day == date(2027, 4, 22)
    with pytest.raises(ValidationError, match="有人改过"):
        services.body_update(actor=secretary, body=made, rules=_rules(day=23), version=1, now=NOW)


def test_another_frequency_plans_anew_and_keeps_meetings_with_topics(alliance: Alliance, secretary: Actor) -> None:
    made = services.body_create(actor=secretary, alliance=alliance, kind="council", rules=_rules(), now=NOW)
    kept = made.meetings.order_by("starts_at").first()
    agendas.topic_add(actor=secretary, meeting=kept, title="换届", note="", now=NOW)
    services.body_update(actor=secretary, body=made, rules=_rules(frequency="half_yearly"), version=1, now=NOW)
    assert [each.title[:8] for each in made.meetings.order_by("starts_at")] == ["2027年第一季", "2027年下半年"]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"month": 4}, "“第几个月”只能填 1 到 3"),
        ({"all_members": False}, "请选择参会单位"),
        ({"name": "成员大会"}, "本联盟已经有“成员大会”"),
    ],
)
def test_rules_that_cannot_be_are_refused(
    alliance: Alliance, secretary: Actor, values: dict[str, object], sentence: str
) -> None:
    factories.meeting_body(alliance, name="成员大会")
    with pytest.raises(ValidationError, match=sentence):
        services.body_create(actor=secretary, alliance=alliance, kind="council", rules=_rules(**values), now=NOW)


def test_members_plan_no_meetings(alliance: Alliance, member: Actor) -> None:
    with pytest.raises(PermissionDenied):
        services.body_create(actor=member, alliance=alliance, kind="council", rules=_rules(), now=NOW)


def test_a_day_of_work_asks_for_topics_once(secretary: Actor, member: Actor, body: MeetingBody) -> None:
    meeting = _meeting(body, date(2026, 12, 3))
    assert services.meetings_ahead(now=NOW)[1] == 2
    assert services.meetings_ahead(now=NOW + timedelta(days=1))[1] == 0
    asked = Notice.objects.get(recipient=member.user)
    assert asked.title == f"征集议题：{meeting.title}"
    assert "2026年11月26日前" in asked.body
    _meeting(body, date(2027, 1, 20))
    assert services.meetings_ahead(now=NOW)[1] == 0


# Topics


def test_a_member_proposes_until_the_last_day_and_hears_what_became_of_it(
    secretary: Actor, member: Actor, members: list[Enterprise], body: MeetingBody
) -> None:
    meeting = _meeting(body, date(2026, 12, 15))
    topic = agendas.topic_add(
        actor=member, meeting=meeting, title="共建焊工实训基地", note="", now=NOW, enterprise=members[1]
    )
    assert topic.state == MeetingTopic.State.PROPOSED
    assert Notice.objects.filter(recipient=secretary.user, title="新议题：共建焊工实训基地").exists()
    agendas.topic_decide(actor=secretary, topic=topic, accept=True)
    assert Notice.objects.filter(recipient=member.user, title="议题列入议程：共建焊工实训基地").exists()
    late = datetime(2026, 12, 9, 9, 0, tzinfo=SHANGHAI)
    with pytest.raises(ValidationError, match="2026年12月8日为止"):
        agendas.topic_add(actor=member, meeting=meeting, title="迟到", note="", now=late, enterprise=members[1])
    with pytest.raises(PermissionDenied):
        agendas.topic_add(actor=member, meeting=meeting, title="替别人", note="", now=NOW, enterprise=members[0])
    with pytest.raises(ValidationError, match="已经有了"):
        agendas.topic_add(actor=secretary, meeting=meeting, title="共建焊工实训基地", note="", now=NOW)


def test_the_agenda_is_filled_from_open_demands_without_names(
    secretary: Actor, members: list[Enterprise], alliance: Alliance, body: MeetingBody
) -> None:
    for each in members[:3]:
        late = factories.demand(each, alliance=alliance, due_on=date(2026, 11, 20))
    factories.demand(members[3], alliance=alliance, closed_on=date(2026, 11, 1), state=Demand.State.CLOSED)
    meeting = _meeting(body, date(2026, 12, 15))
    assert agendas.agenda_fill(actor=secretary, meeting=meeting, now=NOW) == 2
    common, overdue = meeting.topics.order_by("position")
    assert common.origin == "共性问题"
    assert common.note == "3 家成员企业提出 3 件同类诉求，尚未办结。"
    assert "共 3 件" in overdue.note
    assert not any(each.name in f"{common.title}{common.note}{overdue.note}" for each in members)
    late.closed_on, late.state = date(2026, 11, 23), Demand.State.CLOSED
    late.save()
    agendas.topic_decide(actor=secretary, topic=common, accept=False)
    assert agendas.agenda_fill(actor=secretary, meeting=meeting, now=NOW) == 0
    overdue.refresh_from_db()
    common.refresh_from_db()
    assert "共 2 件" in overdue.note
    assert common.state == MeetingTopic.State.DECLINED


# Notice


def test_calling_fixes_seats_and_rules_and_tells_members_and_superior(
    secretary: Actor, member: Actor, body: MeetingBody
) -> None:
    county = factories.actor(Role.COUNTY_STAFF, region=factories.county())
    meeting = _called(secretary, body)
    assert meeting.seats.count() == len(LETTERS)
    told = Notice.objects.filter(title=f"会议通知：{meeting.title}")
    assert set(told.values_list("recipient", flat=True)) == {secretary.user.pk, member.user.pk, county.user.pk}
    assert "1. 推广共享用工" in told.first().body
    body.quorum = "none"
    body.save()
    meeting.refresh_from_db()
    assert meeting.quorum == "two_thirds"
    with pytest.raises(ValidationError, match="不能再发通知"):
        services.meeting_call(actor=secretary, meeting=meeting, now=NOW)


def test_a_notice_that_is_too_short_is_refused_with_the_earliest_day(secretary: Actor, body: MeetingBody) -> None:
    meeting = _meeting(body, date(2026, 11, 27))
    agendas.topic_add(actor=secretary, meeting=meeting, title="推广共享用工", note="", now=NOW)
    with pytest.raises(ValidationError, match=r"提前 5 天通知.*2026年11月28日"):
        services.meeting_call(actor=secretary, meeting=meeting, now=NOW)


def test_a_meeting_is_called_with_an_agenda_and_answers_to_all_proposals(
    secretary: Actor, member: Actor, members: list[Enterprise], body: MeetingBody
) -> None:
    meeting = _meeting(body, date(2026, 12, 15))
    with pytest.raises(ValidationError, match="还没有议题"):
        services.meeting_call(actor=secretary, meeting=meeting, now=NOW)
    agendas.topic_add(actor=member, meeting=meeting, title="实训基地", note="", now=NOW, enterprise=members[1])
    with pytest.raises(ValidationError, match="还有 1 个议题没有确定"):
        services.meeting_call(actor=secretary, meeting=meeting, now=NOW)


def test_changes_and_cancellation_reach_whoever_was_called(secretary: Actor, member: Actor, body: MeetingBody) -> None:
    meeting = _called(secretary, body)
    later = meeting.starts_at + timedelta(days=2)
    services.meeting_update(
        actor=secretary, meeting=meeting, title=meeting.title, starts_at=later, place="二楼", version=1, now=NOW
    )
    services.meeting_cancel(actor=secretary, meeting=meeting, reason="与年会合并")
    titles = list(Notice.objects.filter(recipient=member.user).order_by("pk").values_list("title", flat=True))
    assert [title[:4] for title in titles] == ["会议通知", "会议变更", "会议取消"]
    with pytest.raises(ValidationError, match="已取消"):
        services.meeting_cancel(actor=secretary, meeting=meeting, reason="再取消一次")


def test_seats_of_a_council_end_with_the_membership(
    secretary: Actor, alliance: Alliance, members: list[Enterprise]
) -> None:
    council = factories.meeting_body(alliance, *members[:2])
    alliance.memberships.filter(enterprise=members[0]).update(left_on=date(2026, 11, 1))
    meeting = _called(secretary, council)
    assert [str(seat) for seat in meeting.seats.select_related("enterprise")] == ["乙公司"]


# Pages


@pytest.fixture
def desk(tenant: Tenant) -> tuple[Client, Client, Alliance]:
    """The browsers of a secretary and of a member, and their alliance."""
    with tenant_scope(tenant):
        members = [factories.enterprise(f"{letter}公司") for letter in LETTERS]
        alliance = factories.alliance(*members)
    secretary = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=alliance)
    return secretary, browser(tenant, Role.ENTERPRISE, enterprise=members[1]), alliance


def test_a_secretary_sets_up_a_body_in_the_browser(desk: tuple[Client, Client, Alliance], tenant: Tenant) -> None:
    secretary, member, alliance = desk
    tab = reverse("alliances:meetings", args=[alliance.pk])
    assert "还没有会议制度" in secretary.get(tab).content.decode()
    address = reverse("alliances:body_create", args=[alliance.pk, "assembly"])
    values = dict(secretary.get(address).context["form"].initial)
    refused = secretary.post(address, values | {"day": 31}).content.decode()
    assert "“几日”不能大于 28" in refused
    assert secretary.post(address, values).status_code == 302
    page = member.get(tab).content.decode()
    assert "半年成员大会" in page
    assert "设立理事会" not in page
    assert member.get(address).status_code == 403
    with tenant_scope(tenant):
        body = MeetingBody.objects.get(alliance=alliance)
    again = reverse("alliances:body_update", args=[body.pk])
    form = secretary.get(again).context["form"]
    assert form.initial["majority_of_all"] == "votes"
    assert secretary.post(again, values | {"version": 1, "name": "全体成员大会"}).status_code == 302
    assert "全体成员大会" in secretary.get(tab).content.decode()


def test_a_meeting_from_topic_to_notice_in_the_browser(desk: tuple[Client, Client, Alliance], tenant: Tenant) -> None:
    secretary, member, alliance = desk
    with tenant_scope(tenant):
        body = factories.meeting_body(alliance)
    day = (timezone.localdate() + timedelta(days=30)).isoformat()
    create = reverse("alliances:meeting_create", args=[body.pk])
    values = {"title": "第四季度理事会例会", "starts_at": f"{day}T14:30", "place": "三楼"}
    assert "会议时间已经过去" in secretary.post(create, values | {"starts_at": "2026-01-01T14:30"}).content.decode()
    assert secretary.post(create, values).status_code == 302
    assert "已经安排了一次同样的会议" in secretary.post(create, values).content.decode()
    with tenant_scope(tenant):
        meeting = Meeting.objects.get(body=body)
    page, topic = (reverse(f"alliances:{name}", args=[meeting.pk]) for name in ("meeting_detail", "topic_add"))
    assert "提出议题" in member.get(page).content.decode()
    with tenant_scope(tenant):
        own = Enterprise.objects.get(name="乙公司", memberships__alliance=alliance)
    assert member.post(topic, {"title": "共享用工", "enterprise": own.pk}).status_code == 302
    call = reverse("alliances:meeting_call", args=[meeting.pk])
    assert "还有 1 个议题没有确定" in secretary.post(call, follow=True).content.decode()
    with tenant_scope(tenant):
        proposed = MeetingTopic.objects.get()
    secretary.post(reverse("alliances:topic_accept", args=[proposed.pk]))
    assert "会议通知已发给" in secretary.post(call, follow=True).content.decode()
    called = member.get(page).content.decode()
    assert "已通知" in called
    assert "提出议题" not in called
    cancel = reverse("alliances:meeting_cancel", args=[meeting.pk])
    assert "请填写“取消原因”" in secretary.post(cancel, {}).content.decode()
    assert secretary.post(cancel, {"reason": "与年会合并"}).status_code == 302
    assert "与年会合并" in member.get(page).content.decode()
