"""The one door: a scope ends with its transaction, gives the outer one back, and nothing leaks through the cracks."""

import asyncio
from collections.abc import Iterator
from threading import Thread

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, connections, transaction
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.template import engines
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import path

from alliance_portal.urls import urlpatterns as portal_urls
from tenants.models import Region, Tenant, Unit
from tenants.scope import (
    CrossTenantRefusedError,
    ScopeRequiredError,
    bootstrap_scope,
    cross_tenant,
    current_actor_id,
    current_request_id,
    current_tenant_id,
    tenant_scope,
    tenantless_scope,
)
from tests import factories

SETTINGS = ("tenant_id", "actor_id", "request_id", "bootstrap", "cross_tenant")


def _database() -> dict[str, str]:
    """What the policies read now, without the empty settings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"coalesce(current_setting('app.{name}', true), '')" for name in SETTINGS))
        return {name: value for name, value in zip(SETTINGS, cursor.fetchone(), strict=True) if value}


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def _regions() -> int:
    """Rows of a table as the database shows them, past the model's manager."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tenants_region")
        return cursor.fetchone()[0]


class TestCommitted:
    """With real commits: a savepoint hides what the end of a transaction does. Two cities, made once per test."""

    pytestmark = pytest.mark.django_db(transaction=True)

    @pytest.fixture
    def cities(self) -> tuple[Tenant, Tenant]:
        return factories.city("shili"), factories.city("linshi", regions=["甲县"])

    def test_connection_keeps_nothing_after_the_transaction(self, cities: tuple[Tenant, Tenant]) -> None:
        first, second = cities
        with tenant_scope(first, actor_id=7, request_id="r"):
            backend = _backend()
            assert _regions() == 3
        assert (_backend(), _database(), _regions()) == (backend, {}, 0)
        with tenant_scope(second):
            assert (_backend(), _regions()) == (backend, 2)
        with pytest.raises(ZeroDivisionError), tenant_scope(first):
            _ = 1 / 0
        assert (_backend(), _database(), _regions()) == (backend, {}, 0)
        for scope in (bootstrap_scope(), cross_tenant(reason="health"), tenantless_scope(actor_id=7)):
            with scope:
                assert _database()
            assert _database() == {}

    def test_failed_statement_ends_the_scope(self, cities: tuple[Tenant, Tenant]) -> None:
        with pytest.raises(DatabaseError), tenant_scope(cities[0]), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert (_database(), current_tenant_id()) == ({}, None)

    def test_error_in_an_inner_scope_gives_the_outer_one_back(self, cities: tuple[Tenant, Tenant]) -> None:
        first, second = cities
        with tenant_scope(first):
            with pytest.raises(ZeroDivisionError), tenant_scope(second):
                _ = 1 / 0
            assert (_regions(), current_tenant_id()) == (3, first.pk)
            with pytest.raises(DatabaseError), tenant_scope(second), connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
            assert (_regions(), current_tenant_id()) == (3, first.pk)

    def test_after_commit_nobody_is_in_the_scope(self, cities: tuple[Tenant, Tenant]) -> None:
        seen = []
        with tenant_scope(cities[0]), tenant_scope(cities[1]):
            transaction.on_commit(lambda: seen.append((current_tenant_id(), _database(), _regions())))
        assert seen == [(None, {}, 0)]

    def test_other_threads_and_tasks_are_outside(self, cities: tuple[Tenant, Tenant]) -> None:
        seen = {}

        def look(name: str) -> None:
            seen[name] = _regions()
            connections.close_all()

        async def in_worker_thread() -> None:
            await asyncio.to_thread(look, "asyncio")

        with tenant_scope(cities[0]):
            thread = Thread(target=look, args=["thread"])
            thread.start()
            thread.join()
            asyncio.run(in_worker_thread())
        # The second knows the tenant (its context is copied), but its own connection shows nothing.
        assert seen == {"thread": 0, "asyncio": 0}

    def test_tasks_at_the_same_time_each_have_their_own_scope(self, cities: tuple[Tenant, Tenant]) -> None:
        async def work(tenant: Tenant) -> tuple[int, int | None]:
            def inside() -> tuple[int, int | None]:
                try:
                    with tenant_scope(tenant):
                        return _regions(), current_tenant_id()
                finally:
                    connections.close_all()

            return await asyncio.to_thread(inside)

        async def both() -> list[tuple[int, int | None]]:
            return await asyncio.gather(*map(work, cities))

        assert asyncio.run(both()) == [(3, cities[0].pk), (2, cities[1].pk)]

    def test_rows_read_in_pieces_stop_with_the_scope(self, cities: tuple[Tenant, Tenant]) -> None:
        with tenant_scope(cities[0]):
            lazy, pieces = Region.objects.order_by("id"), Region.objects.order_by("id").iterator(chunk_size=1)
            next(pieces)
        assert list(lazy) == []
        # The server-side cursor ended with the transaction.
        with pytest.raises(DatabaseError):
            list(pieces)


