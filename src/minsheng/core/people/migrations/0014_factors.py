"""Second factors of staff, recovery codes, remembered devices, and the count by which sessions are ended."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


def _of_staff() -> models.ForeignKey[object, object]:
    return models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="people.staff")


class Migration(migrations.Migration):
    """Tables of their own; nobody has a factor yet, and every session goes on."""

    dependencies = [("people", "0013_three_administrators")]

    operations = [
        migrations.AddField("staff", "session_epoch", models.IntegerField(db_default=0, default=0)),
        migrations.CreateModel(
            name="Factor",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("secret_enc", models.BinaryField(null=True)),
                ("credential", models.BinaryField(null=True)),
                ("count", models.BigIntegerField(default=0)),
                ("added_at", models.DateTimeField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("used_at", models.DateTimeField(null=True)),
                ("staff", _of_staff()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind="totp", secret_enc__isnull=False) | Q(kind="key", credential__isnull=False),
                        name="people_factor_kind",
                    )
                ]
            },
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("code_hash", models.BinaryField()),
                ("used_at", models.DateTimeField(null=True)),
                ("staff", _of_staff()),
            ],
        ),
        migrations.CreateModel(
            name="KnownDevice",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("token_hash", models.BinaryField(unique=True)),
                ("until", models.DateTimeField()),
                ("staff", _of_staff()),
            ],
        ),
    ]
