"""Who took a message, and what became of it, as its provider tells."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


def added(name: str, field: models.Field[Any, Any]) -> migrations.AddField:
    """Return the step that adds a column to messages."""
    return migrations.AddField(model_name="message", name=name, field=field)


class Migration(migrations.Migration):
    """Adds columns, a table of receipts, and a state."""

    dependencies = [("core_messages", "0004_templates")]

    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("provider", models.TextField()),
                ("provider_id", models.TextField()),
                ("outcome", models.TextField()),
                ("at", models.DateTimeField()),
                ("is_used", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "db_table": "core_messages_receipt",
                "indexes": [models.Index(fields=["at"], name="core_messages_receipt_at")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("provider", "provider_id", "outcome"), name="core_messages_receipt_once"
                    )
                ],
            },
        ),
        added("awaits", models.BooleanField(db_default=False, default=False)),
        added("delivered_at", models.DateTimeField(null=True)),
        added("pace", models.IntegerField(db_default=2, default=2)),
        added("parts", models.IntegerField(db_default=0, default=0)),
        added("resent", models.IntegerField(db_default=0, default=0)),
        added("provider", models.TextField(blank=True, db_default="", default="")),
        added("provider_id", models.TextField(blank=True, db_default="", default="")),
        added("why", models.TextField(blank=True, db_default="", default="")),
        migrations.RemoveConstraint(model_name="message", name="citizens_message_state"),
        AddConstraintNotValid(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=Q(state__in=("WAITING", "NO_CARRIER", "SENT", "DELIVERED", "FAILED", "HELD")),
                name="citizens_message_standing",
            ),
        ),
    ]
