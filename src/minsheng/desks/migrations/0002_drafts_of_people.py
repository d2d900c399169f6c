"""What seats had typed moves to where the drafts of all forms are; its seal names the same owner there."""

from __future__ import annotations

from django.db import migrations

_MOVE = """
    INSERT INTO people_formdraft (staff_id, form, body, saved_at, expires_at, done_key)
    SELECT staff_id, 'registration', body, saved_at, expires_at, done_key FROM desks_registrationdraft
"""


class Migration(migrations.Migration):
    dependencies = [("desks", "0001_initial"), ("people", "0005_form_drafts")]

    operations = [
        migrations.RunSQL(_MOVE, migrations.RunSQL.noop),
        migrations.DeleteModel(name="RegistrationDraft"),
    ]
