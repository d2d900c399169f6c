"""Roles with dates, desk, level and a specialist's kinds. What was given before holds always, as it did."""

from __future__ import annotations

import django.contrib.postgres.fields
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """Columns with defaults in the database: programs of before go on writing rows."""

    dependencies = [("people", "0007_former_units")]

    operations = [
        migrations.AddField("roleassignment", "starts_on", models.DateField(null=True)),
        migrations.AddField("roleassignment", "ends_on", models.DateField(null=True)),
        migrations.AddField("roleassignment", "desk", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("roleassignment", "level", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField(
            "roleassignment",
            "kinds",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.TextField(), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddConstraint(
            "roleassignment",
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="people_roleassignment_dates"),
        ),
        migrations.AddConstraint(
            "roleassignment",
            models.CheckConstraint(condition=Q(kinds=[]) | Q(role="specialist"), name="people_roleassignment_kinds"),
        ),
    ]
