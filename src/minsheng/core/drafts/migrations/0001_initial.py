"""Drafts come from the rooms of people and of orders, rows and all; drafts of answers become sealed texts."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from minsheng.core.people import vault

_STREAM = "UPDATE orders_draft SET stream = 'order/' || order_id"
_BATCH = 500


def _seal(apps: Any, schema_editor: Any) -> None:
    """Seal what stood in clear, and read each back before the clear words go (the next migration)."""
    rows = apps.get_model("core_drafts", "UnitText").objects.using(schema_editor.connection.alias)
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk")[:_BATCH]):
        for row in batch:
            for field in ("text", "remark"):
                words, owner = getattr(row, field), f"text/{row.pk}"
                if words or field == "text":
                    sealed = vault.encrypt(words, owner=owner, field=field)
                    assert vault.decrypt(sealed, owner=owner, field=field) == words
                    setattr(row, f"{field}_enc", sealed)
            row.save(update_fields=["text_enc", "remark_enc"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    initial = True

    dependencies = [("people", "0007_former_units"), ("orders", "0008_sealed")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="FormDraft",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("form", models.TextField()),
                        ("body", models.BinaryField(null=True)),
                        ("saved_at", models.DateTimeField()),
                        ("expires_at", models.DateTimeField()),
                        ("done_key", models.UUIDField(null=True)),
                        (
                            "staff",
                            models.ForeignKey(
                                db_index=False,
                                on_delete=django.db.models.deletion.CASCADE,
                                related_name="+",
                                to=settings.AUTH_USER_MODEL,
                            ),
                        ),
                    ],
                    options={
                        "db_table": "people_formdraft",
                        "indexes": [models.Index(fields=["expires_at"], name="people_formdraft_expiry")],
                        "constraints": [
                            models.UniqueConstraint(fields=("staff", "form"), name="people_formdraft_staff_form"),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name="UnitText",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("order", models.TextField(db_column="order_id")),
                        ("unit", models.TextField()),
                        ("text", models.TextField()),
                        ("saved_by", models.TextField()),
                        ("saved_at", models.DateTimeField()),
                        ("submitted_at", models.DateTimeField(null=True)),
                        ("approved_digest", models.BinaryField(null=True)),
                        ("remark", models.TextField(blank=True, default="")),
                    ],
                    options={
                        "db_table": "orders_draft",
                        "constraints": [
                            models.UniqueConstraint(fields=("order", "unit"), name="orders_draft_order_unit"),
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField("unittext", "stream", models.TextField(default=""), preserve_default=False),
        migrations.AddField("unittext", "text_enc", models.BinaryField(null=True)),
        migrations.AddField("unittext", "remark_enc", models.BinaryField(null=True)),
        migrations.AddField("unittext", "approved_by", models.TextField(blank=True, default="")),
        migrations.AddField("unittext", "approved_at", models.DateTimeField(null=True)),
        migrations.RunSQL(_STREAM, migrations.RunSQL.noop),
        migrations.RunPython(_seal, migrations.RunPython.noop),
    ]
