"""What comes by any channel: which one, why a seat looks at it, and what several of one sender are found by."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds columns."""

    dependencies = [("incoming", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="incoming", name="channel", field=models.TextField(db_default="sms", default="sms")
        ),
        migrations.AddField(
            model_name="incoming", name="note", field=models.TextField(blank=True, db_default="", default="")
        ),
        migrations.AddField(model_name="incoming", name="sender_index", field=models.BinaryField(null=True)),
    ]
