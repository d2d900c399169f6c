"""An outbox row knows the request that it goes back to."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds one column with a default in the database, which an older program leaves alone."""

    dependencies = [("ledger", "0005_journals")]

    operations = [
        migrations.AddField("outbox", "request", models.TextField(default="", db_default="")),
    ]
