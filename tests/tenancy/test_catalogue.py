"""The database's catalogue against the models: no table, reference or unique rule is forgotten."""

import pytest
from django.core import checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, connections, models

from tenants.checks import GLOBALLY_UNIQUE, every_model_belongs_to_a_tenant, row_security_is_forced
from tenants.models import PlatformEntry, Tenant, TenantForeignKey, TenantModel, User
from tenants.schema import (
    CLOSED_TABLES,
    OPEN_TABLES,
    READ_ONLY_TABLES,
    USER_OWNED_TABLES,
    policies,
    reconcile,
    tenant_models,
    written_once,
)

pytestmark = pytest.mark.django_db

SAME_TENANT = (
    "(tenant_id = ( SELECT (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::bigint AS \"nullif\"))"
)
ACCOUNTS = {model._meta.db_table for model in (Tenant, User, PlatformEntry)}


def _rows(sql: str, *params: object) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def _column(sql: str, *params: object) -> set[str]:
    return {row[0] for row in _rows(sql, *params)}


def _owned_tables() -> set[str]:
    return {model._meta.db_table for model in tenant_models()}


def test_every_model_of_ours_is_owned_by_a_tenant_or_listed() -> None:
    assert every_model_belongs_to_a_tenant(None) == []


def test_every_table_has_its_place() -> None:
    tables = _column("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    places = [_owned_tables(), ACCOUNTS, *map(set, (USER_OWNED_TABLES, CLOSED_TABLES, READ_ONLY_TABLES, OPEN_TABLES))]
    assert tables == set().union(*places)
    assert len(tables) == sum(map(len, places)), "a table has two places"


def test_row_security_is_forced_on_every_table_with_a_tenant() -> None:
    forced = _column("SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity")
    assert forced == _owned_tables() | ACCOUNTS | set(USER_OWNED_TABLES)


def test_owned_tables_admit_only_rows_of_the_tenant_in_scope() -> None:
    found = _rows("SELECT tablename, permissive, roles::text, cmd, qual, with_check FROM pg_policies")
    public = [row for row in found if row[2] == "{public}" and row[0] in _owned_tables()]
    usual = [(table, "PERMISSIVE", "{public}", "ALL", SAME_TENANT, SAME_TENANT) for table in sorted(_owned_tables())]
    bootstrap = "(( SELECT current_setting('app.bootstrap'::text, true) AS current_setting) = 'on'::text)"
    look_up = ("tenants_invitation", "PERMISSIVE", "{public}", "SELECT", bootstrap, None)
    assert sorted(public, key=str) == sorted([*usual, look_up], key=str)


def test_only_the_search_function_sees_past_the_tenant() -> None:
    owner = connections["owner"].settings_dict["USER"]
    past = _rows("SELECT tablename, policyname, roles::text FROM pg_policies WHERE roles <> '{public}'")
    assert past == [("tenants_searchdocument", "search_function", f"{{{owner}}}")]


def test_there_are_no_other_policies() -> None:
    found = {(row[0], row[1]) for row in _rows("SELECT tablename, policyname FROM pg_policies")}
    assert found == {(policy.table, policy.name) for policy in policies(owner="x")}


def test_tenant_is_never_null_in_owned_tables() -> None:
    nullable = _column(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant_id' AND is_nullable = 'YES'"
    )
    assert nullable == {User._meta.db_table}


def test_every_reference_inside_a_tenant_is_composite() -> None:
    found = {
        (table, tuple(columns), target, tuple(target_columns))
        for table, columns, target, target_columns in _rows(
            """
            SELECT conrelid::regclass::text, array(SELECT attname FROM unnest(conkey) WITH ORDINALITY k (n, i)
                       JOIN pg_attribute ON attrelid = conrelid AND attnum = n ORDER BY i)::text[],
                   confrelid::regclass::text, array(SELECT attname FROM unnest(confkey) WITH ORDINALITY k (n, i)
                       JOIN pg_attribute ON attrelid = confrelid AND attnum = n ORDER BY i)::text[]
            FROM pg_constraint WHERE contype = 'f' AND convalidated
            """
        )
    }
    expected = {
        (model._meta.db_table, ("tenant_id", field.column), field.related_model._meta.db_table, ("tenant_id", "id"))
        for model in (*tenant_models(), User)
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and _stays_in_tenant(field)
    }
    composite = {reference for reference in found if len(reference[1]) > 1}
    assert composite == expected
    plain = {reference for reference in found - composite if reference[2] in _owned_tables() | {User._meta.db_table}}
    # Rows of accounts have no tenant of their own; the others are closed to the application.
    assert {table for table, *_ in plain} <= {*USER_OWNED_TABLES, *CLOSED_TABLES}


def _stays_in_tenant(field: models.ForeignKey) -> bool:
    return issubclass(field.related_model, TenantModel) or field.related_model is User


def test_every_reference_has_an_index_that_leads_with_the_tenant() -> None:
    found = _column(
        """
        SELECT indrelid::regclass || '.' || a.attname FROM pg_index JOIN pg_attribute t
            ON t.attrelid = indrelid AND t.attnum = indkey[0] AND t.attname = 'tenant_id'
        JOIN pg_attribute a ON a.attrelid = indrelid AND a.attnum = indkey[1]
        """
    )
    wanted = {
        f"{model._meta.db_table}.{field.column}"
        for model in tenant_models()
        for field in model._meta.local_fields
        if isinstance(field, TenantForeignKey)
    }
    assert wanted - found == set()


def test_every_unique_rule_starts_with_the_tenant() -> None:
    found = _rows(
        """
        SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index
        JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]
        WHERE (indisunique OR indisexclusion) AND NOT indisprimary AND attname <> 'tenant_id'
        """
    )
    assert {index for table, index in found if table in _owned_tables()} == GLOBALLY_UNIQUE
    # An account name ends with its tenant's slug (policy `may_insert`), and slugs are the operator's affair.
    assert {index for table, index in found if table in ACCOUNTS} == {
        "tenants_user_username_key",
        "tenants_tenant_slug_key",
    }


def test_every_change_is_audited_unless_the_model_says_otherwise() -> None:
    found = set(_rows("SELECT tgrelid::regclass::text, tgname::text FROM pg_trigger WHERE tgname LIKE 'audit_%%'"))
    audited = [model._meta.db_table for model in tenant_models() if model.audited] + [User._meta.db_table]
    assert found == {(table, f"audit_{event}") for table in audited for event in ("insert", "update", "delete")}
    assert {model.__name__ for model in tenant_models() if not model.audited} == {
        "AuditEntry",
        "DeliveredNotice",
        "Delivery",
        "DemandCounter",
        "Job",
        "Notice",
        "SearchDocument",
        "SignInEntry",
    }


def test_no_view_and_no_function_sees_more_than_who_asks() -> None:
    views = _rows(
        """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
            AND (relkind = 'm' OR relkind = 'v' AND NOT coalesce('security_invoker=true' = ANY (reloptions), false))
        """
    )
    assert views == []
    ours = """
        NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
        AND pronamespace = 'public'::regnamespace
    """
    definers = _rows(f"SELECT proname, proleakproof FROM pg_proc p WHERE {ours} AND (prosecdef OR proleakproof)")
    assert definers == [("search_ids", False)]
    unsafe = _rows(
        f"SELECT proname FROM pg_proc p WHERE {ours} AND coalesce(proconfig::text, '') NOT LIKE '%%search_path%%'"
    )
    assert unsafe == []


def test_statistics_tell_nothing_of_tenants_rows() -> None:
    shown = _column("SELECT DISTINCT tablename FROM pg_stats WHERE schemaname = 'public'")
    assert shown & (_owned_tables() | ACCOUNTS | set(USER_OWNED_TABLES)) == set()


@pytest.mark.django_db(databases=["default", "owner"])
def test_reconciling_again_changes_nothing() -> None:
    def state() -> list[tuple]:
        return _rows(
            """
            SELECT oid, xmin FROM pg_policy UNION SELECT oid, xmin FROM pg_trigger
            UNION SELECT oid, xmin FROM pg_constraint ORDER BY 1
            """
        )

    before = state()
    reconcile()
    assert state() == before


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE tenants_region NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE tenants_region DISABLE ROW LEVEL SECURITY",
        "DROP POLICY tenant_isolation ON tenants_region",
        "CREATE POLICY wide_open ON tenants_region USING (true)",
    ],
)
def test_portal_does_not_start_until_a_lost_policy_is_back(statement: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement)
    try:
        assert [error.id for error in row_security_is_forced(["default"])] == ["tenants.E010"]
        with pytest.raises(SystemCheckError, match="tenants_region"):
            call_command("check", databases=["default"])
    finally:
        reconcile()
    assert checks.run_checks(tags=[checks.Tags.database], databases=["default"]) == []


@pytest.mark.parametrize("trail", written_once())
def test_trails_and_published_papers_keep_what_was_written(trail: str) -> None:
    role = connection.settings_dict["USER"]
    granted = _column(
        "SELECT privilege_type FROM information_schema.role_table_grants WHERE grantee = %s AND table_name = %s",
        role,
        trail,
    )
    assert granted == {"SELECT", "INSERT"}
