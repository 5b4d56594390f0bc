"""What operators' machines ask: is it alive, is every part of it at work, what does it measure."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alliance_portal import health
from tenants.models import Job, Tenant
from tenants.scope import tenant_scope
from tenants.services import tenant_create
from tenants.tasks import HEARTBEAT_KEY, beat_heartbeat
from tests import factories

#: Where nobody listens.
DEAD_BROKER = "redis://127.0.0.1:1/0"


@pytest.fixture
def heartbeat() -> None:
    beat_heartbeat()


@pytest.fixture
def tenant() -> Tenant:
    return tenant_create(
        slug="health", name="体检市", body_name="市委组织部", regions=["甲区"], since=timezone.localdate()
    )


def _parts(client: Client) -> tuple[int, dict[str, str]]:
    response = client.get("/readyz")
    return response.status_code, response.json()["parts"]


def test_alive_without_database(client: Client) -> None:
    # No database fixture: any query here would fail the test.
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.usefixtures("heartbeat", "tenant")
def test_ready_when_every_part_works(client: Client) -> None:
    response = client.get("/readyz")
    assert response.json() == {"status": "ok", "parts": dict.fromkeys(health.PROBES, "ok")}
    assert response.status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("heartbeat")
def test_not_ready_without_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    connections["default"].close()
    monkeypatch.setitem(connections["default"].settings_dict, "HOST", "/nonexistent")
    status, parts = _parts(client)
    monkeypatch.undo()
    connections["default"].close()
    assert status == 503
    assert parts == {
        "database": "unreachable",
        "migrations": "unreachable",
        "broker": "ok",
        "beat": "ok",
        "jobs": "unreachable",
    }


@pytest.mark.django_db
@pytest.mark.usefixtures("heartbeat")
def test_not_ready_before_migrations_are_applied(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    newest = health._newest_migrations() | {("tenants", "9999_not_here_yet")}
    monkeypatch.setattr(health, "_newest_migrations", lambda: newest)
    assert _parts(client) == (503, dict.fromkeys(health.PROBES, "ok") | {"migrations": "1 apps not migrated"})


@pytest.mark.django_db
def test_newest_migrations_are_those_applied_here() -> None:
    assert health._newest_migrations() <= MigrationRecorder(connection).applied_migrations().keys()
    assert ("tenants" in {app for app, _ in health._newest_migrations()}) is True


@pytest.mark.django_db
@pytest.mark.usefixtures("heartbeat")
def test_not_ready_without_broker(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health.current_app.conf, "broker_url", DEAD_BROKER)
    status, parts = _parts(client)
    assert status == 503
    assert parts == dict.fromkeys(health.PROBES, "ok") | {"broker": "unreachable"}


@pytest.mark.django_db
def test_not_ready_when_beat_never_came_or_stopped(client: Client) -> None:
    assert _parts(client)[1]["beat"] == "no heartbeat yet"
    cache.set(HEARTBEAT_KEY, (timezone.now() - timedelta(minutes=4)).isoformat())
    status, parts = _parts(client)
    assert status == 503
    assert parts["beat"].startswith("last heartbeat 24")


@pytest.mark.django_db
@pytest.mark.usefixtures("heartbeat")
def test_not_ready_when_nobody_takes_the_jobs(client: Client, tenant: Tenant) -> None:
    with tenant_scope(tenant):
        job = Job.objects.create(task="tenants.nothing", title="测试")
    assert _parts(client)[0] == 200
    with tenant_scope(tenant):
        Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    assert _parts(client) == (
        503,
        dict.fromkeys(health.PROBES, "ok") | {"jobs": "1 jobs wait for more than 600 s"},
    )


@pytest.fixture
def signed_in(transactional_db: None) -> Client:
    """The browser of somebody whose session stands in the database and in the cache."""
    with tenant_scope(factories.city()):
        return factories.sign_in(factories.actor("city_staff").user)


@pytest.fixture
def nothing_answers(signed_in: Client, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Neither PostgreSQL nor Valkey, as broker or as cache."""
    connections["default"].close()
    with monkeypatch.context() as broken:
        broken.setitem(connections["default"].settings_dict, "HOST", "/nonexistent")
        broken.setattr(health.current_app.conf, "broker_url", DEAD_BROKER)
        broken.setattr(cache._cache, "_servers", [DEAD_BROKER])
        broken.setattr(cache._cache, "_pools", {})
        yield
    connections["default"].close()


@pytest.mark.usefixtures("nothing_answers")
def test_a_signed_in_browser_is_answered_like_a_stranger(signed_in: Client) -> None:
    for client in (signed_in, Client()):
        assert client.get("/healthz").status_code == 200
        status, parts = _parts(client)
        assert (status, parts) == (503, dict.fromkeys(health.PROBES, "unreachable"))
        assert client.get("/metrics").status_code == 200


def test_asking_leaves_the_session_alone(signed_in: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        response = signed_in.get("/healthz")
    assert not response.cookies
    assert signed_in.get("/").status_code == 200


def test_only_reading_is_answered(client: Client) -> None:
    for address in ("/healthz", "/readyz", "/metrics"):
        assert client.post(address).status_code == 405


def test_metrics_on_this_machine(client: Client) -> None:
    client.get("/healthz")
    response = client.get("/metrics")
    assert response.status_code == 200
    assert b"django_http_requests_total_by_method_total" in response.content


def test_metrics_are_not_for_visitors(client: Client) -> None:
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3").status_code == 404
    # Behind a proxy on this machine everybody has its address.
    assert client.get("/metrics", headers={"x-forwarded-for": "10.1.2.3"}).status_code == 404


@override_settings(METRICS_TOKEN="a-long-token")
def test_metrics_for_who_has_the_token(client: Client) -> None:
    visitor = {"REMOTE_ADDR": "10.1.2.3"}
    assert client.get("/metrics", headers={"authorization": "Bearer wrong"}, **visitor).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer "}, **visitor).status_code == 404
    assert client.get("/metrics", headers={"authorization": "Bearer a-long-token"}, **visitor).status_code == 200
