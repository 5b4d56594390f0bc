"""What the database itself must hold for tenants to stay apart; brought up to date after every `migrate`.

For each `TenantModel`: forced row-level security with one policy, a composite foreign key and index per reference
inside the tenant, and the audit trigger. Nothing is written by hand per table, so no table can be forgotten, and
`tests/tenancy` compares the catalogue with the models. Why statements after `migrate` and not operations in
migrations: docs/adr/0004.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .models import Invitation, SearchDocument, Tenant, TenantForeignKey, TenantModel, User

#: The sub-select is evaluated once per statement: sequential scans are four times faster than with the bare call.
CURRENT = "(SELECT NULLIF(current_setting('app.tenant_id', true), '')::bigint)"
SAME_TENANT = f"tenant_id = {CURRENT}"
BOOTSTRAP = "(SELECT current_setting('app.bootstrap', true)) = 'on'"
CROSS_TENANT = "(SELECT current_setting('app.cross_tenant', true)) = 'on'"
MYSELF = "id = (SELECT NULLIF(current_setting('app.actor_id', true), '')::bigint)"

#: Tables without a tenant column of their own: (policy for reading, policy for writing).
BOOTSTRAP_POLICIES = {
    Tenant._meta.db_table: (f"id = {CURRENT} OR {BOOTSTRAP} OR {CROSS_TENANT}", CROSS_TENANT),
    User._meta.db_table: (
        f"{SAME_TENANT} OR {MYSELF} OR {BOOTSTRAP}",
        f"{SAME_TENANT} OR {MYSELF} OR {BOOTSTRAP} OR (tenant_id IS NULL AND {CROSS_TENANT})",
    ),
    Invitation._meta.db_table: (f"{SAME_TENANT} OR {BOOTSTRAP}", f"{SAME_TENANT} OR {BOOTSTRAP}"),
}
#: Account tables of libraries: visible with the user they belong to, whose own policy decides.
USER_OWNED_TABLES = ("account_emailaddress", "mfa_authenticator", "usersessions_usersession", "authtoken_token")
AUDIT_TABLE = "tenants_auditentry"
#: Installed by libraries, unused here: the application role has no business with them.
CLOSED_TABLES = ("guardian_userobjectpermission", "guardian_groupobjectpermission", "account_emailconfirmation")

AUDIT_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
-- Arguments: columns whose values must not be shown. One entry per changed row, set-based.
DECLARE
    actor bigint := NULLIF(current_setting('app.actor_id', true), '')::bigint;
    request text := COALESCE(current_setting('app.request_id', true), '');
    hidden text[] := TG_ARGV;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO tenants_auditentry
            (tenant_id, actor_id, verb, object_type, object_id, object_label, changes, request_id)
        SELECT n.tenant_id, actor, 'create', TG_TABLE_NAME, n.id,
               left(COALESCE(j ->> 'name', j ->> 'number', j ->> 'title', j ->> 'full_name', j ->> 'label', ''), 200),
               '{}'::jsonb, request
        FROM new_rows n CROSS JOIN LATERAL (SELECT to_jsonb(n) AS j OFFSET 0) x;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO tenants_auditentry
            (tenant_id, actor_id, verb, object_type, object_id, object_label, changes, request_id)
        SELECT n.tenant_id, actor, 'update', TG_TABLE_NAME, n.id,
               left(COALESCE(j ->> 'name', j ->> 'number', j ->> 'title', j ->> 'full_name', j ->> 'label', ''), 200),
               d.changes, request
        FROM new_rows n JOIN old_rows o ON o.id = n.id AND o.* IS DISTINCT FROM n.*
        CROSS JOIN LATERAL (SELECT to_jsonb(n) AS j OFFSET 0) x
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(a.key, CASE WHEN a.key = ANY (hidden) THEN '["***", "***"]'::jsonb
                                                ELSE jsonb_build_array(b.value, a.value) END) AS changes
            FROM jsonb_each(j) a JOIN jsonb_each(to_jsonb(o)) b ON b.key = a.key
            WHERE a.value IS DISTINCT FROM b.value
        ) d
        WHERE d.changes IS NOT NULL;
    ELSE
        INSERT INTO tenants_auditentry
            (tenant_id, actor_id, verb, object_type, object_id, object_label, changes, request_id)
        SELECT o.tenant_id, actor, 'delete', TG_TABLE_NAME, o.id,
               left(COALESCE(j ->> 'name', j ->> 'number', j ->> 'title', j ->> 'full_name', j ->> 'label', ''), 200),
               j - hidden, request
        FROM old_rows o CROSS JOIN LATERAL (SELECT to_jsonb(o) AS j OFFSET 0) x;
    END IF;
    RETURN NULL;
END $$
"""

# `@>` on arrays is not leakproof, so under row-level security its index would be ignored. The function runs as the
# owner, for whom (and for this one derived table only) a second policy admits every row; it names the tenant itself.
SEARCH_FUNCTION = f"""
CREATE OR REPLACE FUNCTION search_ids(wanted_kind text, term text, wanted text[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public ROWS 100 AS $$
    SELECT object_id FROM tenants_searchdocument
    WHERE tenant_id = {CURRENT} AND kind = wanted_kind AND grams @> wanted
      AND (length(term) <= 2 OR position(term IN text) > 0)
$$
"""


