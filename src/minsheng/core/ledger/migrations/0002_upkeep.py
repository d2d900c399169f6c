"""Keep small the two tables that every command passes. A migration of its own: Django makes its LIKE index last."""

from django.db import migrations

# Every command moves an alarm and passes the outbox: room on the pages, early vacuum, and no second index on the stream
# for LIKE, which Django adds to every text key.
UPKEEP = """
ALTER TABLE ledger_alarm SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE ledger_outbox SET (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
DO $like$
DECLARE name text;
BEGIN
    FOR name IN SELECT indexname FROM pg_indexes
        WHERE schemaname = current_schema() AND tablename = 'ledger_alarm' AND indexdef LIKE '%text_pattern_ops%'
    LOOP
        EXECUTE format('DROP INDEX %I', name);
    END LOOP;
END
$like$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(UPKEEP, migrations.RunSQL.noop)]
