"""Passwords that the program made are changed at the first sign-in."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds one column; accounts of before go on as they are."""

    dependencies = [("people", "0019_places")]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="password_is_first",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
