"""Each owned table, row by row, by raw SQL: what the database itself shows and refuses."""

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ForeignKey

from tenants.audit import record_platform
from tenants.models import AuditEntry, Tenant, TenantForeignKey, TenantModel, User
from tenants.schema import AUDIT_TABLE, USER_OWNED_TABLES, tenant_models, written_once
from tenants.scope import CrossTenantRefusedError, bootstrap_scope, cross_tenant, tenant_scope, tenantless_scope
from tests.factories import Sample

MODELS = [*tenant_models(), User]
REFERENCES = [
    (model, field)
    for model in MODELS
    for field in model._meta.local_fields
    if isinstance(field, TenantForeignKey) or (model is User and field.name == "unit")
]
#: What a row's own rules ask for when a reference is set: a seat is an enterprise's or a department's, never both.
BESIDES = {
    ("alliances_bodyseat", "unit_id"): ", enterprise_id = NULL",
    ("alliances_meetingseat", "unit_id"): ", enterprise_id = NULL",
    ("alliances_meetingseat", "proxy_id"): ", state = 'proxy'",
    ("alliances_brandproject", "organisation_id"): ", enterprise_id = NULL",
    ("notices_channel", "user_id"): ", unit_id = NULL, kind = 'email'",
}
#: Refused by a check of its own before the reference is looked at.
CHANGEABLE = [model for model in MODELS if model._meta.db_table not in written_once()]


def _name(model: type[TenantModel]) -> str:
    return model._meta.db_table


