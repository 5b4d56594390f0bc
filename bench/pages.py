"""Pages: queries of lists and dashboard, and a list page of 50 rows beside a bare view of the same SQL."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.handlers.base import BaseHandler
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import path, reverse
from django.utils import timezone

from bench.measuring import Result, against, paired
from tenants.models import Role, RoleAssignment, Tenant
from tenants.scope import bootstrap_scope, tenant_scope

LISTS = {
    "企业": "enterprises:list",
    "党组织": "enterprises:party_list",
    "助企力量": "enterprises:force_list",
    "走访": "enterprises:visit_list",
    "联盟": "alliances:list",
    "活动": "alliances:activity_list",
    "诉求": "demands:list",
    "资源": "demands:resource_list",
    "政策": "policies:list",
}
MOST_LIST_QUERIES, MOST_DASHBOARD_QUERIES = 10, 12
PAGE_LIMIT = 6.0

#: Filled by `measure`: what the bare view runs.
_statements: list[tuple[str, tuple]] = []
_tenant: list[Tenant] = []


def measure(tenant: Tenant) -> list[Result]:
    """Everything by a signed-in city office user over the sample city's ledgers."""
    client = signed_in(tenant)
    results = [
        _queries(client, f"列表页查询数：{name}", reverse(route), MOST_LIST_QUERIES) for name, route in LISTS.items()
    ]
    results.append(_queries(client, "运行总览查询数", reverse("reports:dashboard"), MOST_DASHBOARD_QUERIES))
    results.append(_page_against_bare_view(client, tenant))
    return results


def signed_in(tenant: Tenant) -> Client:
    """A browser of a city office user."""
    with tenant_scope(tenant):
        user, _ = get_user_model().objects.get_or_create(
            username=f"bench@{tenant.slug}",
            defaults={"tenant": tenant, "full_name": "测速", "password_changed_at": timezone.now()},
        )
        RoleAssignment.objects.get_or_create(user=user, role=Role.CITY_STAFF)
    client = Client()
    with bootstrap_scope():
        client.force_login(user, backend="tenants.accounts.PortalBackend")
    return client


def _queries(client: Client, name: str, address: str, most: int) -> Result:
    """All statements of one request, transaction control included, once its caches are warm."""
    _get(client, address)
    with CaptureQueriesContext(connection) as captured:
        _get(client, address)
    return against(name, len(captured), most, unit="条", limit=1.0)


def _get(client: Client, address: str) -> None:
    _check(client.get(address))


def _check(response: HttpResponseBase) -> None:
    if response.status_code != 200:
        raise RuntimeError(f"{response.status_code} {response.headers.get('Location', '')}")


def _page_against_bare_view(client: Client, tenant: Tenant) -> Result:
    address = reverse("demands:list")
    with CaptureQueriesContext(connection) as captured:
        _get(client, address)
    _tenant[:] = [tenant]
    _statements[:] = [(query["sql"], ()) for query in captured.captured_queries if "demands_demand" in query["sql"]]
    # Both by Django's own handler: what a test client does besides is no part of the page.
    handler, bare_handler = _handler(settings.MIDDLEWARE), _handler([])
    known, stranger = RequestFactory(), RequestFactory()
    known.cookies = client.cookies

    def page_get() -> None:
        _check(handler.get_response(known.get(address)))

    def bare_get() -> None:
        request = stranger.get("/bare/")
        request.urlconf = __name__
        _check(bare_handler.get_response(request))

    mine, reference = paired(_repeated(page_get), _repeated(bare_get), runs=7)
    return against("列表页 50 行（HTML）", mine / REPEATS, reference / REPEATS, unit="ms", limit=PAGE_LIMIT)


REPEATS = 10


def _handler(middleware: list[str]) -> BaseHandler:
    """Django with some middleware."""
    handler = BaseHandler()
    with override_settings(MIDDLEWARE=middleware):
        handler.load_middleware()
    return handler


def _repeated(work: Callable[[], None]) -> Callable[[], None]:
    def run() -> None:
        for _ in range(REPEATS):
            work()

    return run


def bare_view(request: HttpRequest) -> JsonResponse:
    """The page's own SQL, count included, and nothing else."""
    rows = []
    with tenant_scope(_tenant[0]), connection.cursor() as cursor:
        for sql, params in _statements:
            cursor.execute(sql, params or None)
            rows.append(cursor.fetchall())
    return JsonResponse({"rows": rows})


urlpatterns = [path("bare/", bare_view)]
