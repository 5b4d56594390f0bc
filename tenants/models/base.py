"""What every table of a tenant has in common."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from tenants.scope import current_tenant_id, require_tenant_id


class TenantManager(models.Manager):
    """Raises outside a tenant scope: an early error. The boundary itself is the database's row-level security."""

    def get_queryset(self) -> models.QuerySet:
        require_tenant_id()
        return super().get_queryset()

    def none(self) -> models.QuerySet:
        """No row, which needs no scope: the API's description is made without one."""
        return super().get_queryset().none()


class TenantForeignKey(models.ForeignKey):
    """A reference inside one tenant.

    The database constraint is the composite `(tenant_id, <column>) → (tenant_id, id)` that `tenants.schema` adds with
    its index, because PostgreSQL checks a plain foreign key *past* row-level security and so would accept another
    tenant's row.
    """

    def __init__(self, to: Any, on_delete: Any = models.PROTECT, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        kwargs.setdefault("db_index", False)
        super().__init__(to, on_delete, **kwargs)


def owning_tenant(*, db_constraint: bool = True) -> models.ForeignKey:
    """The tenant whose row it is. Row-level security admits the open tenant alone; the constraint besides keeps a
    tenant from being deleted under its rows, which technical rows written by the thousand can do without."""
    return models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT if db_constraint else models.DO_NOTHING,
        default=current_tenant_id,
        editable=False,
        db_constraint=db_constraint,
        db_index=False,
        related_name="+",
        verbose_name="租户",
    )


class TenantModel(models.Model):
    """A table whose rows belong to one tenant: forced row-level security, composite references, audit trail."""

    #: Whether the database writes an audit entry for each changed row. False only for derived or technical rows.
    audited: ClassVar[bool] = True
    #: Columns whose values the audit trail never shows (it says only that they changed).
    audit_redacted: ClassVar[tuple[str, ...]] = ()
    #: Written once, never changed: the application role may insert and select, nothing else (`tenants.schema`).
    written_once: ClassVar[bool] = False
    #: Columns that a user may search by; written to the search index by `tenants.search.index`.
    search_fields: ClassVar[tuple[str, ...]] = ()
    #: Those of them that hold a code: four or more characters of it are looked for, not two.
    search_codes: ClassVar[tuple[str, ...]] = ()

    tenant = owning_tenant()

    objects = TenantManager()

    class Meta:
        abstract = True
