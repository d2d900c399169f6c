"""Whom the city's sign-in service means by its own name for a person."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table of its own; nobody signs in by another service until somebody is bound to it."""

    dependencies = [("people", "0017_alarms")]

    operations = [
        migrations.CreateModel(
            name="SignInSubject",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("subject", models.TextField(unique=True)),
                (
                    "staff",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.staff"
                    ),
                ),
            ],
        ),
    ]
