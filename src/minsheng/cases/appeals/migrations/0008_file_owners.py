from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("appeals", "0007_joined"),
    ]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="owner",
            field=models.TextField(db_default="order", default="order"),
        ),
        migrations.RemoveConstraint(
            model_name="attachment",
            name="appeals_attachment_purpose",
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("owner", "order"), _negated=True),
                    ("purpose__in", ("APPEAL", "REPLY", "RETURN", "EXTENSION", "COMMENT")),
                    _connector="OR",
                ),
                name="appeals_attachment_purpose",
            ),
        ),
    ]
