"""Separator sheets of bulk scans."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a table."""

    dependencies = [("incoming", "0003_found")]

    operations = [
        migrations.CreateModel(
            name="SeparatorSheet",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("number", models.TextField()),
                ("printed_at", models.DateTimeField()),
                ("printed_by", models.TextField()),
                ("used_at", models.DateTimeField(null=True)),
                ("incoming", models.UUIDField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("city", "number"), name="incoming_sheet_once"),
                ],
            },
        ),
    ]
