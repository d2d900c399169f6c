"""The index of the oversight of units has since when they do nothing; one finds what a session has collected."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0013_programme")]

    operations = [
        migrations.RunSQL("SET lock_timeout = 0", migrations.RunSQL.noop),
        RemoveIndexConcurrently(model_name="order", name="orders_order_oversight"),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=Q(Q(("status", "CLOSED"), _negated=True), Q(("lead", ""), _negated=True)),
                fields=["city", "lead", "status", "due"],
                include=("id", "is_internal", "is_sealed", "urges", "urged_since"),
                name="orders_order_oversight",
            ),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(
                condition=Q(("programme", ""), _negated=True),
                fields=["city", "programme"],
                name="orders_order_programme",
            ),
        ),
    ]
