"""Registrations that were not handed in."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="RegistrationDraft",
            fields=[
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("body", models.BinaryField(null=True)),
                ("saved_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("done_key", models.UUIDField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="desks_registrationdraft_expiry")],
            },
        ),
    ]
