"""Looking at pages as somebody: a role in a tenant, a browser, an address."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from tenants.models import Tenant
from tenants.scope import tenant_scope
from tests import factories

#: screens.md, issue "Seeing it": the most that one list may ask of the database, transaction control included.
LIST_QUERIES = 10


def browser(tenant: Tenant, role: str | None, **limits: Any) -> Client:
    """A browser in which somebody of `tenant` with this role and its limits is signed in."""
    with tenant_scope(tenant):
        user = factories.actor(role, **limits).user
    return factories.sign_in(user)


def queries_of(client: Client, address: str) -> int:
    """How many statements a page takes, once its caches and the session's clock are warm."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return len(captured)


def exported(client: Client, address: str, tmp_path: Any) -> list[tuple[Any, ...]]:
    """The rows of a list's export, heads included."""
    response = client.get(address)
    assert response.status_code == 200, response.content
    assert response["Content-Disposition"].startswith("attachment")
    file = tmp_path / "list.xlsx"
    file.write_bytes(response.content)
    return list(load_workbook(file).worksheets[0].values)
