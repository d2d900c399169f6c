"""A message is unique by fact, recipient and channel, and about any stream: what named an order and an account goes."""

from django.db import migrations, models

_STATES = ("WAITING", "NO_CARRIER", "SENT", "FAILED", "HELD")


class Migration(migrations.Migration):
    dependencies = [("core_messages", "0001_initial"), ("citizens", "0003_messages_moved")]

    operations = [
        migrations.RemoveIndex("message", "citizens_message_order"),
        migrations.RemoveIndex("message", "citizens_message_waiting"),
        migrations.RemoveConstraint("message", "citizens_message_once"),
        migrations.RemoveConstraint("message", "citizens_message_state"),
        migrations.RemoveField("message", "order"),
        migrations.RemoveField("message", "account"),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(condition=models.Q(("state__in", _STATES)), name="citizens_message_state"),
        ),
        migrations.AddConstraint(
            "message",
            models.UniqueConstraint(
                fields=("position", "place", "recipient", "channel"), name="citizens_message_once_each"
            ),
        ),
        migrations.AddIndex(
            "message",
            models.Index(
                condition=models.Q(("state__in", ("WAITING", "NO_CARRIER"))),
                fields=["next_at", "id"],
                name="citizens_message_due",
            ),
        ),
        migrations.AddIndex("message", models.Index(fields=["stream", "id"], name="citizens_message_stream")),
    ]
