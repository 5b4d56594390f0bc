"""What the database itself must hold for tenants to stay apart; brought up to date after every `migrate`.

For each `TenantModel`: forced row-level security with one policy, a composite foreign key and index per reference
inside the tenant, and the audit trigger. Nothing is written by hand per table, so no table can be forgotten, and
`tests/tenancy` compares the catalogue with the models. Why statements after `migrate` and not operations in
migrations: docs/adr/0004.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import md5

from django.apps import apps
from django.db import connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from .models import AuditEntry, Invitation, PlatformEntry, SearchDocument, Tenant, TenantForeignKey, TenantModel, User

#: The sub-select is evaluated once per statement: sequential scans are four times faster than with the bare call.
CURRENT = "(SELECT NULLIF(current_setting('app.tenant_id', true), '')::bigint)"
SAME_TENANT = f"tenant_id = {CURRENT}"
BOOTSTRAP = "(SELECT current_setting('app.bootstrap', true)) = 'on'"
CROSS_TENANT = "(SELECT current_setting('app.cross_tenant', true)) = 'on'"
MYSELF = "id = (SELECT NULLIF(current_setting('app.actor_id', true), '')::bigint)"
#: Account names are unique on the installation; ending with the own slug, they tell nobody which names others use.
OWN_NAME = f"username LIKE '%@' || (SELECT slug FROM tenants_tenant WHERE id = {CURRENT})"  # noqa: S608
MY_ACCOUNT = f"EXISTS (SELECT 1 FROM {User._meta.db_table} u WHERE u.id = user_id)"  # noqa: S608

#: Account tables of libraries: visible with the user they belong to, whose own policy decides.
USER_OWNED_TABLES = ("account_emailaddress", "authtoken_token", "mfa_authenticator", "usersessions_usersession")
#: Installed by libraries, unused here: the application role has no business with them.
CLOSED_TABLES = (
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "guardian_groupobjectpermission",
    "guardian_userobjectpermission",
)
#: Written by migrations, the same for every tenant.
READ_ONLY_TABLES = ("auth_permission", "django_content_type", "django_migrations")
#: Rows that only their secret key finds, before anybody is known; they hold no business data.
OPEN_TABLES = ("django_session",)
AUDIT_TABLE = AuditEntry._meta.db_table
#: Who did what. Written once, never changed: the application role may insert and select.
TRAILS = (AUDIT_TABLE, PlatformEntry._meta.db_table)
#: What an audit entry calls its object: the first of these columns that the table has.
LABEL_COLUMNS = ("name", "number", "title", "full_name", "label", "topic", "document_number", "original_name")


@dataclass(frozen=True)
class Policy:
    """One row-level security policy; without `using` (`check`) its command reads (writes) nothing."""

    table: str
    name: str
    using: str | None
    check: str | None
    command: str = "ALL"
    role: str = "PUBLIC"

    @property
    def sql(self) -> str:
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return f"CREATE POLICY {self.name} ON {self.table} FOR {self.command} TO {self.role}{using}{check}"

    @property
    def digest(self) -> str:
        """Kept as the policy's comment: an unchanged one is left alone, because replacing it locks the table."""
        return md5(self.sql.encode(), usedforsecurity=False).hexdigest()


def policies(owner: str) -> list[Policy]:
    """Every policy of the database. `owner` is the quoted role that owns the tables and the search function."""
    tenant, user, invitation = (model._meta.db_table for model in (Tenant, User, Invitation))
    operator = f"tenant_id IS NULL AND {CROSS_TENANT}"
    known = f"{SAME_TENANT} OR (tenant_id IS NULL AND {MYSELF}) OR {BOOTSTRAP} OR ({operator})"
    written = f"({SAME_TENANT} AND {OWN_NAME}) OR ({operator})"
    found = [
        Policy(tenant, "may_read", f"id = {CURRENT} OR {BOOTSTRAP} OR {CROSS_TENANT}", None, "SELECT"),
        Policy(tenant, "may_insert", None, CROSS_TENANT, "INSERT"),
        Policy(tenant, "may_update", CROSS_TENANT, CROSS_TENANT, "UPDATE"),
        Policy(user, "may_read", known, None, "SELECT"),
        Policy(user, "may_insert", None, written, "INSERT"),
        # Sign-in notes its time, and moves a password to newer hashing, before the scope is open.
        Policy(user, "may_update", known, f"{written} OR (tenant_id IS NULL AND {MYSELF}) OR {BOOTSTRAP}", "UPDATE"),
        Policy(user, "may_delete", f"{SAME_TENANT} OR ({operator})", None, "DELETE"),
        Policy(invitation, "may_look_up", BOOTSTRAP, None, "SELECT"),
        Policy(PlatformEntry._meta.db_table, "operators", CROSS_TENANT, CROSS_TENANT),
        # For the function below, which names the tenant itself.
        Policy(SearchDocument._meta.db_table, "search_function", "true", "true", role=owner),
    ]
    found += [Policy(model._meta.db_table, "tenant_isolation", SAME_TENANT, SAME_TENANT) for model in tenant_models()]
    found += [Policy(table, "my_account", MY_ACCOUNT, MY_ACCOUNT) for table in USER_OWNED_TABLES]
    return found


