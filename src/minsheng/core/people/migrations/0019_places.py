"""Places that people name, for the field of a registration."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Adds one table."""

    dependencies = [("people", "0018_single_sign_on")]

    operations = [
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "city",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.city",
                    ),
                ),
                ("name", models.TextField()),
                ("region", models.TextField(blank=True, default="")),
                ("address", models.TextField(blank=True, default="")),
                ("aliases", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list)),
                ("found_by", models.TextField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("city", "name", "region"), condition=Q(ended_at=None), name="people_place_once"
                    ),
                    models.CheckConstraint(condition=~Q(name=""), name="people_place_name_given"),
                ],
            },
        ),
    ]
