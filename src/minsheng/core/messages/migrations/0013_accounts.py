"""Tokens of accounts in WeChat and WeCom, and who wrote to them lately."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds two tables."""

    dependencies = [
        ("core_messages", "0012_told_found"),
    ]

    operations = [
        migrations.CreateModel(
            name="AccessToken",
            fields=[
                ("account", models.TextField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("expires_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Heard",
            fields=[
                ("key", models.BinaryField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="core_messages_heard_at")],
            },
        ),
    ]
