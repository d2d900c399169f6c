"""Passwords of before, which are not taken again, and requests of those who have forgotten theirs."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def _of_staff() -> models.ForeignKey[object, object]:
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.staff")


class Migration(migrations.Migration):
    """Tables of their own; nobody's password changes."""

    dependencies = [("people", "0015_passwords_by_code")]

    operations = [
        migrations.CreateModel(
            name="FormerPassword",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("password", models.TextField()),
                ("staff", _of_staff()),
            ],
        ),
        migrations.CreateModel(
            name="PasswordRequest",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("asked_at", models.DateTimeField()),
                ("handled_at", models.DateTimeField(null=True)),
                ("staff", _of_staff()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=Q(handled_at=None), fields=["staff"], name="people_passwordrequest_one_open"
                    )
                ]
            },
        ),
    ]
