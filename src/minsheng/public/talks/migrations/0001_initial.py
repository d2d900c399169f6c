"""What was taken from accounts, how far talks have come, what is done after the answer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Makes three tables."""

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Errand",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("account", models.TextField()),
                ("sealed", models.BinaryField()),
                ("attempts", models.IntegerField(db_default=0, default=0)),
                ("next_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["next_at"], name="talks_errand_next")],
            },
        ),
        migrations.CreateModel(
            name="Taken",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("proof", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="talks_taken_at")],
                "constraints": [models.UniqueConstraint(fields=("proof",), name="talks_taken_proof")],
            },
        ),
        migrations.CreateModel(
            name="Talk",
            fields=[
                ("person", models.BinaryField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("draft", models.UUIDField(null=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="talks_talk_expires")],
            },
        ),
    ]
