from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0011_regions"), ("core_drafts", "0001_initial")]

    operations = [
        # Their table is that of the room of drafts now.
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("FormDraft")]),
    ]
