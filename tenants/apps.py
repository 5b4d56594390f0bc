from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


def _reconcile(sender: AppConfig, using: str, **kwargs: Any) -> None:
    from .schema import reconcile

    last = [config for config in apps.get_app_configs() if config.models_module][-1]
    if using == "owner" and sender is last:
        reconcile(using)


class TenantsConfig(AppConfig):
    name = "tenants"
    verbose_name = "租户与权限"

    def ready(self) -> None:
        from . import accounts, checks, reveals  # noqa: F401 - checks and receivers register themselves
        from .selectors import user_get

        reveals.register("user", user_get, "phone")

        post_migrate.connect(_reconcile, dispatch_uid="tenants.schema.reconcile")
