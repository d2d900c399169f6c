"""Experts whom units nominate for a term."""

from __future__ import annotations

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """A table of its own; nothing of it for what is there."""

    dependencies = [("people", "0009_desk_shifts"), ("policies", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Expert",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("fields", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("organization", models.TextField(blank=True, db_default="", default="")),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("phone_enc", models.BinaryField(null=True)),
                (
                    "city",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.city",
                    ),
                ),
                (
                    "nominated_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="experts", to="people.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="people_expert_dates"),
                    models.CheckConstraint(condition=~Q(fields=[]), name="people_expert_field_given"),
                ],
                "indexes": [models.Index(fields=["city", "ends_on"], name="people_expert_city_ends")],
            },
        ),
    ]
