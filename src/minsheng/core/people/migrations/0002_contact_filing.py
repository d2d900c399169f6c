"""The filing of a changed contact: the projection of its stream beside the post."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="unitcontact",
            name="due",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="unitcontact",
            name="head",
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name="unitcontact",
            name="state",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="unitcontact",
            name="status",
            field=models.TextField(default="FILED"),
        ),
        migrations.AddField(
            model_name="unitcontact",
            name="version",
            field=models.IntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="unitcontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ("PENDING", "FILED"))), name="people_unitcontact_status"
            ),
        ),
    ]
