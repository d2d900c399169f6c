import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("citizens", "0001_initial")]

    operations = [
        migrations.RemoveConstraint(model_name="message", name="citizens_message_state"),
        migrations.AddField(
            model_name="message",
            name="account",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="citizens.account"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("WAITING", "SENT", "FAILED", "HELD"))), name="citizens_message_state"
            ),
        ),
    ]
