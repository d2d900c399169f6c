"""Codes that set a password, and whose session each is."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """A column with a default of the database's own, and a table: a program of before goes on beside them."""

    dependencies = [("people", "0014_factors")]

    operations = [
        migrations.AddField("signinpass", "sets_password", models.BooleanField(db_default=False, default=False)),
        migrations.CreateModel(
            name="OpenSession",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("session_key", models.TextField(unique=True)),
                ("begun_at", models.DateTimeField(db_default=Now())),
                (
                    "staff",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
    ]
