"""A Valkey that takes connections and never answers (stopped, or behind a dead link) holds nobody up for long."""

import socket
from collections.abc import Iterator
from threading import Timer

import pytest
from celery import Celery
from django.conf import settings
from django.core.cache import caches
from django.test import Client, override_settings
from django.urls import reverse
from kombu.exceptions import OperationalError
from redis.exceptions import TimeoutError as ValkeyTimeoutError

from tenants.models import Role, Tenant
from tests.browsing import browser

#: Without time-outs the calls below would wait for ever; then the silence ends with another error.
PATIENCE = 20


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a server that never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        end = Timer(PATIENCE, server.shutdown, [socket.SHUT_RDWR])
        end.start()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"
        end.cancel()


def test_a_silent_cache_is_an_error_within_seconds(silent: str) -> None:
    cache = settings.CACHES["default"] | {"LOCATION": silent}
    with override_settings(CACHES={"default": cache}), pytest.raises(ValkeyTimeoutError):
        caches["default"].get("anything")


def test_a_silent_broker_is_an_error_within_seconds(silent: str) -> None:
    app = Celery("silence", broker=silent, set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    with pytest.raises(OperationalError, match="Timeout"):
        app.send_task("anything", retry=False)


@pytest.fixture
def signed_in(tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


@pytest.fixture
def without_valkey() -> Iterator[None]:
    """All caches at an address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"redis://127.0.0.1:{server.getsockname()[1]}/0"
    with override_settings(CACHES={name: cache | {"LOCATION": closed} for name, cache in settings.CACHES.items()}):
        yield


def test_without_valkey_nobody_signs_in_and_the_page_says_why(tenant: Tenant, without_valkey: None) -> None:
    client = Client()
    assert client.get(reverse("account_login")).status_code == 200
    refused = client.post(reverse("account_login"), {"login": f"limin@{tenant.slug}", "password": "wrong"})
    assert refused.status_code == 503
    assert "暂时不能登录" in refused.content.decode()


def test_without_valkey_whoever_is_signed_in_goes_on_working(signed_in: Client, without_valkey: None) -> None:
    for _ in range(2):
        assert signed_in.get(reverse("demands:list")).status_code == 200
    assert signed_in.post(reverse("notices:read_all")).status_code == 302
    assert signed_in.post(reverse("account_logout")).status_code == 302
    assert signed_in.get(reverse("demands:list")).status_code == 302
