from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("enterprises", "0002_ledger_key")]

    operations = [
        migrations.AddField(
            model_name="cadre",
            name="initials",
            field=models.CharField(default="", editable=False, max_length=40),
            preserve_default=False,
        ),
    ]
