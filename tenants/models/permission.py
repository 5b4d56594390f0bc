"""Object permissions inside a tenant, with a direct foreign key: a grant goes with its object's row."""

from django.db import models
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from .base import TenantForeignKey, TenantManager, TenantModel


class TenantPermissionManager(TenantManager, UserObjectPermissionManager):
    """Guardian's manager behind the tenant scope."""


class TenantUserPermission(TenantModel, UserObjectPermissionBase):
    """Base of the django-guardian tables; a subclass adds `content_object` and its uniqueness."""

    user = TenantForeignKey("tenants.User", models.CASCADE)

    objects = TenantPermissionManager()

    class Meta:
        abstract = True