def test_inner_scopes_give_back_exactly_what_was_open(tenant: Tenant, second_tenant: Tenant) -> None:
    outside = _database()
    assert outside == {}
    with bootstrap_scope():
        with bootstrap_scope():
            assert _database() == {"bootstrap": "on"}
        assert _database() == {"bootstrap": "on"}
        with tenant_scope(tenant, actor_id=3, request_id="a"):
            first = {"tenant_id": str(tenant.pk), "actor_id": "3", "request_id": "a"}
            assert _database() == first
            with tenant_scope(second_tenant):
                assert _database() == {"tenant_id": str(second_tenant.pk)}
            with bootstrap_scope():
                assert _database() == first | {"bootstrap": "on"}
            assert _database() == first
            assert (current_tenant_id(), current_actor_id(), current_request_id()) == (tenant.pk, 3, "a")
        assert _database() == {"bootstrap": "on"}
        with tenantless_scope(actor_id=9, request_id="b"):
            assert _database() == {"actor_id": "9", "request_id": "b"}
            with cross_tenant(reason="operator page"):
                assert _database() == {"actor_id": "9", "request_id": "b", "cross_tenant": "on"}
                with tenant_scope(tenant):
                    assert _database() == {"tenant_id": str(tenant.pk)}
        assert _database() == {"bootstrap": "on"}
    assert (_database(), current_tenant_id()) == (outside, None)


@pytest.mark.usefixtures("tenant")
def test_manager_refuses_early() -> None:
    for wrong in (Region.objects.all, lambda: Region.objects.create(name="x"), Unit.objects.count):
        with pytest.raises(ScopeRequiredError):
            wrong()
    with bootstrap_scope(), pytest.raises(ScopeRequiredError):
        Region.objects.count()
    with cross_tenant(reason="operator page"), pytest.raises(ScopeRequiredError):
        Region.objects.count()


def test_lazy_rows_do_not_change_their_tenant(tenant: Tenant, second_tenant: Tenant) -> None:
    with tenant_scope(tenant):
        lazy = Region.objects.all()
    with tenant_scope(second_tenant):
        assert {region.tenant_id for region in lazy} == {second_tenant.pk}


def test_looking_across_tenants_is_refused_without_reason_and_inside_a_tenant(tenant: Tenant) -> None:
    with pytest.raises(CrossTenantRefusedError), cross_tenant(reason="just looking"):
        pytest.fail("entered")
    with tenant_scope(tenant), pytest.raises(CrossTenantRefusedError), cross_tenant(reason="operator page"):
        pytest.fail("entered")


def test_cached_values_belong_to_their_tenant(tenant: Tenant, second_tenant: Tenant) -> None:
    cache.set("figures", "global")
    for each in (tenant, second_tenant):
        with tenant_scope(each):
            assert cache.get("figures") is None
            cache.set("figures", each.slug)
    with tenant_scope(tenant):
        assert cache.get("figures") == tenant.slug
        cache.delete("figures")
    with tenant_scope(second_tenant):
        assert cache.get("figures") == second_tenant.slug
    assert cache.get("figures") == "global"


def _lazy_page(request: HttpRequest) -> HttpResponse:
    """Rows are read while the template is rendered, after the view has returned."""
    template = engines["django"].from_string("{% for unit in units %}{{ unit.name }} {% endfor %}")
    return SimpleTemplateResponse(template, {"units": Unit.objects.all()})


def _stream(request: HttpRequest) -> StreamingHttpResponse:
    def lines() -> Iterator[str]:
        yield from (unit.name for unit in Unit.objects.all())

    return StreamingHttpResponse(lines())


def _write_and_fail(request: HttpRequest) -> HttpResponse:
    Unit.objects.create(name="写了一半")
    raise Http404


urlpatterns = [path("lazy", _lazy_page), path("stream", _stream), path("fail", _write_and_fail), *portal_urls]


@pytest.mark.urls(__name__)
class TestRequests:
    @pytest.fixture
    def client(self, tenant: Tenant) -> Client:
        with tenant_scope(tenant):
            factories.unit("市财政局")
            actor = factories.actor("city_staff")
        return factories.sign_in(actor.user)

    def test_templates_are_rendered_inside(self, client: Client) -> None:
        assert client.get("/lazy").content.decode().strip() == "市财政局"

    def test_streams_are_refused_outside(self, client: Client) -> None:
        with pytest.raises(ScopeRequiredError):
            list(client.get("/stream"))

    def test_failed_request_leaves_nothing(self, client: Client, tenant: Tenant) -> None:
        assert client.get("/fail").status_code == 404
        with tenant_scope(tenant):
            assert not Unit.objects.filter(name="写了一半").exists()
