"""How far a collector outside has been told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds one table."""

    dependencies = [("ledger", "0006_outbox_request")]

    operations = [
        migrations.CreateModel(
            name="Sent",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
                ("refusal", models.BigIntegerField(default=0)),
                ("seal", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
