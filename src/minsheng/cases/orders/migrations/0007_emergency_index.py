"""Emergencies among what is open, for the leaders' cockpit and the list of the desks."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0006_looking_back"),
        ("policies", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(models.Q(("status", "CLOSED"), _negated=True), ("is_emergency", True)),
                fields=["city", "due", "id"],
                name="orders_order_emergency",
            ),
        ),
    ]
