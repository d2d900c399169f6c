"""The states of all messages are looked at once."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    """Checks a constraint."""

    dependencies = [("core_messages", "0006_paced")]

    operations = [ValidateConstraint(model_name="message", name="citizens_message_standing")]
