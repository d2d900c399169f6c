import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("people", "0004_sign_in")]

    operations = [
        migrations.CreateModel(
            name="FormDraft",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("form", models.TextField()),
                ("body", models.BinaryField(null=True)),
                ("saved_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("done_key", models.UUIDField(null=True)),
                (
                    "staff",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="people_formdraft_expiry")],
                "constraints": [
                    models.UniqueConstraint(fields=("staff", "form"), name="people_formdraft_staff_form"),
                ],
            },
        ),
    ]
