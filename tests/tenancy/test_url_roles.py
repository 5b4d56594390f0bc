"""Each address × each role: allowed 200, wrong role 403, what one may not see 404, strangers to the sign-in page."""

from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest
from django.db import connection, models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from enterprises.models import Enterprise
from reports.periods import quarter_period
from reports.services.snapshots import figures_collect
from tenants.models import Role, Tenant, User
from tenants.schema import TRAILS, tenant_models
from tenants.scope import cross_tenant, tenant_scope
from tests import factories
from tests.factories import Sample

from .url_roles import OPEN, OUTSIDERS, PAGES, PK, SELF, UNNAMED, WHOLE_TENANT, Page


def _names(patterns: list[Any], namespaces: tuple[str, ...] = (), prefix: str = "") -> Iterator[tuple[str, str]]:
    """(name, pattern) of every address."""
    for each in patterns:
        if isinstance(each, URLPattern):
            yield ":".join((*namespaces, each.name)) if each.name else "", prefix + str(each.pattern)
        else:
            inner = (*namespaces, each.namespace) if each.namespace else namespaces
            yield from _names(each.url_patterns, inner, prefix + str(each.pattern))


def test_every_address_is_in_the_table() -> None:
    found = list(_names(get_resolver().url_patterns))
    named = {name for name, _ in found if name}
    listed = [page.name for page in PAGES] + [*SELF, *OPEN]
    assert named - set(listed) == set(), "add these to tests/tenancy/url_roles.py"
    assert set(listed) - named == set(), "these addresses are gone"
    assert len(listed) == len(set(listed))
    assert {pattern for name, pattern in found if not name} == UNNAMED


@pytest.fixture
def clients(tenant: Tenant, sample: Sample) -> dict[str, Client]:
    """One signed-in browser for each role, all about 任城区, its alliance and its enterprise."""
    with tenant_scope(tenant):
        sample.snapshot.figures = figures_collect(
            actor=sample.admin, period=quarter_period(2026, 3), region=sample.city
        )
        sample.snapshot.save()
        actors = {
            "admin": sample.admin,
            "city": factories.actor(Role.CITY_STAFF),
            "county": factories.actor(Role.COUNTY_STAFF, region=sample.county),
            "department": factories.actor(Role.DEPARTMENT, unit=sample.unit),
            "secretary": factories.actor(Role.ALLIANCE_SECRETARY, alliance=sample.alliance),
            "rotating": factories.actor(Role.ROTATING_SECRETARY, alliance=sample.alliance),
            "enterprise": factories.actor(Role.ENTERPRISE, enterprise=sample.enterprise),
            "instructor": factories.actor(Role.INSTRUCTOR, enterprise=sample.enterprise),
            "nobody": factories.actor(None),
        }
    users = {name: actor.user for name, actor in actors.items()}
    with cross_tenant(reason="operator command"):
        users["operator"] = User.objects.create(username="yunwei@platform", is_operator=True)
    return {name: factories.sign_in(user) for name, user in users.items()}


@pytest.fixture
def elsewhere(second_tenant: Tenant) -> dict[str, Any]:
    """Key of a like row of the second tenant, by the model's name."""
    with tenant_scope(second_tenant):
        # Numbers are counted per tenant: only one more row has a number that the first tenant does not know.
        factories.demand(Enterprise.objects.first())
        factories.snapshot()
        factories.booklet()
        rows = {}
        for page in PAGES:
            model = _model(page)
            if model not in (None, Tenant):
                rows[model] = _key(model._default_manager.order_by("pk").last())
    return rows


def _model(page: Page) -> type[models.Model] | None:
    if not page.target:
        return None
    if page.target == "tenant":
        return Tenant
    return get_type_hints(Sample)[page.target]


def _key(row: models.Model) -> Any:
    return row.number if "number" in {field.name for field in row._meta.fields} else row.pk


def _address(page: Page, key: Any = None) -> str:
    args = page.args or ((PK,) if page.target else ())
    return reverse(page.name, args=[key if arg is PK else arg for arg in args]) + page.query


def _status(page: Page, client: Client, key: Any = None) -> int:
    """What the page answers; whatever it changed is undone."""
    with transaction.atomic():
        address = _address(page, key)
        response: HttpResponse = client.get(address) if page.data is None else client.post(address, page.data)
        if response.streaming:
            response.getvalue()  # to the end, which closes the file
        transaction.set_rollback(True)
    signs_in = response.status_code == 302 and response.url.startswith(reverse("account_login"))
    return -302 if signs_in else response.status_code


