"""A draft is unique by stream and unit; what named an order, and the words in clear, go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core_drafts", "0001_initial"),
        ("orders", "0009_drafts_moved"),
        ("people", "0012_drafts_moved"),
    ]

    operations = [
        migrations.RemoveConstraint("unittext", "orders_draft_order_unit"),
        migrations.RemoveField("unittext", "order"),
        migrations.RemoveField("unittext", "text"),
        migrations.RemoveField("unittext", "remark"),
        migrations.AddConstraint(
            "unittext", models.UniqueConstraint(fields=("stream", "unit"), name="drafts_unittext_once")
        ),
        migrations.AddIndex(
            "unittext",
            models.Index(
                condition=models.Q(("submitted_at__isnull", False)),
                fields=["unit", "stream"],
                name="drafts_unittext_sent",
            ),
        ),
    ]
