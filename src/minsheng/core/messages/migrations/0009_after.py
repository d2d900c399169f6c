"""The few messages about which something is still to be done are found at once."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Adds an index, while others write."""

    atomic = False
    dependencies = [("core_messages", "0008_next_channel")]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(fields=["after", "city", "id"], condition=~Q(after=""), name="citizens_message_after"),
        ),
    ]
