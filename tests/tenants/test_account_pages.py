"""Every page of one's own account speaks Chinese, whatever allauth has translated."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from tenants.models import Role

from .conftest import Member
from .signing import post_sign_in, totp_code

#: Words that clerks know as they are, and what the test's own data says.
KNOWN = {"APP", "Mozilla", "jining", "limin", "shili"}


def foreign_words(html: str) -> set[str]:
    """Latin words in a page's visible text and in its labels."""
    body = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", html, flags=re.S)
    said = " ".join(re.findall(r'(?:placeholder|aria-label|title|alt)="([^"]*)"', body))
    return set(re.findall(r"[A-Za-z]{3,}", f"{strip_tags(body)} {said}")) - KNOWN


@pytest.fixture
def client(member: Member) -> Client:
    """A browser of somebody with a second step."""
    client, user = Client(headers={"User-Agent": "Mozilla"}), member("limin", Role.CITY_STAFF)
    post_sign_in(client, user.username)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": totp_code(secret)})
    return client


@pytest.mark.parametrize(
    "name",
    [
        "account_change_password", "account_logout", "account_reauthenticate", "mfa_index", "mfa_deactivate_totp",
        "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_reauthenticate", "usersessions_list",
    ],
)  # fmt: skip
def test_pages_of_a_signed_in_user(client: Client, name: str) -> None:
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert foreign_words(page.content.decode()) == set()


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("account_change_password", {"oldpassword": "x", "password1": "x", "password2": "y"}),
        ("account_reauthenticate", {"password": "x"}),
        ("mfa_reauthenticate", {"code": "x"}),
        ("mfa_deactivate_totp", {}),
    ],
)
def test_refusals_of_a_signed_in_user(client: Client, name: str, wrong: dict[str, str]) -> None:
    assert foreign_words(client.post(reverse(name), wrong, follow=True).content.decode()) == set()


def test_setting_up_the_second_step(member: Member) -> None:
    client = Client()
    post_sign_in(client, member("limin", Role.CITY_STAFF).username)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    assert foreign_words(page.content.decode().replace(secret, "")) == set()
    refused = client.post(reverse("mfa_activate_totp"), {"code": "x"}).content.decode()
    assert foreign_words(refused.replace(secret, "")) == set()


def test_pages_of_strangers(client: Client, member: Member) -> None:
    stranger = Client()
    assert foreign_words(stranger.get(reverse("account_login")).content.decode()) == set()
    assert foreign_words(post_sign_in(stranger, "", "").content.decode()) == set()
    post_sign_in(stranger, "limin@shili")
    assert foreign_words(stranger.get(reverse("mfa_authenticate")).content.decode()) == set()
    assert foreign_words(stranger.post(reverse("mfa_authenticate"), {"code": "x"}).content.decode()) == set()


def test_what_is_said_after_an_act(client: Client, member: Member) -> None:
    assert foreign_words(client.post(reverse("usersessions_list"), follow=True).content.decode()) == set()
    assert foreign_words(client.post(reverse("mfa_generate_recovery_codes"), follow=True).content.decode()) == set()
    assert foreign_words(client.post(reverse("mfa_deactivate_totp"), follow=True).content.decode()) == set()
    assert foreign_words(client.post(reverse("account_logout"), follow=True).content.decode()) == set()


def test_recovery_codes_download_in_chinese(client: Client) -> None:
    page = client.get(reverse("mfa_download_recovery_codes"))
    assert page["Content-Disposition"].startswith("attachment")
    assert foreign_words(page.content.decode()) == set()
