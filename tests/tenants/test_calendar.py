"""The working-day calendar of a tenant: versions, what is taken over, two administrators at once, the page."""

from __future__ import annotations

from datetime import date, datetime
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.utils import DatabaseError
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tenants.calendar_pages import cell, changes_in_words, months
from tenants.models import AuditEntry, CalendarDay, CalendarVersion, Role, Tenant, User
from tenants.permissions import Actor
from tenants.scope import tenant_scope
from tenants.selectors import calendar as selectors
from tenants.selectors.calendar import calendar_at, calendar_current, calendar_history, calendar_version_get
from tenants.services import calendar_change, calendar_import, deadlines_recompute
from tenants.services.calendar import CalendarMovedError
from tenants.stored_deadlines import StoredDeadlines
from tenants.working_days import (
    STATUTORY,
    SpecialDay,
    WorkingCalendar,
    composed,
    official_changes,
    official_days,
    years_missing,
)
from tests import factories

from .conftest import Acting, Browse, Member

NOW = datetime(2026, 11, 28, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
SATURDAY, FRIDAY = date(2026, 12, 19), date(2026, 12, 18)
PAGE = "tenants:calendar"


@pytest.fixture
def admin(member: Member) -> User:
    return member("guanli", Role.TENANT_ADMIN, full_name="王敏")


@pytest.fixture
def actor(admin: User, acting: Acting) -> Actor:
    return acting(admin)


@pytest.fixture
def bare(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    """The office without any version of a calendar. Before every fixture that makes the office."""
    monkeypatch.setattr("tenants.services.opening.calendar_begin", lambda *, now: None)
    office: Tenant = request.getfixturevalue("office")
    return office


def change(actor: Actor, first: date, rule: str = "off", **values: Any) -> CalendarVersion:
    said = {"last": first, "reason": "市政府办通知", "is_complete": False, "token": uuid4(), "now": NOW} | values
    said.setdefault("version", calendar_current().version)
    return calendar_change(actor=actor, first=first, rule=rule, **said)


# Versions


def test_a_tenant_begins_with_the_official_calendar(office: Tenant) -> None:
    with tenant_scope(office):
        current = calendar_current()
        assert current == STATUTORY.with_days(1, ())
        assert current.calendar_known(2026)
        assert not current.calendar_known(2027)


def test_before_any_version_the_official_calendar_counts(bare: Tenant) -> None:
    with tenant_scope(bare):
        assert calendar_current() is STATUTORY
        assert calendar_at(0) is STATUTORY


def test_each_change_makes_a_version_and_old_ones_stay(office: Tenant, actor: Actor) -> None:
    with tenant_scope(office):
        assert change(actor, FRIDAY).number == 2
        assert change(actor, SATURDAY, "work").number == 3
        assert change(actor, FRIDAY, "official").number == 4
        on = [(calendar_at(n).is_working_day(FRIDAY), calendar_at(n).is_working_day(SATURDAY)) for n in (1, 2, 3, 4)]
        assert on == [(True, False), (False, False), (False, True), (True, True)]
        assert calendar_current() == calendar_at(4)
        told = [(each.number, each.who, each.words) for each in calendar_history(actor=actor)]
        count = sum(len(official_days(year)) for year in (2024, 2025, 2026))
        assert told == [
            (4, "王敏", "按国家规定：2026年12月18日"),
            (3, "王敏", "上班：2026年12月19日"),
            (2, "王敏", "放假：2026年12月18日"),
            (1, "系统", f"收录2024年、2025年、2026年放假安排；按国家规定：共 {count} 天"),
        ]


def test_the_database_keeps_a_version_as_it_was_written(office: Tenant) -> None:
    with tenant_scope(office), pytest.raises(DatabaseError, match="permission denied"):
        CalendarDay.objects.update(is_working=True)


def test_one_tenants_days_are_no_other_tenants(office: Tenant, neighbour: Tenant, actor: Actor) -> None:
    with tenant_scope(office):
        change(actor, FRIDAY)
        with tenant_scope(neighbour):
            assert calendar_current().is_working_day(FRIDAY)
            assert CalendarVersion.objects.count() == 1
        assert not calendar_current().is_working_day(FRIDAY)


def test_the_calendar_is_asked_for_once_in_a_scope(office: Tenant, actor: Actor) -> None:
    with tenant_scope(office):
        with CaptureQueriesContext(connection) as asked:
            for _ in range(3):
                calendar_current()
        assert len(asked) == 1
        change(actor, FRIDAY)
        assert calendar_current().version == 2


@pytest.mark.parametrize(
    ("first", "values", "field", "sentence"),
    [
        (FRIDAY, {"last": date(2026, 12, 17)}, "last", "不能早于开始日期"),
        (FRIDAY, {"last": date(2027, 1, 2)}, "last", "跨年的请分两次改"),
        (date(2026, 1, 1), {"last": date(2026, 3, 31)}, "last", "一次最多改 60 天"),
        (date(2024, 3, 1), {}, "first", "只能改2025年到2028年"),
        (date(2026, 10, 1), {"rule": "official"}, "first", "没有改动"),
    ],
)
def test_what_cannot_be_changed_is_refused_in_words(
    office: Tenant, actor: Actor, first: date, values: dict[str, Any], field: str, sentence: str
) -> None:
    with tenant_scope(office), pytest.raises(ValidationError) as refused:
        change(actor, first, **values)
    assert sentence in refused.value.message_dict[field][0]


def test_only_the_administrator_changes_it(office: Tenant, member: Member, acting: Acting) -> None:
    clerk = acting(member("limin", Role.CITY_STAFF))
    with tenant_scope(office):
        for act in (
            lambda: change(clerk, FRIDAY),
            lambda: calendar_import(actor=clerk, year=2026, token=uuid4(), now=NOW),
            lambda: deadlines_recompute(actor=clerk, token=uuid4(), now=NOW),
        ):
            with pytest.raises(PermissionDenied):
                act()
        assert calendar_current().version == 1


def test_a_form_sent_twice_makes_one_version(office: Tenant, actor: Actor) -> None:
    with tenant_scope(office):
        token = uuid4()
        assert change(actor, FRIDAY, token=token) == change(actor, FRIDAY, token=token, version=1)
        assert CalendarVersion.objects.count() == 2


def test_of_two_administrators_one_wins_and_the_other_is_told(
    office: Tenant, actor: Actor, member: Member, acting: Acting
) -> None:
    other = acting(member("zhangli", Role.TENANT_ADMIN, full_name="张丽"))
    with tenant_scope(office):
        change(actor, FRIDAY, version=1)
        with pytest.raises(CalendarMovedError, match=r"王敏已在 11-28 10:00 改过日历（第 2 版：市政府办通知）") as told:
            change(other, SATURDAY, "work", version=1)
        assert change(other, SATURDAY, "work", version=told.value.version).number == 3


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_wins_too() -> None:
    tenant = factories.city()
    with tenant_scope(tenant):
        actor = factories.actor(Role.TENANT_ADMIN)
    together, outcomes = Barrier(2), []

    def save(day: date) -> None:
        together.wait(timeout=10)
        try:
            with tenant_scope(tenant):
                change(actor, day, version=1)
            outcomes.append("saved")
        except CalendarMovedError as told:
            outcomes.append(told.messages[0])
        connection.close()

    threads = [Thread(target=save, args=[day]) for day in (FRIDAY, date(2026, 12, 17))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(outcomes)[0] == "saved"
    assert "改过日历（第 2 版" in sorted(outcomes)[1]


# The official calendar of a year


@pytest.fixture
def older(bare: Tenant) -> Tenant:
    """The office as if 2026 had been built in only after its calendar began."""
    with tenant_scope(bare):
        made = CalendarVersion.objects.create(
            number=1, reason="建立", known_years=[2025], made_at=NOW, form_token=uuid4()
        )
        CalendarDay.objects.bulk_create(
            CalendarDay(version=made, day=each.day, is_working=each.is_working, is_official=True, name=each.name)
            for each in official_days(2025)
        )
    return bare


def test_a_year_that_is_built_in_later_counts_once_it_is_taken_over(older: Tenant, actor: Actor) -> None:
    holiday, own = date(2026, 10, 5), date(2026, 10, 6)
    with tenant_scope(older):
        assert calendar_current().is_working_day(holiday)
        assert selectors.official_years_open(today=NOW.date()) == [2026]
        change(actor, own, "work", last=own)
        made = calendar_import(actor=actor, year=2026, token=uuid4(), now=NOW)
        assert made.reason == "收录国务院办公厅公布的2026年放假安排"
        assert not calendar_current().is_working_day(holiday)
        assert calendar_current().is_working_day(own)
        assert calendar_at(1).is_working_day(holiday)
        assert selectors.official_years_open(today=NOW.date()) == []
        with pytest.raises(ValidationError, match="已经收录"):
            calendar_import(actor=actor, year=2026, token=uuid4(), now=NOW)


def test_a_year_that_is_not_built_in_cannot_be_taken_over(office: Tenant, actor: Actor) -> None:
    with tenant_scope(office), pytest.raises(ValidationError, match="还没有2050年"):
        calendar_import(actor=actor, year=2050, token=uuid4(), now=NOW)


def test_an_administrator_enters_a_year_himself_and_the_warning_goes(office: Tenant, actor: Actor) -> None:
    with tenant_scope(office):
        today = date(2026, 11, 1)
        assert [(each.year, each.is_built_in) for each in selectors.calendar_missing(today=today)] == [(2027, False)]
        assert selectors.calendar_missing(today=date(2026, 10, 31)) == []
        change(actor, date(2027, 1, 1), last=date(2027, 1, 3), is_complete=True)
        assert selectors.calendar_missing(today=today) == []
        assert calendar_current().calendar_known(2027)


def test_this_years_missing_calendar_is_missed_all_year() -> None:
    calendar = WorkingCalendar(3, years=frozenset({2026}))
    assert years_missing(calendar, date(2027, 2, 1)) == [2027]
    assert years_missing(calendar, date(2027, 11, 1)) == [2027, 2028]


specials = st.builds(
    SpecialDay, st.dates(date(2025, 1, 1), date(2026, 12, 31)), st.booleans(), st.booleans(), st.just("")
)


@given(st.lists(specials, max_size=20).map(lambda days: {each.day: each for each in days}))
def test_taking_over_a_year_leaves_own_days_alone_and_nothing_more_to_take(kept: dict[date, SpecialDay]) -> None:
    taken = kept | {each.day: each for each in official_changes(kept, 2026)}
    assert official_changes(taken, 2026) == []
    assert all(taken[day] == each for day, each in kept.items() if not each.is_official or day.year != 2026)
    calendar = composed(1, taken.values(), [2025, 2026])
    for day in {each.day for each in official_days(2026)} - kept.keys():
        assert calendar.is_working_day(day) == STATUTORY.is_working_day(day)


@given(st.lists(specials, max_size=20).map(lambda days: {each.day: each for each in days}), st.integers(2025, 2026))
def test_a_page_of_a_year_says_what_the_calendar_says(kept: dict[date, SpecialDay], year: int) -> None:
    calendar = composed(1, kept.values(), [2025, 2026])
    shown = months(calendar, kept, year)
    cells = [(month.number, each) for month in shown for week in month.weeks for each in week if each]
    assert len(cells) == (date(year, 12, 31) - date(year, 1, 1)).days + 1
    for month, each in cells:
        works = calendar.is_working_day(date(year, month, each.number))
        assert works == (each.kind in ("work", "makeup"))
    assert sum(month.working_days for month in shown) == calendar.working_days_between(
        date(year - 1, 12, 31), date(year, 12, 31)
    )


def test_a_day_is_marked_with_a_word() -> None:
    holiday = next(each for each in official_days(2026) if each.day == date(2026, 10, 1))
    assert cell(STATUTORY, holiday, holiday.day).words == "国庆节放假"
    own = STATUTORY.with_days(1, [(FRIDAY, False)])
    found = cell(own, SpecialDay(FRIDAY, False, False), FRIDAY)
    assert (found.kind, found.mark, found.words, found.is_own) == ("holiday", "休", "放假（本地规定）", True)


def test_a_change_is_told_in_spans() -> None:
    days = [SpecialDay(date(2026, 2, day), False, False) for day in (14, 15, 16, 20)]
    assert changes_in_words(days, [2026]) == ("收录2026年放假安排；放假：2026年2月14日至2026年2月16日、2026年2月20日")


# Recomputing


@pytest.fixture
def tallies(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One kind of stored deadlines: two of version 1, of which one moves. The list takes the versions asked for."""
    asked: list[int] = []
    done: list[int] = []

    def recompute(*, calendar: WorkingCalendar, **rest: Any) -> int:
        asked.append(calendar.version)
        done.append(1)
        return 1

    kind = StoredDeadlines("test", "测试的时限", lambda version: 0 if done or version < 2 else 2, recompute)
    monkeypatch.setattr("tenants.stored_deadlines._kinds", {"test": kind})
    return asked


def test_deadlines_are_computed_again_when_asked_and_it_is_written_down(
    office: Tenant, actor: Actor, tallies: list[int]
) -> None:
    with tenant_scope(office):
        change(actor, FRIDAY)
        assert tallies == []
        assert [(each.label, each.count) for each in selectors.deadlines_outdated(actor=actor)] == [("测试的时限", 2)]
        assert deadlines_recompute(actor=actor, token=uuid4(), now=NOW) == 1
        assert deadlines_recompute(actor=actor, token=uuid4(), now=NOW) == 0
        assert tallies == [2]
        entry = AuditEntry.objects.get(object_label__startswith="按第 2 版重算")
        assert entry.verb == AuditEntry.Verb.RECOMPUTE
        assert entry.changes == {"deadlines": 2, "moved": 1}


# Pages


@pytest.fixture
def client(admin: User, browse: Browse) -> Client:
    return browse(admin)


def form(page: Any, **values: Any) -> dict[str, Any]:
    start = page.context["form"].initial
    return (
        {"first": FRIDAY.isoformat(), "rule": "off", "reason": "市政府办通知"}
        | {
            "version": start["version"],
            "token": start["token"],
        }
        | values
    )


def test_the_page_shows_a_year_and_changes_it(client: Client, office: Tenant) -> None:
    address = f"{reverse(PAGE)}?year=2026"
    page = client.get(address)
    assert "国庆节放假" in page.content.decode()
    done = client.post(address, form(page), follow=True)
    assert "已保存为第 2 版" in done.content.decode()
    assert "放假：2026年12月18日" in done.content.decode()
    old = client.get(f"{address}&version=1").content.decode()
    assert "这是第 1 版，现行的是第 2 版" in old
    for wrong in ("?version=9", "?version=x", "?year=1990", "?year=x"):
        assert client.get(reverse(PAGE) + wrong).status_code == 404


def test_whoever_comes_second_is_told_and_loses_nothing(client: Client, office: Tenant, actor: Actor) -> None:
    page = client.get(reverse(PAGE))
    with tenant_scope(office):
        change(actor, SATURDAY, "work")
    answer = client.post(reverse(PAGE), form(page, reason="我的通知"))
    assert answer.status_code == 422
    assert "您打开这个页面以后，王敏已在" in answer.content.decode()
    again = answer.context["form"]
    assert (again["reason"].value(), again["version"].value()) == ("我的通知", "2")
    assert client.post(reverse(PAGE), form(page, version=2)).status_code == 302


def test_bad_dates_are_refused_in_words(client: Client) -> None:
    answer = client.post(reverse(PAGE), form(client.get(reverse(PAGE)), first="明天", reason=""))
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "“开始日期”不是日期" in text
    assert "请填写“原因”" in text


def test_the_buttons_say_what_they_did(older: Tenant, admin: User, browse: Browse, tallies: list[int]) -> None:
    client = browse(admin)
    page = client.get(reverse(PAGE))
    assert "收录2026年放假安排" in page.content.decode()
    told = client.post(reverse("tenants:calendar_import", args=[2026]), {"token": uuid4()}, follow=True)
    assert "已收录2026年放假安排，保存为第 2 版。" in told.content.decode()
    assert "有 2 条测试的时限是按以前的日历算的" in told.content.decode()
    told = client.post(reverse("tenants:deadlines_recompute"), {"token": uuid4()}, follow=True)
    assert "已按现行日历重算，1 条时限有变动。" in told.content.decode()
    assert "都是按现行日历算的" in told.content.decode()
    told = client.post(reverse("tenants:calendar_import", args=[2050]), follow=True)
    assert "还没有2050年的国家放假安排" in told.content.decode()


def test_queries_do_not_grow_with_the_versions(client: Client, office: Tenant, actor: Actor) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(PAGE))
        return len(captured)

    asked()
    few = asked()
    with tenant_scope(office):
        for day in range(7, 12):
            change(actor, date(2026, 12, day))
    assert asked() == few


def test_an_unknown_version_is_not_found(office: Tenant, actor: Actor) -> None:
    with tenant_scope(office), pytest.raises(Http404):
        calendar_version_get(actor=actor, number=7)