def tenant_models() -> list[type[TenantModel]]:
    """Every concrete model whose rows belong to one tenant."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel) and model._meta.managed]


def reconcile(alias: str = "owner") -> None:
    """Bring policies, grants, composite references, indexes and triggers up to date. Idempotent; run as the owner."""
    connection = connections[alias]
    present = set(connection.introspection.table_names())
    if AUDIT_TABLE not in present:
        return
    app_role = connection.ops.quote_name(connections["default"].settings_dict["USER"])
    owner = connection.ops.quote_name(connection.settings_dict["USER"])
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        for statement in _statements(connection, present, app_role, owner):
            cursor.execute(statement)


def _statements(connection: BaseDatabaseWrapper, present: set[str], app_role: str, owner: str) -> list[str]:
    found = _catalogue(connection)
    out = [AUDIT_FUNCTION, SEARCH_FUNCTION]
    out += [
        "REVOKE ALL ON FUNCTION search_ids(text, text, text[]) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION search_ids(text, text, text[]) TO {app_role}",
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {AUDIT_TABLE} FROM {app_role}",
    ]
    for table in sorted(present & set(CLOSED_TABLES)):
        out.append(f"REVOKE ALL ON {table} FROM {app_role}")
    for model in tenant_models():
        table = model._meta.db_table
        if table not in present:
            continue
        if table not in BOOTSTRAP_POLICIES:
            out += _policy(found, table, SAME_TENANT, SAME_TENANT)
        out += _identity(found, table) + _references(found, model)
        if model.audited:
            out += _audit(found, model)
    for table, (using, check) in BOOTSTRAP_POLICIES.items():
        out += _policy(found, table, using, check)
    out += _identity(found, User._meta.db_table) + _references(found, User)
    for table in sorted(present & set(USER_OWNED_TABLES)):
        mine = f"EXISTS (SELECT 1 FROM {User._meta.db_table} u WHERE u.id = user_id)"
        out += _policy(found, table, mine, mine)
    search = SearchDocument._meta.db_table
    out += _policy(found, search, "true", "true", name="search_function", role=owner)
    if "search_document_grams" not in found:
        out.append(f"CREATE INDEX search_document_grams ON {search} USING gin (tenant_id, kind, grams)")
    return out


def _catalogue(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the constraints, indexes, triggers and policies that exist already, and 'forced:<table>'."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION SELECT indexname FROM pg_indexes WHERE schemaname = 'public'
            UNION SELECT tgname || ':' || tgrelid::regclass FROM pg_trigger WHERE NOT tgisinternal
            UNION SELECT 'forced:' || relname FROM pg_class
                  WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity
            UNION SELECT policyname || ':' || tablename || ':' || md5(coalesce(qual, '') || coalesce(with_check, ''))
                  FROM pg_policies WHERE schemaname = 'public'
            UNION SELECT policyname || ':' || tablename FROM pg_policies WHERE schemaname = 'public'
            """
        )
        return {row[0] for row in cursor.fetchall()}


def _policy(
    found: set[str], table: str, using: str, check: str, *, name: str = "tenant_isolation", role: str = "PUBLIC"
) -> list[str]:
    out = []
    if f"forced:{table}" not in found:
        out += [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"]
    verb = f"ALTER POLICY {name} ON" if f"{name}:{table}" in found else f"CREATE POLICY {name} ON"
    out.append(f"{verb} {table} TO {role} USING ({using}) WITH CHECK ({check})")
    return out


def _identity(found: set[str], table: str) -> list[str]:
    name = f"{table}_tenant_identity"
    if name in found:
        return []
    found.add(name)
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (tenant_id, id)"]


def _references(found: set[str], model: type[models.Model]) -> list[str]:
    """Composite foreign keys, validated in a second step so that no long lock is held on a big table."""
    table, out = model._meta.db_table, []
    for field in model._meta.local_fields:
        if not isinstance(field, models.ForeignKey) or field.db_constraint or field.name == "tenant":
            continue
        if not (isinstance(field, TenantForeignKey) or model is User):
            continue
        target = field.related_model._meta.db_table
        name = f"{table}_{field.column}_in_tenant"[:63]
        index = f"{table}_{field.column}_idx"[:63]
        out += _identity(found, target)
        if name not in found:
            out.append(
                f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY (tenant_id, {field.column}) "
                f"REFERENCES {target} (tenant_id, id) DEFERRABLE INITIALLY DEFERRED NOT VALID"
            )
            out.append(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        if index not in found:
            out.append(f"CREATE INDEX {index} ON {table} (tenant_id, {field.column})")
    return out


def _audit(found: set[str], model: type[TenantModel]) -> list[str]:
    table = model._meta.db_table
    hidden = ", ".join(f"'{column}'" for column in model.audit_redacted)
    new, old = "NEW TABLE AS new_rows", "OLD TABLE AS old_rows"
    out = []
    for event, rows in (("insert", new), ("update", f"{old} {new}"), ("delete", old)):
        if f"audit_{event}:{table}" not in found or hidden:
            out.append(
                f"CREATE OR REPLACE TRIGGER audit_{event} AFTER {event.upper()} ON {table} REFERENCING {rows} "
                f"FOR EACH STATEMENT EXECUTE FUNCTION audit_write({hidden})"
            )
    return out
