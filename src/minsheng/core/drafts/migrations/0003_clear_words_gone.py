"""A dropped column leaves its words in the table's file until the rows are written anew: write them anew."""

from django.db import migrations


class Migration(migrations.Migration):
    # VACUUM runs in no transaction.
    atomic = False

    dependencies = [("core_drafts", "0002_sealed")]

    operations = [migrations.RunSQL("VACUUM FULL orders_draft", migrations.RunSQL.noop)]
