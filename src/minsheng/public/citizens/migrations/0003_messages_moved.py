from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("citizens", "0002_messages"), ("core_messages", "0001_initial")]

    operations = [
        # Their table is that of the room of messages now.
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Message")]),
    ]
