"""The few messages that are not sent stand in an index of their own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds one index."""

    dependencies = [("core_messages", "0002_any_stream")]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                fields=["channel", "state"],
                condition=models.Q(("state", "SENT"), _negated=True),
                name="citizens_message_unsent",
            ),
        ),
    ]
