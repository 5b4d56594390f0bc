"""Password rules, forced changes, invitation and reset links."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tenants.models import AuditEntry, Invitation, Role, Tenant, User
from tenants.passwords import must_change, remembered_passwords
from tenants.scope import tenant_scope
from tenants.services import invitation_accept, invitation_create, user_disable

from .conftest import Acting, Browse, Member
from .signing import PASSWORD, entries, post_sign_in

NEW = "Jining-2027"
NOW = timezone.now()


@pytest.fixture
def admin(member: Member) -> User:
    return member("guanli", Role.TENANT_ADMIN)


def invite(acting: Acting, admin: User, user: User, now: datetime = NOW) -> str:
    with tenant_scope(user.tenant):
        return invitation_create(actor=acting(admin), user=user, now=now)


def page_of(token: str) -> str:
    return reverse("account_invitation", args=[token])


def both(password: str) -> dict[str, str]:
    return {"password1": password, "password2": password}


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("Ab1-x", "至少要 10 位"),
        ("abcdefghijkl", "至少 3 类"),
        ("Password123", "容易被猜到"),
        ("Limin-2026-limin@shili", "太相似"),
    ],
)
def test_weak_passwords_are_refused_with_the_reason(password: str, sentence: str) -> None:
    user = User(username="limin-2026-limin@shili", full_name="李敏")
    with pytest.raises(ValidationError) as refused:
        validate_password(password, user)
    assert any(sentence in message for message in refused.value.messages)


def test_remembered_passwords_are_the_newest() -> None:
    assert remembered_passwords("c", ["b", "a"], 2) == ["c", "b"]
    assert remembered_passwords("", ["b", "a"], 2) == ["b", "a"]
    assert remembered_passwords("!unusable", ["b"], 2) == ["b"]


@pytest.mark.parametrize(("days", "owed"), [(89, False), (91, True)])
def test_a_password_older_than_allowed_must_be_changed(days: int, owed: bool) -> None:
    user = User(password_changed_at=NOW - timedelta(days=days))
    assert must_change(user, NOW, timedelta(days=90)) is owed


def test_whoever_must_change_his_password_gets_nowhere_else(member: Member) -> None:
    user, client = member("limin", Role.CITY_STAFF, must_change_password=True), Client()
    post_sign_in(client, user.username)
    assert client.get(reverse("enterprises:list"))["Location"] == reverse("account_change_password")
    assert client.get("/api/v1/enterprises/").status_code == 403
    fields = {"oldpassword": PASSWORD} | both(NEW)
    assert client.post(reverse("account_change_password"), fields)["Location"] == reverse("desk")
    # No second sign-in: the session goes on.
    assert client.get(reverse("enterprises:list")).status_code == 200


def test_an_expired_password_must_be_changed(member: Member, settings: Settings) -> None:
    user, client = member("limin", Role.CITY_STAFF), Client()
    with tenant_scope(user.tenant):
        expired = timezone.now() - settings.PASSWORD_MAX_AGE - timedelta(days=1)
        User.objects.filter(pk=user.pk).update(password_changed_at=expired)
    post_sign_in(client, user.username)
    assert client.get(reverse("enterprises:list"))["Location"] == reverse("account_change_password")


def test_a_new_password_ends_the_other_sessions(member: Member, browse: Browse) -> None:
    user = member("limin", Role.CITY_STAFF)
    here, there = browse(user), browse(user)
    here.post(reverse("account_change_password"), {"oldpassword": PASSWORD} | both(NEW))
    assert here.get(reverse("desk")).status_code == 200
    assert there.get(reverse("desk"))["Location"].startswith(reverse("account_login"))


def test_used_passwords_cannot_come_back(member: Member, browse: Browse, settings: Settings) -> None:
    client, url = browse(member("limin", Role.CITY_STAFF)), reverse("account_change_password")

    def change(old: str, new: str) -> str:
        return client.post(url, {"oldpassword": old} | both(new), follow=True).content.decode()

    assert "最近用过" in change(PASSWORD, PASSWORD)
    change(PASSWORD, NEW)
    assert "最近用过" in change(NEW, PASSWORD)


def test_the_page_speaks_chinese(member: Member, browse: Browse) -> None:
    client = browse(member("limin", Role.CITY_STAFF))
    page = client.post(reverse("account_change_password"), {"oldpassword": "x", "password1": NEW, "password2": "y"})
    text = page.content.decode()
    assert "现在的密码不对" in text
    assert "两次输入的密码不一样" in text
    assert "Password" not in text


def test_an_invitation_sets_the_password_and_signs_in(member: Member, admin: User, acting: Acting) -> None:
    user = member("xinren", Role.CITY_STAFF, full_name="新人")
    token, client = invite(acting, admin, user), Client()
    assert "xinren@shili" in client.get(page_of(token)).content.decode()
    assert client.post(page_of(token), both(NEW))["Location"] == reverse("account_login")
    assert post_sign_in(client, user.username, NEW).status_code == 302


def test_an_invitation_works_once(member: Member, admin: User, acting: Acting) -> None:
    token = invite(acting, admin, member())
    Client().post(page_of(token), both(NEW))
    again = Client().post(page_of(token), both("Third-pass-1"))
    assert again.status_code == 410
    assert "链接已失效" in again.content.decode()
    assert post_sign_in(Client(), "limin@shili", NEW).status_code == 302


def test_expired_replaced_unknown_and_closed_links_look_alike(member: Member, admin: User, acting: Acting) -> None:
    user, closed = member(), member("closed")
    replaced = invite(acting, admin, user)
    expired = invite(acting, admin, user, NOW - timedelta(days=8))
    dead = invite(acting, admin, closed)
    invite(acting, admin, user)
    with tenant_scope(user.tenant):
        user_disable(actor=acting(admin), user=closed)
    pages = [Client().get(page_of(token)) for token in (replaced, expired, dead, "unknown")]
    assert {page.status_code for page in pages} == {410}
    assert len({page.content for page in pages}) == 1


def test_only_a_digest_of_the_token_is_kept(member: Member, admin: User, acting: Acting, office: Tenant) -> None:
    token = invite(acting, admin, member())
    with tenant_scope(office):
        assert token not in str(Invitation.objects.values())
        digest = Invitation.objects.get().token_digest
        assert not AuditEntry.objects.filter(changes__icontains=digest).exists()
    assert Client().get(page_of(digest)).status_code == 410


def test_a_weak_password_does_not_spend_the_link(member: Member, admin: User, acting: Acting) -> None:
    token, client = invite(acting, admin, member()), Client()
    page = client.post(page_of(token), both("abc"))
    assert page.status_code == 422
    assert "至少要 10 位" in page.content.decode()
    assert client.post(page_of(token), both(NEW)).status_code == 302


def test_a_reset_unlocks_the_account_and_ends_its_sessions(
    member: Member, admin: User, acting: Acting, browse: Browse
) -> None:
    user = member("limin", Role.CITY_STAFF)
    old = browse(user)
    for _ in range(5):
        post_sign_in(Client(), user.username, "no")
    assert "已锁定" in post_sign_in(Client(), user.username).content.decode()
    Client().post(page_of(invite(acting, admin, user)), both(NEW))
    assert post_sign_in(Client(), user.username, NEW).status_code == 302
    assert old.get(reverse("desk")).status_code == 302


def test_a_link_is_not_used_up_in_somebody_elses_session(
    member: Member, admin: User, acting: Acting, browse: Browse
) -> None:
    token = invite(acting, admin, member())
    client = browse(member("other"))
    assert client.get(page_of(token)).status_code == 409
    assert client.post(page_of(token), both(NEW)).status_code == 409
    assert Client().get(page_of(token)).status_code == 200


def test_setting_a_password_stands_in_the_trail_without_it(
    member: Member, admin: User, acting: Acting, office: Tenant
) -> None:
    user = member()
    invitation_accept(token=invite(acting, admin, user), password=NEW, now=NOW)
    updates = entries(office, AuditEntry.Verb.UPDATE)
    changed = [entry for entry in updates if entry.actor == user and "password" in entry.changes]
    assert [entry.object_id for entry in changed] == [user.pk]
    assert changed[0].changes["password"] == changed[0].changes["past_passwords"] == ["***", "***"]


def test_argon2_hashes_passwords_outside_tests() -> None:
    from alliance_portal import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
