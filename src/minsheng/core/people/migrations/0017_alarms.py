"""Alarms of the security administrator, and the addresses from which a city is administered."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


def _of_city() -> models.ForeignKey[object, object]:
    return models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="policies.city")


class Migration(migrations.Migration):
    """Tables of their own; no address is demanded until somebody names one."""

    dependencies = [("people", "0016_password_rules"), ("policies", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("about", models.TextField()),
                ("count", models.IntegerField()),
                ("rang_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField(null=True)),
                ("city", _of_city()),
            ],
            options={"indexes": [models.Index(fields=["city", "-rang_at"], name="people_alarm_city_rang")]},
        ),
        migrations.CreateModel(
            name="AdminNetwork",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("network", models.TextField()),
                ("city", _of_city()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["city", "network"], name="people_adminnetwork_once"),
                ]
            },
        ),
    ]
