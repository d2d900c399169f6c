import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("ledger", "0001_initial"),
        ("policies", "0001_initial"),
    ]

    operations = [
        # Numbers come in blocks of a hundred, one block a process (`orders.numbering`).
        migrations.RunSQL("CREATE SEQUENCE orders_number INCREMENT BY 100", "DROP SEQUENCE orders_number"),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("number", models.TextField(unique=True)),
                ("title", models.TextField(blank=True, default="")),
                ("version", models.IntegerField()),
                ("head", models.BinaryField()),
                ("status", models.TextField()),
                ("reason", models.TextField(null=True)),
                ("type", models.TextField()),
                ("channel", models.TextField()),
                ("lead", models.TextField(blank=True, default="")),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("target_unit", models.TextField(blank=True, default="")),
                ("handler", models.TextField(blank=True, default="")),
                ("is_internal", models.BooleanField(default=False)),
                ("is_emergency", models.BooleanField(default=False)),
                ("is_published", models.BooleanField(default=False)),
                ("extension_pending", models.BooleanField(default=False)),
                ("supervised", models.BooleanField(default=False)),
                ("matter", models.TextField(blank=True, default="")),
                ("parent", models.TextField(blank=True, default="")),
                ("round", models.IntegerField(default=1)),
                ("registered_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
                ("due", models.DateTimeField()),
                ("state", models.JSONField()),
                (
                    "city",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.city",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Breach",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("seq", models.IntegerField()),
                ("code", models.TextField()),
                ("party", models.TextField()),
                ("at", models.DateTimeField()),
                ("due", models.DateTimeField(null=True)),
                ("timer", models.TextField(blank=True, default="")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="breaches", to="orders.order"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("status", "CLOSED"), _negated=True),
                fields=["city", "status", "due", "id"],
                name="orders_order_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(fields=["city", "-registered_at", "-id"], name="orders_order_newest"),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("matter", ""), _negated=True), fields=["city", "matter"], name="orders_order_matter"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("parent", ""), _negated=True), fields=["parent"], name="orders_order_parent"
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("status", "CLOSED"), _negated=True),
                fastupdate=False,
                fields=["units"],
                name="orders_order_units",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(models.Q(("status", "CLOSED"), _negated=True), ("extension_pending", True)),
                fields=["city", "due", "id"],
                name="orders_order_extension",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("supervised", True)), fields=["city", "due", "id"], name="orders_order_supervised"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(condition=models.Q(("version__gte", 1)), name="orders_order_version"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("is_internal", False), ("is_published", False), _connector="OR"),
                name="orders_order_internal_never_public",
            ),
        ),
        migrations.AddIndex(
            model_name="breach",
            index=models.Index(fields=["city", "party", "code", "due"], name="orders_breach_party"),
        ),
        migrations.AddConstraint(
            model_name="breach",
            constraint=models.UniqueConstraint(fields=("order", "seq"), name="orders_breach_order_seq"),
        ),
    ]
