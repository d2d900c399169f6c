"""The messages of the last days, and those of a part of the ledger, are found without reading all."""

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    """Adds indexes, while others write."""

    atomic = False
    dependencies = [("core_messages", "0011_told")]

    operations = [
        AddIndexConcurrently(model_name="message", index=BrinIndex(fields=["told_at"], name="citizens_message_told")),
        AddIndexConcurrently(
            model_name="message", index=BrinIndex(fields=["position"], name="citizens_message_position")
        ),
    ]
