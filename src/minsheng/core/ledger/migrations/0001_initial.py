"""The ledger's tables, the triggers that refuse change, and the grants of the application's role."""

from django.db import migrations, models

from minsheng.core.ledger import grants

GUARDS = """
CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $refuse$
BEGIN
    RAISE EXCEPTION '% of % refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$refuse$;
CREATE TRIGGER ledger_event_append_only BEFORE UPDATE OR DELETE ON ledger_event
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_event_no_truncate BEFORE TRUNCATE ON ledger_event
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_seal_append_only BEFORE UPDATE OR DELETE ON ledger_seal
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_seal_no_truncate BEFORE TRUNCATE ON ledger_seal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
UNGUARDS = """
DROP TRIGGER ledger_event_append_only ON ledger_event;
DROP TRIGGER ledger_event_no_truncate ON ledger_event;
DROP TRIGGER ledger_seal_append_only ON ledger_seal;
DROP TRIGGER ledger_seal_no_truncate ON ledger_seal;
DROP FUNCTION ledger_refuse_change();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Outbox",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("stream", models.TextField()),
                ("from_version", models.IntegerField()),
                ("to_version", models.IntegerField()),
                ("recorded_at", models.DateTimeField()),
                ("retry_at", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("last_error", models.TextField(default="")),
            ],
        ),
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("stream", models.TextField(primary_key=True, serialize=False)),
                ("due", models.DateTimeField()),
                ("kind", models.TextField()),
                ("held_until", models.DateTimeField(null=True)),
                ("attempts", models.IntegerField(default=0)),
                ("last_error", models.TextField(default="")),
            ],
            options={
                "indexes": [models.Index(fields=["due"], name="ledger_alarm_due")],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("position", models.BigAutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("stream", models.TextField()),
                ("version", models.IntegerField()),
                ("type", models.TextField()),
                ("at", models.DateTimeField()),
                ("recorded_at", models.DateTimeField()),
                ("actor", models.JSONField()),
                ("body", models.JSONField()),
                ("prev_hash", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("stream", "version"), name="ledger_event_stream_version"),
                    models.CheckConstraint(
                        condition=models.Q(("version__gt", 0)), name="ledger_event_version_positive"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Idempotency",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("scope", models.TextField()),
                ("key", models.TextField()),
                ("fingerprint", models.BinaryField()),
                ("status", models.IntegerField(null=True)),
                ("body", models.JSONField(null=True)),
                ("created_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["created_at"], name="ledger_idempotency_created")],
                "constraints": [models.UniqueConstraint(fields=("scope", "key"), name="ledger_idempotency_scope_key")],
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("city", models.TextField()),
                ("stream", models.TextField()),
                ("actor", models.JSONField()),
                ("command", models.TextField()),
                ("code", models.TextField()),
            ],
            options={
                "indexes": [models.Index(fields=["stream", "at"], name="ledger_refusal_stream_at")],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("from_position", models.BigIntegerField(unique=True)),
                ("to_position", models.BigIntegerField(unique=True)),
                ("count", models.BigIntegerField()),
                ("prev", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("sealed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("to_position__gte", models.F("from_position"))), name="ledger_seal_range"
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNGUARDS),
        migrations.RunSQL(grants.SQL, migrations.RunSQL.noop),
    ]
