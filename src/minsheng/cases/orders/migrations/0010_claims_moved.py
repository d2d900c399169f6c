from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0009_drafts_moved"), ("live", "0003_claims")]

    operations = [
        # Claims are of any stream now; those that stand when the program is stopped run out meanwhile.
        migrations.DeleteModel("Claim"),
    ]
