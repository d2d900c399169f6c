"""What came from one sender, and about one order, is found at once."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Adds an index, while others write."""

    atomic = False
    dependencies = [("incoming", "0002_any_channel")]

    operations = [
        AddIndexConcurrently(
            model_name="incoming",
            index=models.Index(fields=["sender_index", "id"], name="incoming_incoming_sender"),
        ),
        AddIndexConcurrently(
            model_name="incoming",
            index=models.Index(fields=["order", "id"], condition=~Q(order=""), name="incoming_incoming_order"),
        ),
    ]
