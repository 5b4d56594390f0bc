"""Every tenant that is there already gets the first version of its calendar, as `calendar_begin` gives new ones."""

from uuid import uuid4

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

from tenants.migration import for_each_tenant
from tenants.working_days import STATUTORY, official_days


def begin(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    alias = schema_editor.connection.alias
    version, day = apps.get_model("tenants", "CalendarVersion"), apps.get_model("tenants", "CalendarDay")
    years = sorted(STATUTORY.years)[-3:]
    for tenant in for_each_tenant(schema_editor):
        made = version.objects.using(alias).create(
            tenant_id=tenant,
            number=1,
            reason="按国务院办公厅公布的放假安排建立",
            known_years=years,
            made_at=timezone.now(),
            form_token=uuid4(),
        )
        day.objects.using(alias).bulk_create(
            day(
                tenant_id=tenant,
                version=made,
                day=each.day,
                is_working=each.is_working,
                is_official=each.is_official,
                name=each.name,
            )
            for year in years
            for each in official_days(year)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0005_working_day_calendar"),
    ]

    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
