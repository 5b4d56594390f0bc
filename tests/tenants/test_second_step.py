"""Two-step verification: demanded of some, offered to all, never to be skipped."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tenants.models import AuditEntry, Role, Tenant, User
from tenants.scope import tenant_scope
from tenants.services import operator_create, second_step_reset

from .conftest import Acting, Member
from .signing import PASSWORD, entries, post_sign_in, secret_of, totp_code

SETUP, ENTER = "mfa_activate_totp", "mfa_authenticate"


@pytest.fixture(autouse=True)
def demanded(settings: Settings) -> None:
    settings.MFA_REQUIRED = True


def set_up(client: Client) -> HttpResponse:
    """Go through the page that shows the QR code, as after the first sign-in."""
    secret = client.get(reverse(SETUP)).context["form"].secret
    return client.post(reverse(SETUP), {"code": totp_code(secret)}, follow=True)


def with_second_step(user: User) -> Client:
    client = Client()
    post_sign_in(client, user.username)
    assert set_up(client).status_code == 200
    return client


@pytest.mark.parametrize("role", [Role.TENANT_ADMIN, Role.CITY_STAFF])
def test_administrators_and_city_staff_are_led_to_set_it_up(member: Member, role: Role) -> None:
    client = Client()
    post_sign_in(client, member("limin", role).username)
    assert client.get(reverse("enterprises:list"))["Location"] == reverse(SETUP)
    # Straight after the sign-in, without the password once more.
    page = set_up(client)
    assert page.redirect_chain == [(reverse("mfa_view_recovery_codes"), 302)]
    assert client.get(reverse("enterprises:list")).status_code == 200


def test_the_api_says_so_instead_of_leading_elsewhere(member: Member) -> None:
    client = Client()
    post_sign_in(client, member("limin", Role.CITY_STAFF).username)
    response = client.get("/api/v1/enterprises/")
    assert response.status_code == 403
    assert "两步验证" in response.json()["detail"]


def test_others_may_do_without(member: Member) -> None:
    client = Client()
    post_sign_in(client, member("limin", Role.INSTRUCTOR).username)
    assert client.get(reverse("enterprises:list")).status_code == 200


def test_operators_need_it(db: None) -> None:
    user = operator_create(login="ops", full_name="运维", password=PASSWORD, now=timezone.now())
    client = Client()
    post_sign_in(client, user.username)
    new = "Another-2026"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert client.get(reverse("tenants:operator_home"))["Location"] == reverse("account_change_password")
    client.post(reverse("account_change_password"), fields)
    assert client.get(reverse("tenants:operator_home"))["Location"] == reverse(SETUP)
    set_up(client)
    assert client.get(reverse("tenants:operator_home")).status_code == 200


def test_with_it_a_password_alone_opens_nothing(member: Member) -> None:
    user = member("limin", Role.CITY_STAFF)
    with_second_step(user)
    client = Client()
    assert post_sign_in(client, user.username)["Location"] == reverse(ENTER)
    assert client.get(reverse("desk"))["Location"].startswith(reverse("account_login"))
    wrong = client.post(reverse(ENTER), {"code": "000000"})
    assert "验证码不对" in wrong.content.decode()
    right = client.post(reverse(ENTER), {"code": totp_code(secret_of(user), steps=1)})
    assert right["Location"] == reverse("desk")
    assert client.get(reverse("desk")).status_code == 200


def test_a_code_works_once(member: Member) -> None:
    user = member("limin", Role.CITY_STAFF)
    with_second_step(user)
    code = totp_code(secret_of(user), steps=1)
    for client, status in ((Client(), 302), (Client(), 200)):
        post_sign_in(client, user.username)
        assert client.post(reverse(ENTER), {"code": code}).status_code == status


def test_wrong_codes_are_recorded_and_lock(member: Member, office: Tenant) -> None:
    user = member("limin", Role.CITY_STAFF)
    with_second_step(user)
    client = Client()
    post_sign_in(client, user.username)
    for _ in range(5):
        client.post(reverse(ENTER), {"code": "000000"})
    locked = client.post(reverse(ENTER), {"code": totp_code(secret_of(user), steps=1)})
    assert locked.status_code == 200
    assert "锁定" in locked.content.decode()
    failed = entries(office, AuditEntry.Verb.SIGN_IN_FAILED)
    assert {entry.changes["reason"] for entry in failed} == {"验证码不对"}
    assert failed[0].object_id == user.pk


def test_a_recovery_code_opens_once(member: Member) -> None:
    user = member("limin", Role.CITY_STAFF)
    with_second_step(user)
    with tenant_scope(user.tenant):
        instance = Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES)
        code = RecoveryCodes(instance).get_unused_codes()[0]
    for client, status in ((Client(), 302), (Client(), 200)):
        post_sign_in(client, user.username)
        assert client.post(reverse(ENTER), {"code": code}).status_code == status


def test_secrets_are_stored_encrypted(member: Member) -> None:
    user = member("limin", Role.CITY_STAFF)
    with_second_step(user)
    with tenant_scope(user.tenant):
        stored = [str(value) for row in Authenticator.objects.filter(user=user) for value in row.data.values()]
    assert sum(value.startswith("sm$") for value in stored) == 2
    assert secret_of(user) not in "".join(stored)


def test_who_needs_it_cannot_switch_it_off(member: Member) -> None:
    user = member("limin", Role.CITY_STAFF)
    page = with_second_step(user).post(reverse("mfa_deactivate_totp"))
    assert "不能停用" in page.content.decode()
    with tenant_scope(user.tenant):
        assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def test_others_can_switch_it_off(member: Member) -> None:
    user = member("limin", Role.INSTRUCTOR)
    with_second_step(user).post(reverse("mfa_deactivate_totp"))
    with tenant_scope(user.tenant):
        assert not Authenticator.objects.filter(user=user).exists()


def test_the_administrator_clears_it_for_a_lost_phone(member: Member, acting: Acting) -> None:
    admin, user = member("guanli", Role.TENANT_ADMIN), member("limin", Role.CITY_STAFF)
    client = with_second_step(user)
    with tenant_scope(user.tenant):
        second_step_reset(actor=acting(admin), user=user)
    assert client.get(reverse("desk"))["Location"].startswith(reverse("account_login"))
    again = Client()
    assert post_sign_in(again, user.username)["Location"] == reverse("desk")
    assert again.get(reverse("desk"))["Location"] == reverse(SETUP)
