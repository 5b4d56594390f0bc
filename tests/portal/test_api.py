"""The JSON API: the lists' rows, read-only, in the same scope, with session or token."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from rest_framework.authtoken.models import Token

from alliance_portal.api import router
from tenants.models import AuditEntry, Role, Tenant, User
from tenants.scope import bootstrap_scope, tenant_scope
from tests import factories
from tests.browsing import LIST_QUERIES, browser, queries_of
from tests.factories import Sample

ROUTES = [basename for _, _, basename in router.registry]
#: Pages and endpoints of the same rows.
PAGES = {
    "enterprise": "enterprises:list",
    "party-organisation": "enterprises:party_list",
    "support-group": "enterprises:force_list",
    "cadre": "enterprises:cadre_list",
    "alliance": "alliances:list",
    "activity": "alliances:activity_list",
    "demand": "demands:list",
    "resource": "demands:resource_list",
    "policy": "policies:list",
}


@pytest.fixture
def staff(sample: Sample, tenant: Tenant) -> Client:
    return browser(tenant, Role.CITY_STAFF)


def rows(client: Client, route: str, **params: Any) -> list[dict[str, Any]]:
    response = client.get(reverse(f"api:{route}-list"), params)
    assert response.status_code == 200, response.content
    return response.json()["results"]


def token(user: User) -> Client:
    out = StringIO()
    call_command("api_token", user.username, stdout=out)
    return Client(headers={"Authorization": f"Token {out.getvalue().strip()}"})


def test_every_list_page_has_its_endpoint():
    assert set(PAGES) == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_an_endpoint_gives_the_rows_of_its_page_in_the_same_order(staff: Client, route: str):
    page = staff.get(reverse(PAGES[route])).context["page"].object_list
    assert [row["id"] for row in rows(staff, route)] == [row.pk for row in page] != []


@pytest.mark.parametrize("route", ROUTES)
def test_a_single_row_equals_its_row_in_the_list(staff: Client, route: str):
    row = rows(staff, route)[0]
    key = row["number"] if route == "demand" else row["id"]
    assert staff.get(reverse(f"api:{route}-detail", args=[key])).json() == row


@pytest.mark.parametrize("route", ROUTES)
def test_rows_of_another_county_and_another_tenant_stay_away(
    sample: Sample, tenant: Tenant, second_tenant: Tenant, route: str
):
    county = browser(tenant, Role.COUNTY_STAFF, region=sample.county)
    seen = {row["id"] for row in rows(county, route)}
    page = county.get(reverse(PAGES[route])).context["page"].object_list
    assert seen == {row.pk for row in page} != set()
    with tenant_scope(second_tenant):
        model = type(page[0])
        foreign = list(model.objects.values_list("number" if route == "demand" else "pk", flat=True))
    assert foreign
    with tenant_scope(tenant):
        foreign = [key for key in foreign if not model.objects.filter(**{"number" if route == "demand" else "pk": key})]
    for key in foreign:
        assert county.get(reverse(f"api:{route}-detail", args=[key])).status_code == 404


@pytest.mark.parametrize("route", ROUTES)
def test_who_is_nobody_reads_nothing(sample: Sample, tenant: Tenant, route: str):
    address = reverse(f"api:{route}-list")
    anonymous = Client().get(address)
    assert anonymous.status_code == 401
    assert anonymous["WWW-Authenticate"] == "Token"
    assert Client(headers={"Authorization": "Token nonsense"}).get(address).status_code == 401
    assert browser(tenant, None).get(address).status_code == 403


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_written(staff: Client, route: str, method: str):
    assert getattr(staff, method)(reverse(f"api:{route}-list")).status_code == 405


@pytest.mark.parametrize("route", ROUTES)
def test_an_endpoint_takes_few_queries(staff: Client, route: str):
    # Lights are counted by the working-day calendar.
    calendar = 1 if route == "demand" else 0
    assert queries_of(staff, reverse(f"api:{route}-list")) <= LIST_QUERIES + calendar


def test_queries_do_not_grow_with_the_rows(staff: Client, sample: Sample, tenant: Tenant):
    few = queries_of(staff, reverse("api:demand-list"))
    with tenant_scope(tenant):
        for _ in range(20):
            factories.demand(sample.enterprise, alliance=sample.alliance, unit=sample.unit)
    assert queries_of(staff, reverse("api:demand-list")) == few


def test_filters_search_and_order_are_those_of_the_page(staff: Client, sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        made = factories.demand(sample.other_enterprise, "蒸汽价格偏高", state="accepted")
    assert [row["number"] for row in rows(staff, "demand", state="accepted")] == [made.number]
    assert [row["number"] for row in rows(staff, "demand", q="蒸汽", light="green")] == [made.number]
    ascending = [row["number"] for row in rows(staff, "demand", sort="number")]
    assert ascending == sorted(ascending)
    assert [row["number"] for row in rows(staff, "demand", sort="-number")] == ascending[::-1]
    assert len(rows(staff, "demand", page_size=1, page=2)) == 1


def test_a_wrong_filter_is_named(staff: Client):
    response = staff.get(reverse("api:demand-list"), {"state": "nonsense"})
    assert response.status_code == 400
    assert "state" in response.json()


def test_phones_are_masked_and_references_named(staff: Client, sample: Sample):
    (first, *_) = [row for row in rows(staff, "enterprise") if row["id"] == sample.enterprise.pk]
    assert first["contact_phone"] == "138****0000"
    assert first["region"] == {"id": sample.county.pk, "name": sample.county.name}
    for route in ROUTES:
        content = staff.get(reverse(f"api:{route}-list")).content.decode()
        assert "13800000000" not in content
        assert "13900000000" not in content


def test_an_enterprise_reads_no_number_of_demands(sample: Sample, tenant: Tenant):
    client = browser(tenant, Role.ENTERPRISE, enterprise=sample.enterprise)
    assert [row["open_demand_count"] for row in rows(client, "alliance")] == [None]


def test_a_token_reads_what_its_owner_may_read(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        owner = factories.actor(Role.ENTERPRISE, enterprise=sample.enterprise).user
    client = token(owner)
    assert [row["id"] for row in rows(client, "enterprise")] == [sample.enterprise.pk]
    assert [row["number"] for row in rows(client, "demand")] == [sample.demand.number]


def test_a_token_opens_no_page(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        owner = factories.actor(Role.CITY_STAFF).user
    assert token(owner).get(reverse("demands:list")).status_code == 302


def test_a_new_token_replaces_the_old_and_revoking_ends_it(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        owner = factories.actor(Role.CITY_STAFF).user
    old, new = token(owner), token(owner)
    address = reverse("api:demand-list")
    assert old.get(address).status_code == 401
    assert new.get(address).status_code == 200
    call_command("api_token", owner.username, "--revoke", stdout=StringIO())
    assert new.get(address).status_code == 401
    with tenant_scope(tenant):
        verbs = list(AuditEntry.objects.filter(object_label__startswith="接口令牌").values_list("verb", flat=True))
        assert sorted(verbs) == ["create", "create", "delete"]


def test_a_closed_account_ends_its_token(sample: Sample, tenant: Tenant):
    with tenant_scope(tenant):
        owner = factories.actor(Role.CITY_STAFF).user
    client = token(owner)
    with tenant_scope(tenant):
        User.objects.filter(pk=owner.pk).update(is_active=False)
    assert client.get(reverse("api:demand-list")).status_code == 401


@pytest.mark.parametrize("arguments", [["nobody@shili"], ["nobody@shili", "--revoke"]])
def test_the_command_names_an_unknown_account(tenant: Tenant, arguments: list[str]):
    with pytest.raises(CommandError, match="没有账号 nobody@shili"):
        call_command("api_token", *arguments)


def test_the_command_gives_closed_accounts_no_token(tenant: Tenant):
    with tenant_scope(tenant):
        user = factories.user(is_active=False)
    with pytest.raises(CommandError, match="账号已停用"):
        call_command("api_token", user.username)
    with pytest.raises(CommandError, match="没有接口令牌"):
        call_command("api_token", user.username, "--revoke")


def test_tokens_of_another_tenant_are_invisible(sample: Sample, tenant: Tenant, second_tenant: Tenant):
    with tenant_scope(tenant):
        owner = factories.actor(Role.CITY_STAFF).user
    token(owner)
    with tenant_scope(second_tenant):
        assert not Token.objects.exists()
    with bootstrap_scope():
        assert Token.objects.filter(user=owner).exists()


def test_the_description_is_made_without_a_warning(capsys: pytest.CaptureFixture[str]):
    out = StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    assert "/api/v1/demands/{number}/" in out.getvalue()
    assert capsys.readouterr().err == ""


@pytest.mark.django_db
def test_the_description_describes_every_field(client: Client):
    response = client.get(reverse("api:schema"), {"format": "json"})
    assert response.status_code == 200
    described = response.json()["components"]["schemas"]
    for name in (
        "Enterprise",
        "PartyOrganisation",
        "SupportGroup",
        "Cadre",
        "Alliance",
        "Activity",
        "Demand",
        "Resource",
        "Policy",
    ):
        for field, schema in described[name]["properties"].items():
            assert schema.get("description") or schema.get("title"), (name, field)


def test_the_description_is_public_and_tells_strangers_what_it_tells_everybody(
    client: Client, staff: Client, sample: Sample
):
    """Nothing in it comes from a tenant's rows (docs/api.md)."""
    public = client.get(reverse("api:schema"))
    assert public.status_code == 200
    assert public.content == staff.get(reverse("api:schema")).content
    for row in (sample.enterprise, sample.alliance, sample.unit, sample.county):
        assert row.name not in public.content.decode()
