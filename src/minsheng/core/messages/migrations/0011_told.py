"""When a message was kept, for the lake."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds a column."""

    dependencies = [("core_messages", "0010_sessions")]

    operations = [
        migrations.AddField(model_name="message", name="told_at", field=models.DateTimeField(null=True)),
    ]
