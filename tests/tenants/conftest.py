"""An office with people who have passwords, and a quick hash for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tenants.models import Tenant, User
from tenants.permissions import Actor
from tenants.scope import tenant_scope
from tests import factories

from .signing import PASSWORD, post_sign_in

Member = Callable[..., User]
Acting = Callable[[User], Actor]
Browse = Callable[[User], Client]


@pytest.fixture(autouse=True)
def quick_hash(settings: Settings) -> None:
    """Argon2 is slow on purpose; what is tested here is when it is asked."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def office(db: None) -> Tenant:
    return factories.city()


@pytest.fixture
def neighbour(db: None) -> Tenant:
    return factories.city("linshi", "邻市")


@pytest.fixture
def member(office: Tenant) -> Member:
    """Makes users of the office: `member("limin", Role.CITY_STAFF)`, with `PASSWORD`."""

    def make(login: str = "limin", role: str | None = None, tenant: Tenant = office, **values: Any) -> User:
        with tenant_scope(tenant):
            user = factories.actor(role, login=login, **values).user
            user.set_password(PASSWORD)
            user.password_changed_at = timezone.now()
            user.save()
            return user

    return make


@pytest.fixture
def acting() -> Acting:
    """The actor of a user; services and selectors take nothing else."""

    def make(user: User) -> Actor:
        with tenant_scope(user.tenant):
            return factories.actor_of(user)

    return make


@pytest.fixture
def browse() -> Browse:
    """A browser in which a user has signed in through the form."""

    def make(user: User) -> Client:
        client = Client()
        assert post_sign_in(client, user.username).status_code == 302
        return client

    return make
