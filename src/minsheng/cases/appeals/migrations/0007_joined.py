from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0006_bound"),
    ]

    operations = [
        migrations.AddField(
            model_name="addition",
            name="joined",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="attachment",
            name="joined",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
    ]
