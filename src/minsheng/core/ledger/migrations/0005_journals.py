"""Journals: what comes by the million and has no life cycle, append-only, a partition a month, covered by the seals."""

from django.db import migrations, models

from minsheng.core.ledger import grants

TABLE = """
CREATE SEQUENCE ledger_entry_position_seq;
CREATE TABLE ledger_entry (
    position bigint NOT NULL DEFAULT nextval('ledger_entry_position_seq') CHECK (position > 0),
    city text NOT NULL,
    kind text NOT NULL,
    stream text NOT NULL,
    key text NOT NULL,
    at timestamptz NOT NULL,
    actor jsonb NOT NULL,
    body jsonb NOT NULL,
    digest bytea NOT NULL,
    PRIMARY KEY (position, at),
    CONSTRAINT ledger_entry_once UNIQUE (stream, key, at)
) PARTITION BY RANGE (at);
ALTER SEQUENCE ledger_entry_position_seq OWNED BY ledger_entry.position;
CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE ON ledger_entry
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
# The application's role makes no tables; it may ask for months by this function of the owner's. A partition bears the
# triggers that its parent can't hand down, and whoever reads it does so through the parent's rights.
MONTHS = """
CREATE FUNCTION ledger_make_months(since date, until date) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $months$
DECLARE
    month date := date_trunc('month', since);
    name text;
    made integer := 0;
BEGIN
    IF until >= since + interval '10 years' THEN
        RAISE EXCEPTION 'more than ten years of months at once' USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('ledger_make_months', 0));
    WHILE month <= until LOOP
        name := 'ledger_entry_' || to_char(month, 'YYYY_MM');
        IF to_regclass(name) IS NULL THEN
            EXECUTE format('CREATE TABLE %I (LIKE ledger_entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
            EXECUTE format('ALTER TABLE ledger_entry ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', name,
                month::timestamp AT TIME ZONE 'Asia/Shanghai',
                (month + interval '1 month')::timestamp AT TIME ZONE 'Asia/Shanghai');
            EXECUTE format('CREATE TRIGGER ledger_entry_no_truncate BEFORE TRUNCATE ON %I
                FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change()', name);
            IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'minsheng_app') THEN
                EXECUTE format('REVOKE ALL ON %I FROM minsheng_app', name);
                EXECUTE format('GRANT SELECT ON %I TO minsheng_app', name);
            END IF;
            made := made + 1;
        END IF;
        month := month + interval '1 month';
    END LOOP;
    RETURN made;
END
$months$;
REVOKE ALL ON FUNCTION ledger_make_months(date, date) FROM PUBLIC;
SELECT ledger_make_months((now() - interval '1 month')::date, (now() + interval '3 months')::date);
"""
UNDO = """
DROP TABLE ledger_entry;
DROP FUNCTION ledger_make_months(date, date);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_refusals_kept")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE, UNDO), migrations.RunSQL(MONTHS, migrations.RunSQL.noop)],
            state_operations=[
                migrations.CreateModel(
                    name="Entry",
                    fields=[
                        ("position", models.BigAutoField(primary_key=True, serialize=False)),
                        ("city", models.TextField()),
                        ("kind", models.TextField()),
                        ("stream", models.TextField()),
                        ("key", models.TextField()),
                        ("at", models.DateTimeField()),
                        ("actor", models.JSONField()),
                        ("body", models.JSONField()),
                        ("digest", models.BinaryField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=["stream", "key", "at"], name="ledger_entry_once"),
                            models.CheckConstraint(
                                condition=models.Q(position__gt=0), name="ledger_entry_position_check"
                            ),
                        ]
                    },
                ),
            ],
        ),
        migrations.AddField("seal", "entries_to", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField("seal", "entries_count", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField("seal", "entries_hash", models.BinaryField(null=True)),
        migrations.RunSQL(grants.SQL, migrations.RunSQL.noop),
    ]
