"""Meetings month by month, and the calendar to subscribe to: exactly its owner's scope, until he takes it back."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from alliances.models import CalendarFeed, Meeting, MeetingBody
from tenants.models import AuditEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, queries_of

LIST = reverse("alliances:meeting_list")


@pytest.fixture
def bodies(tenant: Tenant) -> list[MeetingBody]:
    """The councils of two alliances, one in each county, with a meeting today each."""
    made = []
    with tenant_scope(tenant):
        for county in ("任城区", "鱼台县"):
            region = factories.county(county)
            alliance = factories.alliance(factories.enterprise(region=region), name=f"{county}联盟", region=region)
            made.append(factories.meeting_body(alliance, name=f"{county}理事会"))
            factories.meeting(made[-1], title=f"{county}例会", starts_at=timezone.now())
    return made


@pytest.fixture
def county(bodies: list[MeetingBody], tenant: Tenant) -> Client:
    with tenant_scope(tenant):
        region = factories.county("任城区")
    return browser(tenant, Role.COUNTY_STAFF, login="county", region=region)


def _subscribe(client: Client) -> str:
    """The link as the page shows it once."""
    link = client.post(reverse("alliances:feed_renew")).context["link"]
    parts = urlsplit(link)
    return f"{parts.path}?{parts.query}"


def _titles(response: HttpResponse) -> list[str]:
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/calendar")
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(response.content).walk("VEVENT")]


def test_the_list_shows_this_month_unless_another_is_chosen(
    county: Client, bodies: list[MeetingBody], tenant: Tenant
) -> None:
    later = timezone.localtime() + timedelta(days=62)
    with tenant_scope(tenant):
        factories.meeting(bodies[0], title="下下个月的会", starts_at=later)
    page = county.get(LIST).content.decode()
    assert "任城区例会" in page
    assert "鱼台县例会" not in page
    assert "下下个月的会" not in page
    chosen = county.get(LIST, {"month": f"{later:%Y-%m}"}).content.decode()
    assert "下下个月的会" in chosen
    assert "任城区例会" not in chosen
    assert county.get(LIST, {"month": "abc"}).status_code == 200


def test_the_list_takes_no_more_queries_for_many_rows(bodies: list[MeetingBody], tenant: Tenant) -> None:
    client = browser(tenant, Role.CITY_STAFF, login="city")
    few = queries_of(client, LIST)
    with tenant_scope(tenant):
        for hours in range(1, 20):
            factories.meeting(bodies[0], starts_at=timezone.now() + timedelta(minutes=hours))
    assert queries_of(client, LIST) == few <= LIST_QUERIES


def test_a_calendar_holds_its_owners_meetings_and_needs_no_session(county: Client) -> None:
    link = _subscribe(county)
    assert _titles(Client().get(link)) == ["任城区例会"]
    event = Calendar.from_ical(Client().get(link).content).walk("VEVENT")[0]
    assert str(event["LOCATION"]) == "市民中心三楼会议室"
    assert str(event["STATUS"]) == "CONFIRMED"
    assert "/meetings/" in str(event["URL"])


def test_a_key_is_stored_as_digest_and_told_once(county: Client, tenant: Tenant) -> None:
    token = _subscribe(county).partition("key=")[2]
    with tenant_scope(tenant):
        assert token not in CalendarFeed.objects.get().token_digest
        assert not AuditEntry.objects.filter(changes__icontains=token).exists()
        assert not AuditEntry.objects.filter(changes__icontains=CalendarFeed.objects.get().token_digest).exists()
    assert token not in county.get(reverse("alliances:feed")).content.decode()


def test_a_new_key_ends_the_old_one_and_a_revoked_one_is_no_key(county: Client) -> None:
    first, second = _subscribe(county), _subscribe(county)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    assert "已停止订阅" in county.post(reverse("alliances:feed_revoke"), follow=True).content.decode()
    assert Client().get(second).status_code == 404
    assert "您没有订阅日历" in county.post(reverse("alliances:feed_revoke"), follow=True).content.decode()


def test_a_lost_role_or_a_closed_account_empties_the_calendar(county: Client, tenant: Tenant) -> None:
    link = _subscribe(county)
    with tenant_scope(tenant):
        owner = CalendarFeed.objects.select_related("user").get().user
        owner.assignments.all().delete()
    assert _titles(Client().get(link)) == []
    with tenant_scope(tenant):
        owner.is_active = False
        owner.save()
    assert Client().get(link).status_code == 404


def test_a_key_opens_no_other_tenant(county: Client, tenant: Tenant, second_tenant: Tenant) -> None:
    link = _subscribe(county)
    elsewhere = link.replace(f"/{tenant.slug}.ics", f"/{second_tenant.slug}.ics")
    assert elsewhere != link
    assert Client().get(elsewhere).status_code == 404
    assert Client().get(link.partition("?")[0]).status_code == 404
    # Somebody of another tenant who is signed in and has the link reads what the link says, nothing of his own.
    stranger = browser(second_tenant, Role.CITY_STAFF, login="stranger")
    assert _titles(stranger.get(link)) == ["任城区例会"]


def test_what_is_off_says_so(county: Client, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        Meeting.objects.filter(title="任城区例会").update(state="cancelled", reason="与年会合并")
    event = Calendar.from_ical(Client().get(_subscribe(county)).content).walk("VEVENT")[0]
    assert str(event["STATUS"]) == "CANCELLED"
    assert "与年会合并" not in str(event)
