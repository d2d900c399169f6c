"""The tier of a city. What has a parent platform was a county's, as the command's help said of it."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    """A column with a default in the database: programs of before go on opening cities."""

    dependencies = [("policies", "0001_initial")]

    operations = [
        migrations.AddField("city", "tier", models.TextField(db_default="city", default="city")),
        migrations.RunSQL(
            "UPDATE policies_city SET tier = 'county' WHERE parent_id IS NOT NULL", migrations.RunSQL.noop
        ),
        migrations.AddConstraint(
            "city",
            models.CheckConstraint(condition=Q(tier__in=("province", "city", "county")), name="policies_city_tier"),
        ),
        migrations.AddConstraint(
            "city", models.CheckConstraint(condition=~Q(parent=F("code")), name="policies_city_not_its_own_parent")
        ),
    ]
