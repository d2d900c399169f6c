"""Cities may have words of their own for what people are sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Adds one table."""

    dependencies = [("core_messages", "0003_unsent")]

    operations = [
        migrations.CreateModel(
            name="Template",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("kind", models.TextField()),
                ("number", models.IntegerField()),
                ("words", models.TextField(blank=True)),
                ("starts_on", models.DateField()),
                ("set_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("city", "kind", "number"), name="core_messages_template_number"),
                ],
            },
        ),
    ]