def _rows(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _run(sql: str, *params: object) -> int:
    """Execute in a savepoint, deferred references checked at once; returns the number of rows."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(sql, params)
        return cursor.rowcount


def _ids(table: str) -> list[int]:
    return [row[0] for row in _rows(f"SELECT id FROM {table} ORDER BY id")]


@pytest.fixture
def other_ids(second_tenant: Tenant, sample: Sample) -> dict[str, int]:
    """The id of one row of the second tenant in each table."""
    with tenant_scope(second_tenant):
        return {table: _ids(table)[0] for table in map(_name, MODELS)}


@pytest.fixture
def inside(tenant: Tenant, other_ids: dict[str, int]) -> Iterator[None]:
    with tenant_scope(tenant):
        yield


@pytest.mark.usefixtures("other_ids")
def test_without_a_scope_no_table_shows_a_row(tenant: Tenant) -> None:
    tables = [*map(_name, MODELS), _name(Tenant), *USER_OWNED_TABLES]
    assert {table: _rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables} == dict.fromkeys(tables, 0)


@pytest.mark.usefixtures("other_ids")
def test_bootstrap_shows_accounts_and_invitations_only() -> None:
    with bootstrap_scope():
        seen = {table for table in [*map(_name, MODELS), _name(Tenant)] if _rows(f"SELECT 1 FROM {table} LIMIT 1")}
    assert seen == {"tenants_tenant", "tenants_user", "tenants_invitation"}


@pytest.mark.usefixtures("other_ids")
def test_looking_across_tenants_shows_their_list_only() -> None:
    with cross_tenant(reason="operator page"):
        seen = {table for table in [*map(_name, MODELS), _name(Tenant)] if _rows(f"SELECT 1 FROM {table} LIMIT 1")}
        operators = _rows("SELECT count(*) FROM tenants_user WHERE tenant_id IS NOT NULL")
    assert seen == {"tenants_tenant"}
    assert operators == [(0,)]


def test_the_platforms_trail_is_the_operators_alone(tenant: Tenant) -> None:
    record_platform(AuditEntry.Verb.SIGN_IN, label="运维")
    trail = "SELECT label FROM tenants_platformentry"
    write = "INSERT INTO tenants_platformentry (verb, label, details, request_id) VALUES ('export', 'x', '{}', '')"
    for scope in (bootstrap_scope(), tenantless_scope(actor_id=1), tenant_scope(tenant)):
        with scope:
            assert _rows(trail) == []
            with pytest.raises(DatabaseError, match="row-level security"):
                _run(write)
    with cross_tenant(reason="operator page"):
        assert [label for (label,) in _rows(trail)][-1] == "运维"
    with pytest.raises(CrossTenantRefusedError), tenant_scope(tenant):
        record_platform(AuditEntry.Verb.EXPORT, label="x")


@pytest.mark.usefixtures("inside")
def test_each_table_shows_the_own_rows_only(tenant: Tenant) -> None:
    shown = {
        table: {row[0] for row in _rows(f"SELECT DISTINCT tenant_id FROM {table}")} for table in map(_name, MODELS)
    }
    assert shown == {table: {tenant.pk} for table in map(_name, MODELS)}
    assert _rows("SELECT id FROM tenants_tenant") == [(tenant.pk,)]


@pytest.mark.usefixtures("inside")
def test_rows_of_another_tenant_are_neither_changed_nor_deleted(other_ids: dict[str, int]) -> None:
    for table in map(_name, CHANGEABLE):
        assert _run(f"UPDATE {table} SET id = id WHERE id = %s", other_ids[table]) == 0, table
        assert _run(f"DELETE FROM {table} WHERE id = %s", other_ids[table]) == 0, table


@pytest.mark.usefixtures("inside")
def test_own_rows_cannot_be_given_to_another_tenant(second_tenant: Tenant) -> None:
    for table in map(_name, CHANGEABLE):
        with pytest.raises(DatabaseError, match=r"row-level security|another tenant"):
            _run(f"UPDATE {table} SET tenant_id = %s WHERE id = %s", second_tenant.pk, _ids(table)[0])


@pytest.mark.usefixtures("inside")
def test_rows_cannot_be_added_to_another_tenant(second_tenant: Tenant) -> None:
    for model in MODELS:
        table = _name(model)
        columns = ", ".join(f'"{f.column}"' for f in model._meta.local_fields if f.column not in ("id", "tenant_id"))
        with pytest.raises(DatabaseError, match="row-level security"):
            _run(
                f"INSERT INTO {table} (tenant_id, {columns}) SELECT %s, {columns} FROM {table} LIMIT 1",
                second_tenant.pk,
            )


@pytest.mark.usefixtures("inside")
def test_rows_cannot_refer_to_another_tenants(other_ids: dict[str, int]) -> None:
    for model, field in REFERENCES:
        if model in CHANGEABLE:
            table, target = _name(model), _name(field.related_model)
            besides = BESIDES.get((model._meta.db_table, field.column), "")
            change = f"UPDATE {table} SET {field.column} = %s{besides} WHERE id = %s"
            with pytest.raises(IntegrityError, match=f"{model._meta.db_table}_{field.column}_in_tenant"[:63]):
                _run(change, other_ids[target], _ids(table)[0])


@pytest.mark.usefixtures("inside")
def test_audit_entries_cannot_name_another_tenants_user(tenant: Tenant, other_ids: dict[str, int]) -> None:
    entry = f"INSERT INTO {AUDIT_TABLE} (tenant_id, actor_id, verb, object_type, object_label, changes, request_id)"
    with pytest.raises(IntegrityError, match="actor_id_in_tenant"):
        _run(f"{entry} VALUES (%s, %s, 'export', '', '', '{{}}', '')", tenant.pk, other_ids["tenants_user"])


@pytest.mark.usefixtures("inside")
def test_row_under_another_tenants_id_is_refused_not_overwritten(tenant: Tenant, other_ids: dict[str, int]) -> None:
    table, columns = "tenants_unit", "name, kind, is_active"
    with pytest.raises(DatabaseError, match="row-level security"):
        _run(
            f"INSERT INTO {table} (id, tenant_id, {columns}) VALUES (%s, %s, 'x', 'other', true) "
            "ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name",
            other_ids[table],
            tenant.pk,
        )


def test_every_reference_is_tested() -> None:
    plain = {
        (model, field.name)
        for model in MODELS
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and (model, field) not in REFERENCES
    }
    assert {name for _, name in plain} == {"tenant", "permission"}
