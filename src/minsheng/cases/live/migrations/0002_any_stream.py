"""Somebody looks at the thing of any stream. The column keeps its name; what it held is over in a minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("live", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("presence", "live_presence_once"),
                migrations.RenameField("presence", "order", "stream"),
                migrations.AddConstraint(
                    "presence", models.UniqueConstraint(fields=("stream", "staff"), name="live_presence_once")
                ),
            ],
        ),
    ]
