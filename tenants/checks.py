"""System checks: what must hold of the models before anything runs, and of the database before it is used."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections, models

from .models import TenantForeignKey, TenantModel, User
from .schema import policies

OWN_APPS = {"tenants", "ledgers", "notices", "enterprises", "alliances", "policies", "demands", "reports"}
#: Our own tables without a tenant column, each with the reason.
GLOBAL_MODELS = {
    "tenants.Tenant": "the tenants themselves, read before a scope exists",
    "tenants.User": "operators have no tenant; own policy",
    "tenants.PlatformEntry": "the trail of what belongs to no tenant; own policy",
}
#: Random values that are looked up before a tenant is known; they tell nobody anything.
GLOBALLY_UNIQUE = {"invitation_token_once"}


@register(Tags.models)
def every_model_belongs_to_a_tenant(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Each model of ours is a `TenantModel` or listed as global; references inside a tenant are composite."""
    errors: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.app_label not in OWN_APPS or model._meta.label in GLOBAL_MODELS:
            continue
        if not issubclass(model, TenantModel):
            errors.append(Error("没有租户：模型既不是 TenantModel，也没有列为全局。", obj=model, id="tenants.E001"))
            continue
        for field in model._meta.local_fields:
            if not isinstance(field, models.ForeignKey) or isinstance(field, TenantForeignKey):
                continue
            target = field.related_model
            if issubclass(target, TenantModel) or target is User:
                errors.append(Error("租户内的引用要用 TenantForeignKey。", obj=field, id="tenants.E002"))
        for constraint in model._meta.constraints:
            if not _starts_with_tenant(constraint) and constraint.name not in GLOBALLY_UNIQUE:
                errors.append(Error(f"唯一约束 {constraint.name} 要以租户开头。", obj=model, id="tenants.E003"))
        for field in model._meta.local_fields:
            if field.unique and not field.primary_key:
                errors.append(Error("全局唯一会泄露别的租户有什么。", obj=field, id="tenants.E004"))
    return errors


def _starts_with_tenant(constraint: models.BaseConstraint) -> bool:
    if isinstance(constraint, models.UniqueConstraint):
        return constraint.fields[:1] == ("tenant",)
    if isinstance(constraint, ExclusionConstraint):
        return constraint.expressions[0][0] == "tenant"
    return True


_FORCED = """
SELECT relname, array(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid ORDER BY 1) FROM pg_class c
WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity
"""


@register(Tags.database)
def row_security_is_forced(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """`check --database default`: each table has the row-level security that `tenants.schema` gives it; one query."""
    if "default" not in (databases or ()):
        return []
    wanted: dict[str, list[str]] = {}
    for policy in policies(owner=""):
        wanted.setdefault(policy.table, []).append(policy.name)
    with connections["default"].cursor() as cursor:
        cursor.execute(_FORCED)
        found = dict(cursor.fetchall())
    hint = "请执行 manage.py migrate：每次迁移之后会自动补齐。"
    return [
        Error(f"数据表 {table} 没有应有的行级安全策略，租户隔离不成立。", hint=hint, id="tenants.E010")
        for table, names in sorted(wanted.items())
        if found.get(table) != sorted(names)
    ]
