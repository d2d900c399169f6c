"""Drafts of answers, and the index by which titles are found: pairs of neighbouring characters."""

import django.db.models.deletion
from django.db import migrations, models

FUNCTION = """
CREATE FUNCTION zh_bigrams(body text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT pair), '{}')
    FROM (
        SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
        FROM unnest(string_to_array(lower(body), NULL)) WITH ORDINALITY AS split (letter, place)
    ) AS pairs
    WHERE pair IS NOT NULL
$$;
CREATE INDEX orders_order_title_bigrams ON orders_order USING gin (zh_bigrams(title));
"""
BACK = "DROP INDEX orders_order_title_bigrams; DROP FUNCTION zh_bigrams(text);"


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("unit", models.TextField()),
                ("text", models.TextField()),
                ("saved_by", models.TextField()),
                ("saved_at", models.DateTimeField()),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="drafts", to="orders.order"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("order", "unit"), name="orders_draft_order_unit"),
        ),
        migrations.RunSQL(FUNCTION, BACK),
    ]
