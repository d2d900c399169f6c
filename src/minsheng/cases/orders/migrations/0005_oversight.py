"""What the supervisor's desk counts: urges as a column, and the indexes that its numbers are read from."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q

# Rows that stand already say it in their state.
FILL = "UPDATE orders_order SET urges = (state->>'urges')::int WHERE (state->>'urges')::int > 0"


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_alike")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="urges",
            field=models.IntegerField(db_default=0, default=0),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=Q(("status", "CLOSED"), _negated=True) & ~Q(("lead", "")),
                fields=["city", "lead", "status", "due"],
                include=("id", "is_internal", "urges"),
                name="orders_order_oversight",
            ),
        ),
        migrations.AddIndex(
            model_name="breach",
            index=models.Index(fields=["city", "code", "due"], include=("party", "order"), name="orders_breach_month"),
        ),
    ]
