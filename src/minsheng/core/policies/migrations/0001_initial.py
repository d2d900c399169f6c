"""Cities and calendar years."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CalendarYear",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("country", models.TextField(default="CN")),
                ("year", models.IntegerField()),
                ("holidays", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                ("workdays", django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), size=None)),
                ("final", models.BooleanField()),
                ("source", models.TextField()),
                ("loaded_at", models.DateTimeField()),
                ("loaded_by", models.TextField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("country", "year"), name="policies_calendaryear_country_year"),
                    models.CheckConstraint(
                        condition=models.Q(("year__range", (2000, 2199))), name="policies_calendaryear_year"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="City",
            fields=[
                ("code", models.TextField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("pack", models.TextField()),
                (
                    "overlays",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("pack_folder", models.TextField(blank=True, default="")),
                ("active", models.BooleanField(default=True)),
                ("display", models.JSONField(default=dict)),
                ("opened_at", models.DateTimeField()),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="policies.city",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", "^[a-z][a-z0-9_]{1,39}$")), name="policies_city_code"
                    )
                ],
            },
        ),
    ]