AUDIT_FUNCTION = f"""
CREATE OR REPLACE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
-- Arguments: the column that names the object ('' for none), then the columns whose values must not be shown.
-- One entry per changed row, set-based. Accounts that change outside any scope (sign-in) are left to `audit.record`.
DECLARE
    tenant bigint := NULLIF(current_setting('app.tenant_id', true), '')::bigint;
    actor bigint := NULLIF(current_setting('app.actor_id', true), '')::bigint;
    request text := COALESCE(current_setting('app.request_id', true), '');
    label text := CASE WHEN TG_ARGV[0] = '' THEN quote_literal('') ELSE format('left(r.%I::text, 200)', TG_ARGV[0]) END;
    hidden text[] := TG_ARGV[1:];
    target text := 'INSERT INTO {AUDIT_TABLE} (tenant_id, actor_id, verb, object_type, object_id, object_label,'
                   ' changes, request_id, at) ';
BEGIN
    IF TG_OP = 'INSERT' THEN
        EXECUTE target || format(
            'SELECT r.tenant_id, $1, ''create'', $2, r.id, %s, ''{{}}''::jsonb, $3, now() FROM new_rows r'
            ' WHERE r.tenant_id = $4', label)
        USING actor, TG_TABLE_NAME, request, tenant;
    ELSIF TG_OP = 'UPDATE' THEN
        EXECUTE target || format(
            'SELECT r.tenant_id, $1, ''update'', $2, r.id, %s, d.changes, $3, now()'
            ' FROM new_rows r JOIN old_rows o ON o.id = r.id AND o.* IS DISTINCT FROM r.*'
            ' CROSS JOIN LATERAL ('
            '   SELECT jsonb_object_agg(a.key, CASE WHEN a.key = ANY ($5) THEN ''["***", "***"]''::jsonb'
            '                                       ELSE jsonb_build_array(b.value, a.value) END) AS changes'
            '   FROM jsonb_each(to_jsonb(r)) a JOIN jsonb_each(to_jsonb(o)) b ON b.key = a.key'
            '   WHERE a.value IS DISTINCT FROM b.value'
            ' ) d WHERE r.tenant_id = $4', label)
        USING actor, TG_TABLE_NAME, request, tenant, hidden;
    ELSE
        EXECUTE target || format(
            'SELECT r.tenant_id, $1, ''delete'', $2, r.id, %s, to_jsonb(r) - $5, $3, now() FROM old_rows r'
            ' WHERE r.tenant_id = $4', label)
        USING actor, TG_TABLE_NAME, request, tenant, hidden;
    END IF;
    RETURN NULL;
END $$
"""  # noqa: S608

TENANT_FOR_LIFE = """
CREATE OR REPLACE FUNCTION tenant_for_life() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = 'a user never moves to another tenant';
END $$
"""

# `@>` on arrays is not leakproof, so under row-level security its index would be ignored. The function runs as the
# owner, for whom (and for this one derived table only) a second policy admits every row; the tenant it puts before each
# pair of characters itself. Without any pair it reads all documents of the kind.
SEARCH_FUNCTION = rf"""
CREATE OR REPLACE FUNCTION search_ids(wanted_kind text, wanted text[], term text) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    -- Letters only after the digits of the tenant: no kind can make one tenant's prefix out of another's.
    prefix text := {CURRENT} || substring(wanted_kind FROM '^[a-z]+\.([a-z][a-z])');
    found bigint[];
BEGIN
    IF prefix IS NULL THEN
        RETURN '{{}}';
    ELSIF cardinality(wanted) = 0 THEN
        SELECT array_agg(object_id) INTO found FROM tenants_searchdocument
        WHERE tenant_id = {CURRENT} AND kind = wanted_kind AND position(term IN text) > 0;
    ELSIF length(term) = 2 THEN
        SELECT array_agg(object_id) INTO found FROM tenants_searchdocument WHERE grams @> ARRAY[prefix || wanted[1]];
    ELSE
        SELECT array_agg(object_id) INTO found FROM tenants_searchdocument
        WHERE grams @> (SELECT array_agg(prefix || pair) FROM unnest(wanted) AS pair) AND position(term IN text) > 0;
    END IF;
    RETURN COALESCE(found, '{{}}');
END $$
"""  # noqa: S608


def tenant_models() -> list[type[TenantModel]]:
    """Every concrete model whose rows belong to one tenant."""
    return [model for model in apps.get_models() if issubclass(model, TenantModel) and model._meta.managed]


