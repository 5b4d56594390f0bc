"""Audit entries and search documents no longer check that their tenant exists: its row outlives them anyway."""

import django.db.models.deletion
from django.db import migrations, models

import tenants.scope


def _tenant() -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        default=tenants.scope.current_tenant_id,
        editable=False,
        on_delete=django.db.models.deletion.DO_NOTHING,
        related_name="+",
        to="tenants.tenant",
        verbose_name="租户",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_user_past_passwords"),
    ]

    operations = [
        migrations.AlterField(model_name="auditentry", name="tenant", field=_tenant()),
        migrations.AlterField(model_name="searchdocument", name="tenant", field=_tenant()),
    ]
