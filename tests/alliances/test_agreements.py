"""Pairings and agreements: registered once, standing told in words, renewed, ended, reminded of exactly once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from alliances.agreements import REMINDERS, STALE_DAYS, reminder, standing
from alliances.models import Agreement, Alliance
from alliances.services.agreements import agreements_remind
from notices.models import Notice
from tenants.models import Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, queries_of

DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
TODAY = date(2026, 11, 28)


@given(DAYS, DAYS)
def test_the_same_day_says_the_same_in_words_and_in_reminders(until: date, today: date) -> None:
    found = standing(valid_until=until, ended_on=None, is_renewed=False, today=today)
    step, left = reminder(until, today), (until - today).days
    assert (found.status == "expired") == (left < 0)
    assert (found.status == "expiring") == (0 <= left <= 30) == (step in (30, 7))
    assert (step == 0) == (-STALE_DAYS <= left < 0)


@given(DAYS)
def test_each_reminder_comes_once_in_a_run_of_days(until: date) -> None:
    steps = [reminder(until, until - timedelta(days=left)) for left in range(60, -60, -1)]
    told = [step for step in steps if step is not None]
    assert told == sorted(told, reverse=True)
    assert set(told) == set(REMINDERS)


@pytest.mark.parametrize(
    ("until", "ended", "renewed", "words"),
    [
        (None, None, False, "有效，未定期限"),
        (date(2026, 12, 28), None, False, "还有 30 天到期"),
        (TODAY, None, False, "今天到期"),
        (date(2026, 11, 20), None, False, "已到期 8 天"),
        (date(2026, 11, 20), None, True, "已续签"),
        (date(2027, 1, 1), date(2026, 3, 1), False, "2026年3月1日终止"),
    ],
)
def test_standing_in_words(until: date | None, ended: date | None, renewed: bool, words: str) -> None:
    assert standing(valid_until=until, ended_on=ended, is_renewed=renewed, today=TODAY).words == words


@pytest.fixture
def alliance(tenant: Tenant) -> Alliance:
    with tenant_scope(tenant):
        made = factories.alliance(factories.enterprise("甲公司"))
        factories.membership(made, factories.enterprise("乙公司"))
    return made


@pytest.fixture
def secretary(tenant: Tenant, alliance: Alliance) -> Client:
    return browser(tenant, Role.ALLIANCE_SECRETARY, alliance=alliance)


def filled(tenant: Tenant, alliance: Alliance, *names: str, **values: Any) -> dict[str, Any]:
    with tenant_scope(tenant):
        parties = list(alliance.members.filter(name__in=names).values_list("pk", flat=True))
    return {
        "token": str(uuid4()),
        "kind": "trade_pair",
        "subject": "上下游配套供货",
        "parties": parties,
        "signed_on": "2026-03-05",
        "valid_until": "2027-03-04",
    } | values


def agreements(tenant: Tenant) -> list[Agreement]:
    with tenant_scope(tenant):
        return list(Agreement.objects.order_by("pk").prefetch_related("parties"))


def test_sent_twice_it_is_registered_once(tenant: Tenant, alliance: Alliance, secretary: Client) -> None:
    address, said = reverse("alliances:agreement_create", args=[alliance.pk]), None
    said = filled(tenant, alliance, "甲公司", "乙公司")
    assert [secretary.post(address, said).status_code for _ in range(2)] == [302, 302]
    [made] = agreements(tenant)
    assert {each.name for each in made.parties.all()} == {"甲公司", "乙公司"}
    page = secretary.get(reverse("alliances:cooperation", args=[alliance.pk])).content.decode()
    assert "结对与协议（有效 1 份）" in page


@pytest.mark.parametrize(
    ("values", "names", "reason"),
    [
        ({}, (), "请至少选一家签约的成员企业"),
        ({}, ("甲公司",), "只有一家成员企业签约的，请写明对方单位"),
        ({"valid_until": "2026-03-04"}, ("甲公司", "乙公司"), "有效期不能早于签订日期"),
        ({"valid_until": "2099-01-01"}, ("甲公司", "乙公司"), "请核对年份"),
        ({"signed_on": "2099-01-01", "valid_until": ""}, ("甲公司", "乙公司"), "签订日期不能晚于今天"),
        ({"subject": ""}, ("甲公司", "乙公司"), "请填写“事项”"),
    ],
)
def test_bad_input_is_refused_in_words_and_stays(
    tenant: Tenant, alliance: Alliance, secretary: Client, values: dict[str, str], names: tuple[str, ...], reason: str
) -> None:
    said = filled(tenant, alliance, *names, content="写了半天的内容", **values)
    answer = secretary.post(reverse("alliances:agreement_create", args=[alliance.pk]), said)
    assert answer.status_code == 422
    assert reason in answer.content.decode()
    assert "写了半天的内容" in answer.content.decode()
    assert agreements(tenant) == []


def test_a_renewal_follows_the_old_one_and_only_one_does(tenant: Tenant, alliance: Alliance, secretary: Client) -> None:
    with tenant_scope(tenant):
        old = factories.agreement(alliance, alliance.members.get(name="甲公司"), valid_until=TODAY)
    address = reverse("alliances:agreement_renew", args=[old.pk])
    assert 'value="产业链专项授信"' in secretary.get(address).content.decode()
    said = filled(tenant, alliance, "甲公司", outside="济宁银行", signed_on="2026-11-01", valid_until="2027-10-31")
    assert secretary.post(address, said).status_code == 302
    answer = secretary.post(address, said | {"token": str(uuid4())})
    assert "已经续签过" in answer.content.decode()
    first, second = agreements(tenant)
    assert second.follows_id == first.pk
    assert "已续签" in secretary.get(reverse("alliances:agreement_detail", args=[old.pk])).content.decode()


def test_an_end_has_its_day_and_reason_and_comes_once(tenant: Tenant, alliance: Alliance, secretary: Client) -> None:
    with tenant_scope(tenant):
        made = factories.agreement(alliance, alliance.members.get(name="甲公司"))
    address = reverse("alliances:agreement_end", args=[made.pk])
    today = timezone.localdate().isoformat()
    assert "请填写“终止原因”" in secretary.post(address, {"ended_on": today, "reason": " "}).content.decode()
    assert "终止日期要在" in secretary.post(address, {"ended_on": "2020-01-01", "reason": "停产"}).content.decode()
    assert secretary.post(address, {"ended_on": today, "reason": "停产"}).status_code == 302
    assert "已经终止" in secretary.post(address, {"ended_on": today, "reason": "再停"}).content.decode()
    assert agreements(tenant)[0].ended_because == "停产"


def told(tenant: Tenant) -> list[str]:
    with tenant_scope(tenant):
        return list(Notice.objects.order_by("pk").values_list("title", flat=True))


def test_the_secretary_is_reminded_once_of_each_step(tenant: Tenant, alliance: Alliance) -> None:
    with tenant_scope(tenant):
        factories.actor(Role.ALLIANCE_SECRETARY, alliance=alliance)
        until = date(2026, 12, 31)
        factories.agreement(alliance, alliance.members.get(name="甲公司"), subject="授信", valid_until=until)
        old = factories.agreement(alliance, subject="续过的", valid_until=until)
        factories.agreement(alliance, subject="新的", follows=old)
        factories.agreement(
            alliance, subject="终止的", valid_until=until, ended_on=date(2026, 6, 1), ended_because="停产"
        )
        for today in (date(2026, 11, 1), date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 20), date(2026, 12, 26)):
            agreements_remind(today=today)
    assert told(tenant) == ["金融服务协议30 天后到期：授信", "金融服务协议5 天后到期：授信"]
    with tenant_scope(tenant):
        # Three weeks of downtime, then two runs: what is due now is told once.
        assert agreements_remind(today=date(2027, 1, 20)) == 1
        assert agreements_remind(today=date(2027, 1, 21)) == 0
        assert agreements_remind(today=date(2027, 3, 1)) == 0
    assert told(tenant)[-1] == "金融服务协议已到期，没有续签：授信"


def test_the_list_filters_by_standing_and_takes_constant_queries(tenant: Tenant, alliance: Alliance) -> None:
    today = timezone.localdate()
    with tenant_scope(tenant):
        for subject, left in (("有效的", 100), ("快到期的", 5), ("到期的", -5)):
            factories.agreement(alliance, subject=subject, valid_until=today + timedelta(days=left))
    staff, address = browser(tenant, Role.CITY_STAFF), reverse("alliances:agreement_list")

    def shown(status: str) -> set[str]:
        return {row.subject for row in staff.get(address, {"status": status}).context["page"].object_list}

    assert shown("valid") == {"有效的", "快到期的"}
    assert shown("expiring") == {"快到期的"}
    assert shown("expired") == {"到期的"}
    few = queries_of(staff, address)
    with tenant_scope(tenant):
        for _ in range(30):
            factories.agreement(alliance, factories.enterprise())
    assert queries_of(staff, address) == few <= LIST_QUERIES