def written_once() -> list[str]:
    """The tables whose rows stay as they were written: the trails, and what models say of themselves."""
    return [*TRAILS, *(model._meta.db_table for model in tenant_models() if model.written_once)]


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
    # In transactions of their own: reading a big table must not hold the lock that adding the constraint took.
    with connection.cursor() as cursor:
        cursor.execute("SELECT conrelid::regclass, conname FROM pg_constraint WHERE NOT convalidated")
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")


def _statements(connection: BaseDatabaseWrapper, present: set[str], app_role: str, owner: str) -> list[str]:
    found = _catalogue(connection)
    out = [AUDIT_FUNCTION, TENANT_FOR_LIFE, SEARCH_FUNCTION]
    out += [
        "REVOKE ALL ON FUNCTION search_ids(text, text[], text) FROM PUBLIC",
        f"GRANT EXECUTE ON FUNCTION search_ids(text, text[], text) TO {app_role}",
    ]
    out += [
        f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM {app_role}" for table in written_once() if table in present
    ]
    out += [f"REVOKE ALL ON {table} FROM {app_role}" for table in CLOSED_TABLES if table in present]
    out += [
        f"REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON {table} FROM {app_role}"
        for table in READ_ONLY_TABLES
        if table in present
    ]
    out += _row_security(found, [policy for policy in policies(owner) if policy.table in present])
    owned: list[type[models.Model]] = [*tenant_models(), User]
    for model in owned:
        if model._meta.db_table in present:
            out += _references(found, model)
            out += _audit(found, model)
    user, search = User._meta.db_table, SearchDocument._meta.db_table
    if f"tenant_for_life:{user}:" not in found:
        out.append(
            f"CREATE TRIGGER tenant_for_life BEFORE UPDATE ON {user} FOR EACH ROW "
            "WHEN (OLD.tenant_id IS DISTINCT FROM NEW.tenant_id) EXECUTE FUNCTION tenant_for_life()"
        )
    if "search_document_grams" not in found:
        out.append(f"CREATE INDEX search_document_grams ON {search} USING gin (grams)")
    return out


def _catalogue(connection: BaseDatabaseWrapper) -> set[str]:
    """What exists: constraints, indexes, "trigger:table:arguments", "forced:table", "policy:table:digest"."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conname::text FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION SELECT indexname::text FROM pg_indexes WHERE schemaname = 'public'
            UNION SELECT tgname || ':' || tgrelid::regclass || ':' || encode(tgargs, 'escape')
                  FROM pg_trigger WHERE NOT tgisinternal
            UNION SELECT 'forced:' || relname FROM pg_class
                  WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity
            UNION SELECT 'policy:' || polrelid::regclass || ':' || polname || ':'
                         || coalesce(obj_description(oid, 'pg_policy'), '') FROM pg_policy
            """
        )
        return {row[0] for row in cursor.fetchall()}


def _row_security(found: set[str], wanted: list[Policy]) -> list[str]:
    """Force row-level security; leave exactly the wanted policies: any other one would open the table further."""
    out = []
    for table in sorted({policy.table for policy in wanted}):
        if f"forced:{table}" not in found:
            out += [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"]
    keys = {f"policy:{policy.table}:{policy.name}:{policy.digest}": policy for policy in wanted}
    for key in sorted(found - keys.keys()):
        if key.startswith("policy:"):
            _, table, name, _ = key.split(":")
            out.append(f"DROP POLICY {name} ON {table}")
    for key, policy in keys.items():
        if key not in found:
            out += [policy.sql, f"COMMENT ON POLICY {policy.name} ON {policy.table} IS '{policy.digest}'"]
    return out


def _identity(found: set[str], table: str) -> list[str]:
    name = f"{table}_tenant_identity"
    if name in found:
        return []
    found.add(name)
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (tenant_id, id)"]


def _references(found: set[str], model: type[models.Model]) -> list[str]:
    """Composite foreign keys, not yet validated, and their indexes."""
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
        if index not in found:
            out.append(f"CREATE INDEX {index} ON {table} (tenant_id, {field.column})")
    return out


def _audit(found: set[str], model: type[models.Model]) -> list[str]:
    if not getattr(model, "audited", True):
        return []
    table, columns = model._meta.db_table, {field.column for field in model._meta.local_fields}
    label = next((column for column in LABEL_COLUMNS if column in columns), "")
    arguments = [label, *model.audit_redacted]
    new, old = "NEW TABLE AS new_rows", "OLD TABLE AS old_rows"
    key = ":".join((table, "".join(f"{argument}\\000" for argument in arguments)))
    return [
        f"CREATE OR REPLACE TRIGGER audit_{event} AFTER {event.upper()} ON {table} REFERENCING {rows} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION audit_write({', '.join(repr(argument) for argument in arguments)})"
        for event, rows in (("insert", new), ("update", f"{old} {new}"), ("delete", old))
        if f"audit_{event}:{key}" not in found
    ]
