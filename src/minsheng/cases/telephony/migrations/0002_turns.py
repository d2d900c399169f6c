from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("telephony", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="TelephonyTurn",
            fields=[
                ("city", models.TextField(primary_key=True, serialize=False)),
                ("turn", models.BigIntegerField(default=0)),
            ],
            options={"db_table": "telephony_turn"},
        ),
    ]
