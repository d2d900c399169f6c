"""A unit's text says what it is to be said as."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core_drafts", "0003_clear_words_gone")]

    operations = [
        migrations.AddField("unittext", "purpose", models.TextField(blank=True, db_default="", default="")),
    ]
