"""A meeting on its day: attendance with proxies, quorum, resolutions as tasks, their report at the next meeting."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.meetings import Ballot
from alliances.models import Alliance, Meeting, MeetingSeat, Resolution
from alliances.selectors import meetings as found
from alliances.selectors.resolutions import open_resolutions
from alliances.services import agendas, attendance
from alliances.services import resolutions as services
from alliances.services.resolutions import ResolutionEntry
from enterprises.models import Enterprise
from notices.models import Notice
from tenants.models import Role, Tenant
from tenants.permissions import Actor
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser

NOW = datetime(2026, 12, 15, 14, 30, tzinfo=timezone.get_default_timezone())
DUE = date(2027, 1, 31)
State = MeetingSeat.State


@pytest.fixture
def members(scope: Tenant) -> list[Enterprise]:
    return [factories.enterprise(f"{letter}公司") for letter in "甲乙丙丁"]


@pytest.fixture
def alliance(members: list[Enterprise]) -> Alliance:
    return factories.alliance(*members)


@pytest.fixture
def secretary(alliance: Alliance) -> Actor:
    return factories.actor(Role.ALLIANCE_SECRETARY, alliance=alliance)


@pytest.fixture
def meeting(alliance: Alliance, members: list[Enterprise]) -> Meeting:
    """Called for today; two thirds of four seats must be there."""
    return _called(factories.meeting_body(alliance), members, NOW)


def _called(body, members: list[Enterprise], at: datetime) -> Meeting:
    made = factories.meeting(body, state="called", called_at=at - timedelta(days=7), starts_at=at)
    for each in members:
        factories.meeting_seat(made, each)
    return made


def _mark(actor: Actor, meeting: Meeting, *letters: str, state: str = State.PRESENT, **values) -> None:
    for letter in letters:
        seat = meeting.seats.get(enterprise__name=f"{letter}公司")
        attendance.seat_mark(actor=actor, seat=seat, state=state, now=values.pop("now", NOW), **values)


def _seat(meeting: Meeting, letter: str) -> MeetingSeat:
    return meeting.seats.get(enterprise__name=f"{letter}公司")


def _standing(meeting: Meeting):
    return found.standing_of(meeting, found.seat_list(meeting))


def _decide(actor: Actor, meeting: Meeting, text: str = "建立共享用工台账", votes: int = 3, **values) -> Resolution:
    ballot = Ballot(votes, **{name: values.pop(name) for name in ("against", "abstained") if name in values})
    entry = ResolutionEntry(text, ballot, values.pop("due_on", DUE), **values)
    return services.resolution_add(actor=actor, meeting=meeting, entry=entry, now=NOW)


# Attendance


def test_proxies_make_up_the_quorum(secretary: Actor, meeting: Meeting) -> None:
    _mark(secretary, meeting, "甲", "乙")
    assert not _standing(meeting).is_quorate
    with pytest.raises(ValidationError, match="还差 1 个"):
        _decide(secretary, meeting)
    _mark(secretary, meeting, "丙", state=State.PROXY, proxy=_seat(meeting, "甲"), proxy_scope="全部议题")
    assert (_standing(meeting).votes, _standing(meeting).is_quorate) == (3, True)
    assert _decide(secretary, meeting).state == Resolution.State.OPEN


@pytest.mark.parametrize(
    ("letter", "holder", "matters", "sentence"),
    [
        ("丁", "甲", "全部议题", "甲公司已受托于丙公司"),
        ("丁", "丁", "全部议题", "不能委托自己"),
        ("丁", "丙", "全部议题", "自己也委托了别的单位"),
        ("甲", "乙", "全部议题", "甲公司已受别的单位委托"),
        ("丁", "乙", " ", "请写明委托事项"),
    ],
)
def test_a_proxy_that_the_rules_do_not_allow_is_refused(
    secretary: Actor, meeting: Meeting, letter: str, holder: str, matters: str, sentence: str
) -> None:
    _mark(secretary, meeting, "丙", state=State.PROXY, proxy=_seat(meeting, "甲"), proxy_scope="全部议题")
    with pytest.raises(ValidationError, match=sentence):
        _mark(secretary, meeting, letter, state=State.PROXY, proxy=_seat(meeting, holder), proxy_scope=matters)


def test_where_nobody_may_be_represented_a_proxy_is_refused(secretary: Actor, meeting: Meeting) -> None:
    Meeting.objects.update(proxies_most=0)
    with pytest.raises(ValidationError, match="不允许委托"):
        _mark(secretary, meeting, "丙", state=State.PROXY, proxy=_seat(meeting, "甲"), proxy_scope="全部议题")


def test_excuses_are_taken_before_the_day_presence_is_not(secretary: Actor, meeting: Meeting) -> None:
    before = NOW - timedelta(days=1)
    _mark(secretary, meeting, "甲", state=State.EXCUSED, now=before)
    with pytest.raises(ValidationError, match="当天才能登记到会"):
        _mark(secretary, meeting, "乙", now=before)


def test_the_database_itself_refuses_a_proxy_without_its_holder(meeting: Meeting) -> None:
    with pytest.raises(IntegrityError, match="meeting_seat_proxy_names_its_holder"), transaction.atomic():
        meeting.seats.update(state=State.PROXY)


def test_nobody_leaves_after_a_vote_so_that_it_loses_its_quorum(secretary: Actor, meeting: Meeting) -> None:
    _mark(secretary, meeting, "甲", "乙", "丙")
    resolution = _decide(secretary, meeting)
    with pytest.raises(ValidationError, match="请先删除决议"):
        _mark(secretary, meeting, "丙", state=State.ABSENT)
    services.resolution_remove(actor=secretary, resolution=resolution, now=NOW)
    _mark(secretary, meeting, "丙", state=State.ABSENT)


# Resolutions


def test_a_vote_is_carried_by_the_meetings_own_majority(secretary: Actor, meeting: Meeting) -> None:
    _mark(secretary, meeting, "甲", "乙", "丙", "丁")
    assert _decide(secretary, meeting, votes=2, against=2).state == Resolution.State.REJECTED
    assert _decide(secretary, meeting, "另一项", votes=3, against=1).state == Resolution.State.OPEN
    with pytest.raises(ValidationError, match="共 5 票"):
        _decide(secretary, meeting, "第三项", votes=4, against=1)
    with pytest.raises(ValidationError, match="已经登记过"):
        _decide(secretary, meeting, "另一项")
    with pytest.raises(ValidationError, match="完成期限不能早于今天"):
        _decide(secretary, meeting, "第四项", due_on=date(2026, 12, 14))


def test_members_record_nothing(meeting: Meeting, members: list[Enterprise]) -> None:
    member = factories.actor(Role.ENTERPRISE, enterprise=members[0])
    with pytest.raises(PermissionDenied):
        _mark(member, meeting, "甲")
    with pytest.raises(PermissionDenied):
        _decide(member, meeting)


def test_the_end_tells_owners_and_is_final(secretary: Actor, meeting: Meeting, members: list[Enterprise]) -> None:
    owner = factories.actor(Role.ENTERPRISE, enterprise=members[1])
    other = factories.actor(Role.ENTERPRISE, enterprise=members[2])
    _mark(secretary, meeting, "甲", "乙", "丙")
    _decide(secretary, meeting, enterprise=members[1])
    with pytest.raises(ValidationError, match="请写明会议情况"):
        services.meeting_close(actor=secretary, meeting=meeting, record=" ", now=NOW)
    services.meeting_close(actor=secretary, meeting=meeting, record="讨论了用工。", now=NOW)
    told = Notice.objects.get(recipient=owner.user)
    assert "由乙公司办理，2027年1月31日前完成" in told.body
    assert [each.text for each in open_resolutions(actor=owner)] == ["建立共享用工台账"]
    assert not open_resolutions(actor=other).exists()
    assert open_resolutions(actor=secretary).count() == 1
    with pytest.raises(ValidationError, match="已召开"):
        _mark(secretary, meeting, "丁")
    with pytest.raises(ValidationError, match="已召开"):
        _decide(secretary, meeting, "晚了")


def test_a_meeting_without_quorum_may_end_without_resolutions(secretary: Actor, meeting: Meeting) -> None:
    _mark(secretary, meeting, "甲")
    services.meeting_close(actor=secretary, meeting=meeting, record="到会不够，改为座谈。", now=NOW)
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.HELD


def test_the_next_meeting_hears_of_each_resolution_before_it_ends(
    secretary: Actor, meeting: Meeting, members: list[Enterprise]
) -> None:
    _mark(secretary, meeting, "甲", "乙", "丙")
    first = _decide(secretary, meeting, enterprise=members[0])
    second = _decide(secretary, meeting, "签订共享用工协议")
    services.meeting_close(actor=secretary, meeting=meeting, record="讨论了用工。", now=NOW)
    later = NOW + timedelta(days=90)
    following = _called(meeting.body, members, later)
    agendas.agenda_fill(actor=secretary, meeting=following, now=later)
    topic = following.topics.get(source_key="last-resolutions")
    assert "建立共享用工台账（甲公司，2027年1月31日前）" in topic.note
    with pytest.raises(ValidationError, match="还有 2 项上次决议"):
        services.meeting_close(actor=secretary, meeting=following, record="…", now=later)
    report = {"actor": secretary, "meeting": following, "now": later}
    services.resolution_report(resolution=first, is_done=False, note="还差两家", due_on=date(2027, 4, 30), **report)
    services.resolution_report(resolution=second, is_done=False, note="在签", **report)
    services.resolution_report(resolution=second, is_done=True, note="签完了", **report)
    services.meeting_close(actor=secretary, meeting=following, record="…", now=later)
    for each in (first, second):
        each.refresh_from_db()
    assert (first.state, first.due_on, second.state) == ("open", date(2027, 4, 30), "done")
    assert second.reports.get().note == "签完了"
    third = _called(meeting.body, members, later + timedelta(days=90))
    with pytest.raises(ValidationError, match="不用在这次会议上报告"):
        services.resolution_report(
            actor=secretary, resolution=second, meeting=third, is_done=True, note="又完成", now=third.starts_at
        )


# Pages


@pytest.fixture
def today(tenant: Tenant) -> tuple[Client, Client, Meeting]:
    """The browsers of a secretary and a member, and a meeting that is called for today."""
    with tenant_scope(tenant):
        members = [factories.enterprise(f"{letter}公司") for letter in "甲乙丙丁"]
        alliance = factories.alliance(*members)
        meeting = _called(factories.meeting_body(alliance), members, timezone.now())
    secretary = browser(tenant, Role.ALLIANCE_SECRETARY, alliance=alliance)
    return secretary, browser(tenant, Role.ENTERPRISE, enterprise=members[0]), meeting


def test_a_meeting_is_held_on_a_phone(today: tuple[Client, Client, Meeting], tenant: Tenant) -> None:
    secretary, member, meeting = today

    def address(name: str, pk: int = meeting.pk) -> str:
        return reverse(f"alliances:{name}", args=[pk])

    def seat(letter: str) -> int:
        with tenant_scope(tenant):
            return _seat(meeting, letter).pk

    assert "还差" in secretary.get(address("attendance")).content.decode()
    for letter in "甲乙":
        secretary.post(address("seat_present", seat(letter)))
    vote = {"text": "建立共享用工台账", "in_favour": 3, "against": 0, "abstained": 0, "owner": "secretariat",
            "due_on": (timezone.localdate() - timedelta(days=1)).isoformat()}  # fmt: skip
    assert "不能形成决议" in secretary.post(address("resolution_add"), vote).content.decode()
    proxy = {"state": "proxy", "proxy": seat("甲"), "proxy_scope": ""}
    assert "请写明委托事项" in secretary.post(address("seat_update", seat("丙")), proxy).content.decode()
    proxy["proxy_scope"] = "全部议题的讨论和表决"
    assert secretary.post(address("seat_update", seat("丙")), proxy).status_code == 302
    assert "到会人数符合要求" in secretary.get(address("attendance")).content.decode()
    assert "完成期限不能早于今天" in secretary.post(address("resolution_add"), vote).content.decode()
    vote["due_on"] = timezone.localdate().isoformat()
    assert "由联盟秘书处办理" in secretary.post(address("resolution_add"), vote, follow=True).content.decode()
    assert "请填写“会议情况”" in secretary.post(address("meeting_close"), {}).content.decode()
    assert secretary.post(address("meeting_close"), {"record": "讨论了用工。"}).status_code == 302
    page = member.get(address("meeting_detail")).content.decode()
    assert "建立共享用工台账" in page
    assert "委托甲公司：全部议题的讨论和表决" in page
    assert "登记决议" not in page
    assert "今天到期" in secretary.get(reverse("desk")).content.decode()


def test_a_report_in_the_browser_needs_a_running_meeting(today: tuple[Client, Client, Meeting], tenant: Tenant) -> None:
    secretary, _, meeting = today
    with tenant_scope(tenant):
        held = factories.meeting(meeting.body, state="held", called_at=timezone.now(), starts_at=NOW)
        Meeting.objects.filter(pk=held.pk).update(starts_at=timezone.now() - timedelta(days=90))
        earlier = factories.resolution(held)
    address = reverse("alliances:resolution_report", args=[earlier.pk])
    assert "请填写“办理情况”" in secretary.post(address, {"is_done": "open"}).content.decode()
    assert secretary.post(address, {"is_done": "open", "note": "在办", "due_on": ""}).status_code == 302
    assert "在办" in secretary.get(reverse("alliances:meeting_detail", args=[meeting.pk])).content.decode()
    with tenant_scope(tenant):
        Meeting.objects.filter(pk=meeting.pk).update(state="held")
    assert secretary.get(address).status_code == 404
