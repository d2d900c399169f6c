"""Shifts at the hotline's desks."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """A table of its own; nothing of it for what is there."""

    dependencies = [("people", "0008_terms_of_roles"), ("policies", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="DeskShift",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("desk", models.TextField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
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
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="shifts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(ends_at__gt=F("starts_at")), name="people_deskshift_ends_after_start"
                    ),
                ],
                "indexes": [models.Index(fields=["city", "desk", "ends_at"], name="people_deskshift_desk_ends")],
            },
        ),
    ]
