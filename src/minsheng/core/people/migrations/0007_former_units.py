"""Names that units had, and what became of each."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table of its own; nothing of it for what is there."""

    dependencies = [("people", "0006_rosters"), ("policies", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="FormerUnit",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policies.city"
                    ),
                ),
                ("name", models.TextField()),
                ("what", models.TextField()),
                ("until", models.DateField()),
                (
                    "successor",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("what__in", ("rename", "merge", "split", "end"))),
                        name="people_formerunit_what",
                    ),
                    models.UniqueConstraint(
                        fields=("city", "name", "successor"),
                        name="people_formerunit_once",
                        nulls_distinct=False,
                    ),
                ],
            },
        ),
    ]
