"""Orders that were refused as secrets are sealed: in no list, for nobody (SZ-13.3, JY-6.3, SQ-7.3)."""

from django.db import migrations, models
from django.db.models import Q

# What was refused before is sealed too; the facts say which.
FILL = """
    UPDATE orders_order SET is_sealed = true, state = jsonb_set(state, '{sealed}', 'true')
    WHERE reason = 'rejected' AND EXISTS (
        SELECT 1 FROM ledger_event
        WHERE stream = 'order/' || orders_order.id AND type = 'NotAccepted' AND body->'event'->>'code' = 'R3'
    )
"""
OPEN = Q(("status", "CLOSED"), _negated=True)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_upkeep"), ("orders", "0007_emergency_index")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="is_sealed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="order", name="orders_order_waiting"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=OPEN,
                fields=["city", "status", "due", "id"],
                include=("is_internal", "is_sealed", "extension_pending", "is_disputed", "is_emergency", "supervised"),
                name="orders_order_waiting",
            ),
        ),
        migrations.RemoveIndex(model_name="order", name="orders_order_oversight"),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=OPEN & ~Q(("lead", "")),
                fields=["city", "lead", "status", "due"],
                include=("id", "is_internal", "is_sealed", "urges"),
                name="orders_order_oversight",
            ),
        ),
    ]
