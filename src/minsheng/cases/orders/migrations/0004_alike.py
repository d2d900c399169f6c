"""The index by which open orders of similar words are found while a seat types."""

from __future__ import annotations

import django.contrib.postgres.indexes
from django.db import migrations, models
from django.db.models import F, Func


class Migration(migrations.Migration):
    # The function is made with the index of all titles.
    dependencies = [("orders", "0003_desks"), ("appeals", "0002_search")]

    operations = [
        migrations.AddIndex(
            model_name="order",
            index=django.contrib.postgres.indexes.GinIndex(
                Func(F("title"), function="zh_bigrams"),
                condition=models.Q(models.Q(("status", "CLOSED"), _negated=True), ("is_internal", False)),
                name="orders_order_alike",
            ),
        ),
    ]
