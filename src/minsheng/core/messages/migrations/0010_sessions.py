"""What sessions with carriers submitted and heard, and how they stand."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds four tables."""

    dependencies = [
        ("core_messages", "0009_after"),
    ]

    operations = [
        migrations.CreateModel(
            name="Binding",
            fields=[
                ("provider", models.TextField(primary_key=True, serialize=False)),
                ("is_bound", models.BooleanField(db_default=False, default=False)),
                ("unanswered", models.IntegerField(db_default=0, default=0)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Part",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("provider", models.TextField()),
                ("provider_id", models.TextField()),
                ("submission", models.BigIntegerField(null=True)),
                ("outcome", models.TextField(blank=True, db_default="", default="")),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [
                    models.Index(fields=["submission"], name="core_messages_part_of"),
                    models.Index(fields=["at"], name="core_messages_part_at"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "provider_id"), name="core_messages_part_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Piece",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("provider", models.TextField()),
                ("message", models.TextField()),
                ("place", models.IntegerField()),
                ("body", models.TextField()),
                ("sealed", models.BinaryField()),
                ("is_done", models.BooleanField(db_default=False, default=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="core_messages_piece_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "message", "place"), name="core_messages_piece_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="Submission",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("provider", models.TextField()),
                ("reference", models.TextField()),
                ("provider_id", models.TextField(blank=True, db_default="", default="")),
                ("parts", models.IntegerField(db_default=0, default=0)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="core_messages_submission_at")],
                "constraints": [
                    models.UniqueConstraint(fields=("provider", "reference"), name="core_messages_submission_once")
                ],
            },
        ),
    ]
