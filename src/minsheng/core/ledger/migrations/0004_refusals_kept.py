"""Refusals are append-only like events, and the seals cover them; a seal may cover refusals alone."""

from django.db import migrations, models
from django.db.models import F, Q

from minsheng.core.ledger import grants

GUARDS = """
CREATE TRIGGER ledger_refusal_append_only BEFORE UPDATE OR DELETE ON ledger_refusal
    FOR EACH ROW EXECUTE FUNCTION ledger_refuse_change();
CREATE TRIGGER ledger_refusal_no_truncate BEFORE TRUNCATE ON ledger_refusal
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
"""
UNGUARDS = """
DROP TRIGGER ledger_refusal_append_only ON ledger_refusal;
DROP TRIGGER ledger_refusal_no_truncate ON ledger_refusal;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_look")]

    operations = [
        migrations.AddField("seal", "refusals_to", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField("seal", "refusals_count", models.BigIntegerField(default=0, db_default=0)),
        migrations.AddField("seal", "refusals_hash", models.BinaryField(null=True)),
        migrations.AlterField("seal", "from_position", models.BigIntegerField()),
        migrations.AlterField("seal", "to_position", models.BigIntegerField()),
        migrations.RemoveConstraint("seal", "ledger_seal_range"),
        migrations.AddConstraint(
            "seal",
            models.CheckConstraint(
                condition=Q(to_position__gte=F("from_position")) | Q(count=0, to_position=F("from_position") - 1),
                name="ledger_seal_range",
            ),
        ),
        migrations.AddConstraint(
            "seal",
            models.UniqueConstraint(fields=["from_position"], condition=Q(count__gt=0), name="ledger_seal_from_once"),
        ),
        migrations.AddConstraint(
            "seal",
            models.UniqueConstraint(fields=["to_position"], condition=Q(count__gt=0), name="ledger_seal_to_once"),
        ),
        migrations.RunSQL(GUARDS, UNGUARDS),
        migrations.RunSQL(grants.SQL, migrations.RunSQL.noop),
    ]
