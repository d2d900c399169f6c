from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Signal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("audience", models.TextField()),
                ("kind", models.TextField()),
                ("order", models.TextField(blank=True, db_column="order_id", default="")),
                ("version", models.IntegerField(default=0)),
                ("at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["city", "audience", "id"], name="live_signal_audience")],
            },
        ),
        migrations.CreateModel(
            name="Presence",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("order", models.TextField(db_column="order_id")),
                ("staff", models.BigIntegerField(db_column="staff_id")),
                ("name", models.TextField()),
                ("role", models.TextField()),
                ("unit", models.TextField(blank=True, default="")),
                ("typing", models.BooleanField(default=False)),
                ("seen_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["seen_at"], name="live_presence_seen")],
                "constraints": [models.UniqueConstraint(fields=("order", "staff"), name="live_presence_once")],
            },
        ),
        migrations.RunSQL("ALTER TABLE live_presence SET UNLOGGED", "ALTER TABLE live_presence SET LOGGED"),
    ]
