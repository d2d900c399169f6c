"""The index by which titles are found: pairs of neighboring characters.

It stands on the appeal and not on the order, since an appeal's row never changes: an order's does with every step,
and would pay for the index each time.
"""

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION zh_bigrams(body text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(DISTINCT pair), '{}')
    FROM (
        SELECT letter || lead(letter) OVER (ORDER BY place) AS pair
        FROM unnest(string_to_array(lower(body), NULL)) WITH ORDINALITY AS split (letter, place)
    ) AS pairs
    WHERE pair IS NOT NULL
$$;
CREATE INDEX appeals_appeal_title_bigrams ON appeals_appeal USING gin (zh_bigrams(title));
"""
BACK = "DROP INDEX appeals_appeal_title_bigrams; DROP FUNCTION zh_bigrams(text);"


class Migration(migrations.Migration):
    dependencies = [("appeals", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTION, BACK)]
