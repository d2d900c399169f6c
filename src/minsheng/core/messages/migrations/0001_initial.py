"""Messages come from the room of citizens, rows and all; an order is a stream, an account a recipient."""

from django.db import migrations, models

_FILL = """
    UPDATE citizens_message SET stream = 'order/' || "order",
        recipient = CASE WHEN account_id IS NULL THEN 'citizen' ELSE 'account:' || account_id END
"""
_OLD = ("WAITING", "SENT", "FAILED", "HELD")


class Migration(migrations.Migration):
    initial = True

    dependencies = [("citizens", "0002_messages")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        ("id", models.BigAutoField(primary_key=True, serialize=False)),
                        ("city", models.TextField()),
                        ("position", models.BigIntegerField()),
                        ("place", models.IntegerField()),
                        ("order", models.TextField()),
                        ("kind", models.TextField()),
                        ("params", models.JSONField(default=dict)),
                        ("account", models.UUIDField(db_column="account_id", null=True)),
                        ("state", models.TextField(default="WAITING")),
                        ("attempts", models.IntegerField(default=0)),
                        ("next_at", models.DateTimeField()),
                        ("sent_at", models.DateTimeField(null=True)),
                    ],
                    options={
                        "db_table": "citizens_message",
                        "indexes": [
                            models.Index(
                                condition=models.Q(("state", "WAITING")),
                                fields=["next_at"],
                                name="citizens_message_waiting",
                            ),
                            models.Index(fields=["order", "id"], name="citizens_message_order"),
                        ],
                        "constraints": [
                            models.UniqueConstraint(fields=("position", "place"), name="citizens_message_once"),
                            models.CheckConstraint(
                                condition=models.Q(("state__in", _OLD)), name="citizens_message_state"
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.AddField("message", "stream", models.TextField(default=""), preserve_default=False),
        migrations.AddField("message", "recipient", models.TextField(default=""), preserve_default=False),
        migrations.AddField("message", "channel", models.TextField(default="sms")),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
    ]
