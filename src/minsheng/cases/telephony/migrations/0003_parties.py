from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telephony", "0002_turns")]

    operations = [
        migrations.AddField(
            model_name="telephonyleg",
            name="is_party",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
