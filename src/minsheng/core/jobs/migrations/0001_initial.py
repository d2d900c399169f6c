"""Why jobs failed. The jobs themselves lie in the tables that Procrastinate's own migrations make."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Trouble",
            fields=[
                ("job", models.BigIntegerField(primary_key=True, serialize=False)),
                ("error", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
