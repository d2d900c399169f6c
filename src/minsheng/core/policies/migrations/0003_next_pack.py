"""What takes a pack's place from a day on, and the trials of packs by their stories."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

_TEXTS = django.contrib.postgres.fields.ArrayField


class Migration(migrations.Migration):
    """Columns that may be empty and a table of its own: a program of before goes on with the pack of the row."""

    dependencies = [("policies", "0002_tiers")]

    operations = [
        migrations.AddField("city", "next_pack", models.TextField(null=True)),
        migrations.AddField("city", "next_overlays", _TEXTS(base_field=models.TextField(), null=True, size=None)),
        migrations.AddField("city", "next_from", models.DateField(null=True)),
        migrations.CreateModel(
            name="Trial",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("pack", models.TextField()),
                ("overlays", _TEXTS(base_field=models.TextField(), default=list, size=None)),
                ("starts_on", models.DateField()),
                ("state", models.TextField(default="WAITING")),
                ("stories", models.IntegerField(default=0)),
                ("steps", models.IntegerField(default=0)),
                ("faults", _TEXTS(base_field=models.TextField(), default=list, size=None)),
                ("asked_by", models.TextField()),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(null=True)),
                (
                    "city",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policies.city"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=("WAITING", "HELD", "FAILED", "USED")), name="policies_trial_state"
                    )
                ]
            },
        ),
    ]
