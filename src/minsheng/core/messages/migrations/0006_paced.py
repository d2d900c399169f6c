"""Messages are taken by their pace; those that left stand in no index of the few that did not."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


def index(*fields: str, name: str, condition: Q) -> AddIndexConcurrently:
    """Return the step that adds an index to messages."""
    return AddIndexConcurrently(
        model_name="message", index=models.Index(fields=list(fields), name=name, condition=condition)
    )


class Migration(migrations.Migration):
    """Changes indexes, while others write."""

    atomic = False
    dependencies = [("core_messages", "0005_receipts")]

    operations = [
        index(
            "pace",
            "next_at",
            "id",
            name="citizens_message_paced",
            condition=Q(("state__in", ("WAITING", "NO_CARRIER"))),
        ),
        index("provider", "provider_id", name="citizens_message_provider", condition=~Q(provider_id="")),
        index("sent_at", "id", name="citizens_message_awaits", condition=Q(awaits=True)),
        index("channel", "state", name="citizens_message_unleft", condition=~Q(state__in=("SENT", "DELIVERED"))),
        RemoveIndexConcurrently(model_name="message", name="citizens_message_due"),
        RemoveIndexConcurrently(model_name="message", name="citizens_message_unsent"),
    ]
