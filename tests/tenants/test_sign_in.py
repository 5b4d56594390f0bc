"""Signing in through the form, as the application role behind row-level security."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tenants.accounts import STARTED_KEY
from tenants.middleware import SEEN_KEY
from tenants.models import AuditEntry, BodyName, Role, Tenant
from tenants.scope import bootstrap_scope, cross_tenant, tenant_scope

from .conftest import Member
from .signing import PASSWORD, entries, post_sign_in

Verb = AuditEntry.Verb
WRONG = "账号或密码不对"


@pytest.fixture
def client() -> Client:
    return Client()


def test_a_user_signs_in_and_reaches_his_desk(client: Client, member: Member) -> None:
    user = member("limin", Role.CITY_STAFF)
    response = post_sign_in(client, user.username)
    assert (response.status_code, response["Location"]) == (302, reverse("desk"))
    assert client.get(reverse("desk")).status_code == 200
    with tenant_scope(user.tenant):
        assert UserSession.objects.get(user=user).session_key == client.session.session_key


def test_the_session_gets_a_new_key(client: Client, member: Member) -> None:
    user = member()
    client.get(reverse("account_login") + "?org=shili")
    session = client.session
    session["planted"] = "1"
    session.save()
    planted = session.session_key
    post_sign_in(client, user.username)
    assert client.session.session_key != planted


def test_the_page_names_the_office_and_remembers_it(client: Client, office: Tenant, member: Member) -> None:
    member("limin", Role.CITY_STAFF)
    with tenant_scope(office):
        BodyName.objects.create(name="示例市委社会工作部", valid_from=timezone.localdate() - timedelta(days=1))
        BodyName.objects.create(name="以后的名称", valid_from=timezone.localdate() + timedelta(days=1))
    first = client.get(reverse("account_login") + "?org=shili").content.decode()
    assert "示例市委社会工作部" in first
    assert "以后的名称" not in first
    assert "示例市委社会工作部" in client.get(reverse("account_login")).content.decode()
    assert post_sign_in(client, "limin").status_code == 302


def test_a_bare_login_needs_a_known_office(client: Client, member: Member) -> None:
    member()
    assert "请写全账号" in post_sign_in(client, "limin").content.decode()


@pytest.mark.parametrize("typed", ["LiMin@ShiLi", " limin＠shili ", "ｌｉｍｉｎ@shili"])
def test_names_may_be_typed_as_an_input_method_leaves_them(client: Client, member: Member, typed: str) -> None:
    member()
    assert post_sign_in(client, typed).status_code == 302


def test_every_failure_reads_the_same(member: Member, office: Tenant, neighbour: Tenant) -> None:
    member("wrong")
    member("closed", is_active=False)
    member("elsewhere", tenant=neighbour)
    with cross_tenant(reason="operator page"):
        Tenant.objects.filter(pk=neighbour.pk).update(is_active=False)
    tries = [("wrong@shili", "no"), ("closed@shili", PASSWORD), ("nobody@shili", "no"), ("elsewhere@linshi", PASSWORD)]
    pages = []
    for login, password in tries:
        response = post_sign_in(Client(), login, password)
        assert response.status_code == 200
        pages.append(response.context["form"].errors.as_text())
        assert WRONG in pages[-1]
    assert len(set(pages)) == 1


def test_an_unknown_name_costs_as_much_as_a_known_one(
    member: Member, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.contrib.auth import hashers

    user, hashed = member(), []
    hasher = hashers.get_hasher()
    monkeypatch.setattr(
        type(hasher), "encode", lambda self, password, salt: hashed.append(password) or f"md5${salt}$unequal"
    )
    post_sign_in(client, user.username, "no")
    known = len(hashed)
    post_sign_in(client, "nobody@shili", "no")
    assert known == len(hashed) - known == 1


def test_sign_ins_failures_and_sign_outs_stand_in_the_trail(client: Client, office: Tenant, member: Member) -> None:
    user = member("limin", full_name="李敏")
    post_sign_in(client, user.username, "no", REMOTE_ADDR="10.1.2.3")
    post_sign_in(client, "secret-typed-here@shili", "no")
    post_sign_in(client, user.username)
    assert client.post(reverse("account_logout")).status_code == 302
    failed, unknown, entered, left = entries(office, Verb.SIGN_IN, Verb.SIGN_IN_FAILED, Verb.SIGN_OUT)
    assert (failed.verb, failed.object_label, failed.address) == (Verb.SIGN_IN_FAILED, "李敏", "10.1.2.3")
    assert unknown.object_label == "没有这个账号"
    assert "secret-typed-here" not in str(vars(unknown))
    assert (entered.verb, entered.actor) == (Verb.SIGN_IN, user)
    assert (left.verb, left.actor) == (Verb.SIGN_OUT, user)
    assert client.get(reverse("desk"))["Location"].startswith(reverse("account_login"))
    requests = {entry.request_id for entry in (failed, unknown, entered, left)}
    assert len(requests - {""}) == 4, "each leads to its lines in the log"


def test_an_account_is_locked_after_five_failures_and_only_that_account(
    client: Client, office: Tenant, member: Member, settings: Settings
) -> None:
    victim, colleague = member("limin"), member("wangfang")
    for _ in range(5):
        assert WRONG in post_sign_in(client, victim.username, "no").content.decode()
    page = post_sign_in(client, victim.username).content.decode()
    assert "这个账号已锁定" in page
    assert "15 分钟" in page
    # The same address, the same minute: an office behind one address must not be locked out with its one fool.
    assert post_sign_in(Client(), colleague.username).status_code == 302
    assert [entry.changes["reason"] for entry in entries(office, Verb.SIGN_IN_FAILED)][-1] == "账号锁定中"


def test_a_locked_name_that_nobody_has_looks_the_same(client: Client, office: Tenant) -> None:
    for _ in range(5):
        post_sign_in(client, "nobody@shili", "no")
    assert "这个账号已锁定" in post_sign_in(client, "nobody@shili", "no").content.decode()


def test_other_spellings_do_not_get_around_the_lock(client: Client, member: Member) -> None:
    user = member()
    for typed in ("limin@shili", "LIMIN@shili", "limin＠shili", "Limin@Shili", " limin@shili"):
        post_sign_in(client, typed, "no")
    assert "这个账号已锁定" in post_sign_in(client, user.username).content.decode()


def test_one_address_may_fail_for_many_accounts_before_it_is_stopped(
    client: Client, member: Member, settings: Settings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "5/15m/key,3/10m/ip"}
    for number in range(3):
        post_sign_in(client, f"guess{number}@shili", "no")
    assert "已锁定" in post_sign_in(client, member().username).content.decode()
    assert post_sign_in(Client(), "limin@shili", REMOTE_ADDR="10.9.9.9").status_code == 302


def test_a_sleeping_session_ends(client: Client, member: Member, settings: Settings) -> None:
    post_sign_in(client, member("limin", Role.CITY_STAFF).username)
    session = client.session
    session[SEEN_KEY] = (timezone.now() - settings.SESSION_IDLE_TIMEOUT - timedelta(seconds=1)).isoformat()
    session.save()
    page = client.get(reverse("desk"), follow=True)
    assert page.redirect_chain[0][0].startswith(reverse("account_login"))
    assert "登录已超时" in page.content.decode()
    assert "登录已超时" not in client.get(reverse("account_login")).content.decode()


def test_an_old_session_ends_however_busy_it_is(client: Client, member: Member, settings: Settings) -> None:
    post_sign_in(client, member("limin", Role.CITY_STAFF).username)
    session = client.session
    session[STARTED_KEY] = (timezone.now() - settings.SESSION_ABSOLUTE_TIMEOUT - timedelta(seconds=1)).isoformat()
    session[SEEN_KEY] = timezone.now().isoformat()
    session.save()
    assert client.get(reverse("desk"))["Location"].startswith(reverse("account_login"))


def test_a_session_without_its_marks_is_refused(client: Client, member: Member) -> None:
    post_sign_in(client, member("limin", Role.CITY_STAFF).username)
    session = client.session
    del session[STARTED_KEY]
    session.save()
    assert client.get(reverse("desk")).status_code == 302


@pytest.mark.parametrize(
    "path",
    [
        "signup/", "email/", "confirm-email/", "password/reset/", "password/reset/done/", "password/set/",
        "social/login/", "3rdparty/", "login/code/", "inactive/", "phone/verify/", "2fa/webauthn/",
    ],
)  # fmt: skip
def test_pages_of_allauth_that_are_not_wanted_do_not_exist(client: Client, db: None, path: str) -> None:
    assert client.get(f"/accounts/{path}").status_code == 404


def test_the_way_back_after_signing_in_stays_on_this_site(client: Client, member: Member) -> None:
    user = member()
    to = {"login": user.username, "password": PASSWORD}
    assert client.post(reverse("account_login"), to | {"next": "https://evil.example/"})["Location"] == reverse("desk")
    client.logout()
    assert client.post(reverse("account_login"), to | {"next": "/enterprises/"})["Location"] == "/enterprises/"


def test_signing_out_by_a_link_changes_nothing(client: Client, member: Member) -> None:
    post_sign_in(client, member().username)
    assert client.get(reverse("account_logout")).status_code == 200
    assert "_auth_user_id" in client.session


def test_the_middleware_leaves_no_scope_behind_for_strangers(client: Client, member: Member) -> None:
    from tenants.models import User

    post_sign_in(client, member().username)
    client.get(reverse("account_login"))
    assert not User.objects.exists()
    with bootstrap_scope():
        assert User.objects.exists()
