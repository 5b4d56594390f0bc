"""System checks: what must hold of the code before anything runs. The database's own side is tests/tenancy."""

from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import models

from .models import TenantForeignKey, TenantModel, User

OWN_APPS = {"tenants", "ledgers", "notices", "enterprises", "alliances", "policies", "demands", "reports"}
#: Our own tables without a tenant column, each with the reason.
GLOBAL_MODELS = {
    "tenants.Tenant": "the tenants themselves, read before a scope exists",
    "tenants.User": "operators have no tenant; own policy",
}


@register(Tags.models)
def every_model_belongs_to_a_tenant(app_configs: list[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
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
            unique = isinstance(constraint, models.UniqueConstraint)
            if unique and constraint.fields[:1] != ("tenant",) and constraint.name not in GLOBALLY_UNIQUE:
                errors.append(Error(f"唯一约束 {constraint.name} 要以租户开头。", obj=model, id="tenants.E003"))
        for field in model._meta.local_fields:
            if field.unique and not field.primary_key:
                errors.append(Error("全局唯一会泄露别的租户有什么。", obj=field, id="tenants.E004"))
    return errors


#: Random values that are looked up before a tenant is known; they tell nobody anything.
GLOBALLY_UNIQUE = {"invitation_token_once"}
