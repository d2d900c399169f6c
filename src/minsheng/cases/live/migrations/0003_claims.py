"""Claims on the thing of any stream, where those on orders were the orders' own; a claim lasts a quarter of an hour."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("live", "0002_any_stream")]

    operations = [
        migrations.CreateModel(
            name="Claim",
            fields=[
                ("stream", models.TextField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("person", models.TextField()),
                ("role", models.TextField()),
                ("claimed_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["person", "expires_at"], name="live_claim_person")]},
        ),
    ]
