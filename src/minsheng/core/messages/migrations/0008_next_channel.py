"""What is said of a message that failed: by which channel it went before, and what is still to be done."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds columns."""

    dependencies = [("core_messages", "0007_checked")]

    operations = [
        migrations.AddField(
            model_name="message", name="instead_of", field=models.TextField(blank=True, db_default="", default="")
        ),
        migrations.AddField(model_name="message", name="text_enc", field=models.BinaryField(null=True)),
        migrations.AddField(
            model_name="message", name="after", field=models.TextField(blank=True, db_default="", default="")
        ),
    ]
