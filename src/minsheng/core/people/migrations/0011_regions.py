"""Regions as a tree with codes, and which of them a unit serves."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Tables of their own; a unit's district stands in its row as before."""

    dependencies = [("people", "0010_experts"), ("policies", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Region",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code", models.TextField()),
                ("name", models.TextField()),
                ("ended_on", models.DateField(null=True)),
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
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="people.region",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("city", "code"), name="people_region_city_code"),
                    models.CheckConstraint(
                        condition=Q(code__regex=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$"), name="people_region_code"
                    ),
                    models.CheckConstraint(condition=~Q(name=""), name="people_region_name_given"),
                ],
            },
        ),
        migrations.CreateModel(
            name="UnitRegion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="served_by", to="people.region"
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="serves",
                        to="people.unit",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("unit", "region"), name="people_unitregion_once"),
                ],
            },
        ),
    ]
