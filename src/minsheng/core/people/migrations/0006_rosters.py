"""Who stands in for a person on duty."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two columns of the roster, both empty for what is there."""

    dependencies = [("people", "0005_form_drafts")]

    operations = [
        migrations.AddField("roster", "substitute", models.TextField(db_default="", default="")),
        migrations.AddField("roster", "substitute_phone_enc", models.BinaryField(null=True)),
    ]