def _expected(page: Page, role: str) -> int:
    if role in page.but:
        return page.but[role]
    if role in page.who:
        return page.ok
    return 404 if role in page.hidden else 403


def _rows(page: Page, sample: Sample, tenant: Tenant) -> tuple[Any, Any]:
    """Keys of the row that the page is about, and of the one that only the whole tenant's staff see."""
    if not page.target:
        return None, None
    row = tenant if page.target == "tenant" else getattr(sample, page.target)
    other = getattr(sample, f"other_{page.target}", None)
    return _key(row), _key(other) if other else None


APPS = sorted({page.name.partition(":")[0] for page in PAGES})


@pytest.mark.parametrize("app", APPS)
def test_each_role_gets_what_the_table_says(
    app: str, clients: dict[str, Client], tenant: Tenant, sample: Sample, elsewhere: dict[Any, Any]
) -> None:
    wrong = []

    def check(page: Page, what: str, role: str, expected: int, client: Client, key: Any) -> None:
        status = _status(page, client, key)
        if status != expected:
            wrong.append(f"{page.name} {what} as {role}: {status}, not {expected}")

    for page in PAGES:
        if page.name.partition(":")[0] != app:
            continue
        own, other = _rows(page, sample, tenant)
        check(page, "own", "stranger", -302 if page.stranger == 302 else page.stranger, Client(), own)
        for role, client in clients.items():
            expected = _expected(page, role)
            check(page, "own", role, expected, client, own)
            if expected == 403:
                continue
            if other is not None:
                check(page, "other", role, expected if role in WHOLE_TENANT else 404, client, other)
            if _model(page) not in (None, Tenant):
                check(page, "foreign", role, 404, client, elsewhere[_model(page)])
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)


def test_pages_about_oneself(clients: dict[str, Client]) -> None:
    statuses = {
        (name, role): client.get(reverse(name)).status_code
        for name in SELF
        for role, client in clients.items()
        if role in {"city", *OUTSIDERS}
    }
    assert statuses == {(name, role): SELF[name] for name, role in statuses}
    strangers = {name: Client().get(reverse(name)).status_code for name in SELF}
    assert strangers == dict.fromkeys(SELF, 302)


@pytest.mark.django_db
def test_pages_for_strangers() -> None:
    statuses = {name: Client().get(reverse(name, args=args)).status_code for name, (args, _) in OPEN.items()}
    assert statuses == {name: status for name, (_, status) in OPEN.items()}


def _state(*tenants: Tenant) -> dict[str, list[str]]:
    """A digest of every table's rows, the trails left out: reading may leave an entry there."""
    tables = [model._meta.db_table for model in (*tenant_models(), Tenant, User)]
    digest = "SELECT coalesce(md5(string_agg(t::text, '' ORDER BY t.id)), '') FROM {} t"
    found: dict[str, list[str]] = {}
    for tenant in tenants:
        with tenant_scope(tenant), connection.cursor() as cursor:
            for table in set(tables) - set(TRAILS):
                cursor.execute(digest.format(table))
                found.setdefault(table, []).append(cursor.fetchone()[0])
    return found


def test_reading_changes_nothing(
    clients: dict[str, Client], tenant: Tenant, second_tenant: Tenant, sample: Sample
) -> None:
    before = _state(tenant, second_tenant)
    for page in PAGES:
        role = next(role for role in ("admin", "operator", *sorted(page.who)) if role in page.who)
        response = clients[role].get(_address(page, _rows(page, sample, tenant)[0]))
        assert response.status_code == (405 if page.data is not None else page.ok), page.name
        if response.streaming:
            response.getvalue()
    for name in SELF:
        clients["admin"].get(reverse(name))
    assert _state(tenant, second_tenant) == before
    with tenant_scope(tenant):
        sample.unit.name = "改过"
        sample.unit.save()
    assert _state(tenant, second_tenant) != before, "the digest sees a change"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_without_the_token_of_a_page(
    method: str, clients: dict[str, Client], tenant: Tenant, sample: Sample
) -> None:
    """Every address, whatever it does with the method: the token is asked for first."""
    addresses = [_address(page, _rows(page, sample, tenant)[0]) for page in PAGES]
    addresses += [reverse(name) for name in SELF]
    addresses += [reverse(name, args=args) for name, (args, _) in OPEN.items() if not name.startswith("api:")]
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = clients["admin"].cookies
    taken = {}
    for address in addresses:
        response = getattr(forged, method)(address)
        page_says_so = bool(response.context and response.context.get("csrf_failure"))
        if response.status_code != 403 or not (page_says_so or "CSRF" in response.content.decode()):
            taken[address] = response.status_code
    assert taken == {}
