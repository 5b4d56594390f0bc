"""Signing in at an activity by a QR code: no account, no name, each phone once, on the day alone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alliances.models import Activity, ActivitySignIn, Alliance, SignInEntry
from alliances.services import sign_ins
from alliances.views import sign_ins as pages
from enterprises.models import Enterprise
from tenants.models import AuditEntry, Role, Tenant
from tenants.scope import tenant_scope
from tests import factories
from tests.browsing import browser, queries_of


@pytest.fixture
def member(tenant: Tenant) -> Enterprise:
    with tenant_scope(tenant):
        return factories.enterprise("鱼台嘉通（燃料）化工有限公司")


@pytest.fixture
def alliance(tenant: Tenant, member: Enterprise) -> Alliance:
    with tenant_scope(tenant):
        return factories.alliance(member)


@pytest.fixture
def activity(tenant: Tenant, alliance: Alliance) -> Activity:
    with tenant_scope(tenant):
        return factories.activity(
            alliance, topic="春季用工招聘会", held_on=timezone.localdate(), state=Activity.State.PLANNED
        )


@pytest.fixture
def secretary(tenant: Tenant, alliance: Alliance) -> Client:
    return browser(tenant, Role.ALLIANCE_SECRETARY, alliance=alliance)


def sheet(client: Client, activity: Activity) -> str:
    return client.get(reverse("alliances:sign_in_sheet", args=[activity.pk])).content.decode()


def press(client: Client, activity: Activity, act: str) -> str:
    return client.post(reverse(f"alliances:sign_in_{act}", args=[activity.pk]), follow=True).content.decode()


def link_of(client: Client, activity: Activity) -> str:
    """Open the sign-in and read the link beside the code."""
    press(client, activity, "open")
    found = re.search(r"http://testserver(/sign-in/\S+?)</span>", sheet(client, activity))
    assert found
    return found[1].replace("&amp;", "&")


def say(phone: Client, link: str, unit: str, heads: str = "2") -> HttpResponse:
    return phone.post(link, {"unit_name": unit, "head_count": heads})


def entries(tenant: Tenant) -> list[tuple[str, int, bool]]:
    with tenant_scope(tenant):
        return [(each.unit_name, each.head_count, each.enterprise_id is not None) for each in SignInEntry.objects.all()]


def test_it_is_off_until_the_secretary_opens_it(secretary: Client, activity: Activity) -> None:
    assert "没有开启签到" in sheet(secretary, activity)
    link = link_of(secretary, activity)
    page = sheet(secretary, activity)
    assert "data:image/svg+xml" in page
    phone = Client().get(link)
    assert phone.status_code == 200
    for words in ("春季用工招聘会", activity.alliance.name, "不记个人姓名"):
        assert words in phone.content.decode()


def test_a_phone_says_its_unit_and_the_secretary_takes_it_in(
    tenant: Tenant, secretary: Client, activity: Activity, member: Enterprise
) -> None:
    link = link_of(secretary, activity)
    # As people type: half-width brackets, blanks around.
    assert "已签到" in say(Client(), link, " 鱼台嘉通(燃料)化工有限公司 ", "3").content.decode()
    say(Client(), link, "路过的单位", "1")
    assert entries(tenant) == [(member.name, 3, True), ("路过的单位", 1, False)]
    assert "名册里没有" in sheet(secretary, activity)
    assert "新增参加企业 1 家，参加人数 4 人" in press(secretary, activity, "apply")
    assert "新增参加企业 0 家，参加人数 4 人" in press(secretary, activity, "apply")
    with tenant_scope(tenant):
        activity.refresh_from_db()
        assert list(activity.enterprises.all()) == [member]
        assert AuditEntry.objects.filter(changes__has_key="按签到增加的参加企业").count() == 1
    assert activity.head_count == 4
    assert activity.state == Activity.State.PLANNED


def test_one_phone_counts_once_and_may_correct_itself(tenant: Tenant, secretary: Client, activity: Activity) -> None:
    link, phone = link_of(secretary, activity), Client()
    phone.get(link)
    say(phone, link, "甲单位", "2")
    say(phone, link, "乙单位", "5")
    assert entries(tenant) == [("乙单位", 5, False)]


def test_a_first_tap_without_a_cookie_yet_counts_once_as_well(
    tenant: Tenant, secretary: Client, activity: Activity
) -> None:
    link, phone = link_of(secretary, activity), Client()
    say(phone, link, "甲单位")
    say(phone, link, "甲单位")
    assert len(entries(tenant)) == 1


@pytest.mark.parametrize(("days", "words"), [(1, "还没到签到时间"), (-1, "活动已经结束")])
def test_it_holds_on_the_day_alone(
    tenant: Tenant, secretary: Client, activity: Activity, days: int, words: str
) -> None:
    link = link_of(secretary, activity)
    with tenant_scope(tenant):
        Activity.objects.update(held_on=timezone.localdate() + timedelta(days=days))
    assert words in Client().get(link).content.decode()
    assert words in say(Client(), link, "甲单位").content.decode()
    assert entries(tenant) == []


def test_a_code_that_was_stopped_or_replaced_opens_nothing(
    tenant: Tenant, secretary: Client, activity: Activity
) -> None:
    first = link_of(secretary, activity)
    say(Client(), first, "甲单位")
    second = link_of(secretary, activity)
    assert Client().get(first).status_code == 404
    assert say(Client(), first, "乙单位").status_code == 404
    assert Client().get(second).status_code == 200
    press(secretary, activity, "close")
    assert Client().get(second).status_code == 404
    assert entries(tenant) == [("甲单位", 2, False)]


def test_an_activity_that_is_over_is_not_opened(tenant: Tenant, secretary: Client, activity: Activity) -> None:
    with tenant_scope(tenant):
        Activity.objects.update(held_on=timezone.localdate() - timedelta(days=1))
    assert "活动已经结束，不能再开启签到" in press(secretary, activity, "open")
    assert "开启签到</button>" not in sheet(secretary, activity)


def test_a_withdrawn_activity_takes_nobody(tenant: Tenant, secretary: Client, activity: Activity) -> None:
    link = link_of(secretary, activity)
    with tenant_scope(tenant):
        Activity.objects.update(state=Activity.State.WITHDRAWN, withdrawn_because="重复")
    assert Client().get(link).status_code == 404
    assert "已经撤回，不能开启签到" in press(secretary, activity, "open")


def test_a_key_opens_no_other_tenant(
    tenant: Tenant, second_tenant: Tenant, secretary: Client, activity: Activity
) -> None:
    link = link_of(secretary, activity)
    assert Client().get(link.replace(f"/{tenant.slug}/", f"/{second_tenant.slug}/")).status_code == 404
    assert Client().get(link.partition("?")[0]).status_code == 404
    # Somebody of another tenant with the code signs in here, not there.
    say(browser(second_tenant, Role.CITY_STAFF), link, "外市单位")
    assert "外市单位" not in {unit for unit, _, _ in entries(second_tenant)}
    assert entries(tenant) == [("外市单位", 2, False)]


@pytest.mark.parametrize(
    ("unit", "heads", "reason"),
    [
        ("", "2", "请填写“单位名称”"),
        ("甲单位", "0", "不能小于 1"),
        ("甲单位", "9999", "不能大于 200"),
        ("甲" * 200, "1", "最多"),
    ],
)
def test_bad_input_is_refused_in_words(
    secretary: Client, activity: Activity, unit: str, heads: str, reason: str
) -> None:
    answer = say(Client(), link_of(secretary, activity), unit, heads)
    assert answer.status_code == 422
    assert reason in answer.content.decode()


def test_there_is_a_bound(
    tenant: Tenant, secretary: Client, activity: Activity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_ins, "ENTRIES_MOST", 1)
    link, first = link_of(secretary, activity), Client()
    say(first, link, "甲单位")
    assert "签到人数已到上限" in say(Client(), link, "乙单位").content.decode()
    assert "已签到" in say(first, link, "丙单位").content.decode()


def test_a_script_does_not_get_far(secretary: Client, activity: Activity, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "POSTS_MOST", 2)
    link = link_of(secretary, activity)
    assert [say(Client(), link, "甲单位").status_code for _ in range(3)] == [200, 200, 429]


def test_the_token_stands_nowhere_in_plain(tenant: Tenant, secretary: Client, activity: Activity) -> None:
    token = link_of(secretary, activity).partition("key=")[2]
    with tenant_scope(tenant):
        held = ActivitySignIn.objects.get()
        assert token not in held.token_digest + held.sealed_token
        assert not AuditEntry.objects.filter(changes__icontains=held.token_digest).exists()


def test_no_name_of_a_person_is_asked_or_kept() -> None:
    assert {field.name for field in SignInEntry._meta.local_fields} == {
        "id", "tenant", "sign_in", "device", "unit_name", "enterprise", "head_count", "signed_at",
    }  # fmt: skip


def test_the_sheet_takes_as_many_queries_for_many_phones(tenant: Tenant, secretary: Client, activity: Activity) -> None:
    address = reverse("alliances:sign_in_sheet", args=[activity.pk])
    with tenant_scope(tenant):
        code = factories.sign_in_code(activity, factories.enterprise())
    few = queries_of(secretary, address)
    with tenant_scope(tenant):
        for number in range(2, 30):
            SignInEntry.objects.create(
                sign_in=code,
                device=f"00000000-0000-0000-0000-{number:012d}",
                unit_name="单位",
                enterprise=factories.enterprise(),
                head_count=1,
                signed_at=timezone.now(),
            )
    assert queries_of(secretary, address) == few


def test_a_count_that_runs_out_meanwhile_begins_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(key: str) -> int:
        raise ValueError(key)

    assert not pages._too_many("10.0.0.1")
    monkeypatch.setattr(pages.cache, "incr", gone)
    assert not pages._too_many("10.0.0.1")


def test_a_count_never_stays_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def left_behind(key: str) -> int:
        """As the database does when the count runs out between Django's look and its own."""
        pages.cache.set(key, 1, timeout=None)
        return 1

    pages._too_many("10.0.0.2")
    monkeypatch.setattr(pages.cache, "incr", left_behind)
    assert not pages._too_many("10.0.0.2")
    key = pages.cache.make_key("sign-in:10.0.0.2")
    assert 0 < pages.cache._cache.get_client(key).ttl(key) <= pages.POSTS_SECONDS
