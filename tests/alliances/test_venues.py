"""Shared venues: offered by members, booked by members, never twice for the same hour."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alliances.bookings import DAYS_AHEAD, Span, calendar, overlaps, refusal, taken_by
from alliances.models import Alliance, Venue, VenueBooking
from alliances.services.venues import venue_book
from notices.models import Notice
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser, queries_of

OPENS, CLOSES = time(8, 30), time(17, 30)
NOW = datetime.fromisoformat("2026-11-28T10:00+08:00")
MINUTES = st.integers(0, 3 * 24 * 60)


def at(minutes: int) -> datetime:
    return datetime.fromisoformat("2026-12-01T00:00+08:00") + timedelta(minutes=minutes)


SPANS = st.tuples(MINUTES, st.integers(1, 600)).map(lambda pair: Span(at(pair[0]), at(pair[0] + pair[1])))


@given(SPANS, SPANS)
def test_overlap_is_mutual_and_needs_a_shared_minute(one: Span, other: Span) -> None:
    shared = min(one.ends_at, other.ends_at) - max(one.starts_at, other.starts_at)
    assert overlaps(one, other) == overlaps(other, one) == (shared > timedelta())


@given(SPANS, st.lists(SPANS, max_size=6))
def test_what_stands_in_the_way_is_the_earliest_that_does(span: Span, taken: list[Span]) -> None:
    hit = taken_by(span, taken)
    hits = [each for each in taken if overlaps(span, each)]
    assert (hit is None) == (not hits)
    assert hit is None or all(hit.starts_at <= each.starts_at for each in hits)


@given(SPANS)
def test_only_hours_of_one_open_day_are_given_away(span: Span) -> None:
    if refusal(span, opens=OPENS, closes=CLOSES, now=NOW) == "":
        assert span.starts_at.date() == span.ends_at.date()
        assert OPENS <= span.starts_at.time() < span.ends_at.time() <= CLOSES


@given(st.lists(SPANS, max_size=8))
def test_the_calendar_shows_every_booking_on_its_day(taken: list[Span]) -> None:
    days = calendar(date(2026, 12, 1), 5, taken)
    assert sum(len(each.spans) for each in days) == len(taken)
    assert all(span.starts_at.date() == each.day for each in days for span in each.spans)


def test_far_ahead_is_refused() -> None:
    day = NOW + timedelta(days=DAYS_AHEAD + 1)
    assert "最多提前 90 天" in refusal(Span(day, day + timedelta(hours=1)), opens=OPENS, closes=CLOSES, now=NOW)


@pytest.fixture
def alliance(tenant: Tenant) -> Alliance:
    with tenant_scope(tenant):
        made = factories.alliance(factories.enterprise("甲公司"))
        factories.membership(made, factories.enterprise("乙公司"))
    return made


@pytest.fixture
def venue(tenant: Tenant, alliance: Alliance) -> Venue:
    with tenant_scope(tenant):
        return factories.venue(alliance, alliance.members.get(name="甲公司"))


def enterprise_client(tenant: Tenant, alliance: Alliance, name: str) -> Client:
    with tenant_scope(tenant):
        enterprise = alliance.members.get(name=name)
    return browser(tenant, Role.ENTERPRISE, enterprise=enterprise)


def wish(tenant: Tenant, alliance: Alliance, name: str, begins: str, ends: str, **values: Any) -> dict[str, Any]:
    with tenant_scope(tenant):
        unit = alliance.members.get(name=name).pk
    day = (timezone.localdate() + timedelta(days=3)).isoformat()
    said = {
        "token": str(uuid4()),
        "day": day,
        "begins": begins,
        "ends": ends,
        "enterprise": unit,
        "purpose": "技能培训",
    }
    return said | values


def bookings(tenant: Tenant) -> list[tuple[str, str]]:
    with tenant_scope(tenant):
        standing = VenueBooking.objects.filter(cancelled_at=None)
        return [(each.enterprise.name, f"{timezone.localtime(each.starts_at):%H:%M}") for each in standing]


def test_members_book_and_a_taken_hour_says_who_has_it(tenant: Tenant, alliance: Alliance, venue: Venue) -> None:
    address = reverse("alliances:venue_book", args=[venue.pk])
    first, second = (enterprise_client(tenant, alliance, name) for name in ("甲公司", "乙公司"))
    said = wish(tenant, alliance, "甲公司", "09:00", "11:00")
    assert [first.post(address, said).status_code for _ in range(2)] == [302, 302]
    answer = second.post(address, wish(tenant, alliance, "乙公司", "10:00", "12:00"))
    assert answer.status_code == 422
    assert "09:00 到 11:00 已经约给甲公司" in answer.content.decode()
    assert second.post(address, wish(tenant, alliance, "乙公司", "11:00", "12:00")).status_code == 302
    assert bookings(tenant) == [("甲公司", "09:00"), ("乙公司", "11:00")]
    page = second.get(reverse("alliances:venue_detail", args=[venue.pk])).content.decode()
    assert "甲公司：技能培训" in page
    assert "139****0002" in page
    assert "13905370002" not in page


@pytest.mark.parametrize(
    ("begins", "ends", "values", "reason"),
    [
        ("07:00", "09:00", {}, "场地开放时间是 08:30 到 17:30"),
        ("10:00", "10:00", {}, "结束时间要晚于开始时间"),
        ("09:00", "10:00", {"day": "2020-01-01"}, "这个时间已经过去"),
        ("09:00", "10:00", {"purpose": ""}, "请填写“做什么用”"),
    ],
)
def test_hours_that_cannot_be_are_refused_in_words(
    tenant: Tenant, alliance: Alliance, venue: Venue, begins: str, ends: str, values: dict[str, str], reason: str
) -> None:
    client = enterprise_client(tenant, alliance, "乙公司")
    said = wish(tenant, alliance, "乙公司", begins, ends, **values)
    answer = client.post(reverse("alliances:venue_book", args=[venue.pk]), said)
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert bookings(tenant) == []


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_wins_and_the_other_is_told() -> None:
    tenant = factories.city()
    with tenant_scope(tenant):
        alliance = factories.alliance(factories.enterprise("甲公司"))
        venue = factories.venue(alliance, alliance.members.get())
        actor = factories.actor(Role.CITY_STAFF)
    together, outcomes = Barrier(2), []
    day = timezone.localdate() + timedelta(days=1)

    def book() -> None:
        together.wait(timeout=10)
        try:
            with tenant_scope(tenant):
                venue_book(
                    actor=actor, venue=venue, enterprise=None, purpose="开会", token=uuid4(), now=timezone.now(),
                    starts_at=timezone.make_aware(datetime.combine(day, time(9))),
                    ends_at=timezone.make_aware(datetime.combine(day, time(10))),
                )  # fmt: skip
            outcomes.append("booked")
        except ValidationError as refused:
            outcomes.append(refused.messages[0])
        connection.close()

    threads = [Thread(target=book) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes)[1] == "booked"
    assert "09:00 到 10:00 已经约给" in sorted(outcomes)[0]


def test_the_database_itself_forbids_an_overlap(tenant: Tenant, alliance: Alliance, venue: Venue) -> None:
    with tenant_scope(tenant):
        user = factories.actor(Role.CITY_STAFF).user
        first = factories.booking(venue, user)
        with pytest.raises(IntegrityError, match="booking_no_overlap"), transaction.atomic():
            factories.booking(venue, user)
        VenueBooking.objects.filter(pk=first.pk).update(cancelled_at=timezone.now(), cancelled_because="改期")
        factories.booking(venue, user)


def test_a_cancelled_booking_is_free_again_and_its_user_is_told(
    tenant: Tenant, alliance: Alliance, venue: Venue
) -> None:
    with tenant_scope(tenant):
        booker = factories.actor(Role.ENTERPRISE, enterprise=alliance.members.get(name="乙公司"))
        made = factories.booking(venue, booker.user, enterprise=alliance.members.get(name="乙公司"))
    address = reverse("alliances:booking_cancel", args=[made.pk])
    owner = enterprise_client(tenant, alliance, "甲公司")
    assert "请填写“取消原因”" in owner.post(address, {"reason": ""}).content.decode()
    assert owner.post(address, {"reason": "设备检修"}).status_code == 302
    assert bookings(tenant) == []
    with tenant_scope(tenant):
        assert Notice.objects.get(recipient=booker.user).body == "原因：设备检修"


def test_a_stranger_s_booking_is_not_his_to_cancel(tenant: Tenant, alliance: Alliance, venue: Venue) -> None:
    with tenant_scope(tenant):
        factories.membership(alliance, factories.enterprise("丙公司"))
        made = factories.booking(venue, factories.actor(Role.CITY_STAFF).user)
    client = enterprise_client(tenant, alliance, "丙公司")
    assert client.get(reverse("alliances:booking_cancel", args=[made.pk])).status_code == 403


def test_a_member_offers_its_own_venue_once_and_changes_it(tenant: Tenant, alliance: Alliance) -> None:
    client, address = (
        enterprise_client(tenant, alliance, "乙公司"),
        reverse("alliances:venue_create", args=[alliance.pk]),
    )
    with tenant_scope(tenant):
        own, other = (alliance.members.get(name=name).pk for name in ("乙公司", "甲公司"))
    said = {
        "token": str(uuid4()), "enterprise": own, "name": "三楼会议室", "place": "办公楼", "opens": "08:30",
        "closes": "17:30", "contact_phone": "139 0537 0003", "is_offered": "on",
    }  # fmt: skip
    assert [client.post(address, said).status_code for _ in range(2)] == [302, 302]
    assert client.post(address, said | {"token": str(uuid4()), "enterprise": other}).status_code == 422
    assert "已经有“三楼会议室”" in client.post(address, said | {"token": str(uuid4())}).content.decode()
    with tenant_scope(tenant):
        made = Venue.objects.get()
    assert made.contact_phone == "13905370003"
    update = reverse("alliances:venue_update", args=[made.pk])
    assert client.post(update, said | {"closes": "08:00"}).status_code == 422
    assert client.post(update, {key: value for key, value in said.items() if key != "is_offered"}).status_code == 302
    assert client.get(reverse("alliances:venue_book", args=[made.pk])).status_code == 403


def test_the_venue_takes_as_many_queries_for_many_bookings(tenant: Tenant, alliance: Alliance, venue: Venue) -> None:
    address = reverse("alliances:venue_detail", args=[venue.pk])
    staff = browser(tenant, Role.CITY_STAFF)
    few = queries_of(staff, address)
    start = timezone.make_aware(datetime.combine(timezone.localdate() + timedelta(days=1), time(9)))
    with tenant_scope(tenant):
        user = factories.actor(Role.CITY_STAFF).user
        for number in range(8):
            begins = start + timedelta(days=number)
            factories.booking(venue, user, starts_at=begins, ends_at=begins + timedelta(hours=1))
    assert queries_of(staff, address) == few
