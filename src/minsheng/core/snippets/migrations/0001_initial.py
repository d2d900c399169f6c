"""The table of snippets."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Adds one table."""

    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Snippet",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("city", models.TextField()),
                ("scope", models.TextField()),
                ("unit", models.TextField(blank=True, default="")),
                ("staff", models.BigIntegerField(null=True)),
                ("title", models.TextField()),
                ("words", models.TextField()),
                ("set_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(scope="city", unit="", staff=None)
                        | (Q(scope="unit", staff=None) & ~Q(unit=""))
                        | Q(scope="person", unit="", staff__isnull=False),
                        name="snippets_snippet_whose",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["city", "title"], condition=Q(ended_at=None), name="snippets_snippet_offered"),
                ],
            },
        ),
    ]
