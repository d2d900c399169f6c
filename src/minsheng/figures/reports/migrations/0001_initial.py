"""Reports, receipts, instructions, jobs, imported scores, the population, the leaders' board."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("policies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Board",
            fields=[
                (
                    "city",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="policies.city",
                    ),
                ),
                ("content", models.JSONField()),
                ("counted_at", models.DateTimeField(auto_now=True)),
            ],
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "city",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="policies.city",
                    ),
                ),
                ("content", models.JSONField()),
                ("counted_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Report",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("status", models.TextField(blank=True, default="")),
                ("version", models.IntegerField(default=0)),
                ("head", models.BinaryField(null=True)),
                ("due", models.DateTimeField(null=True)),
                ("is_late", models.BooleanField(default=False)),
                ("state", models.JSONField(null=True)),
                ("number", models.TextField(blank=True, default="")),
                ("figures", models.JSONField(null=True)),
                ("words", models.JSONField(default=dict)),
                ("document", models.BinaryField(null=True)),
                ("changed_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "city",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.city",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("state", models.TextField(default="WAITING")),
                ("stage", models.TextField(blank=True, default="")),
                ("done", models.IntegerField(default=0)),
                ("of", models.IntegerField(default=0)),
                ("stop_wanted", models.BooleanField(default=False)),
                ("asked_by", models.JSONField()),
                ("asked_at", models.DateTimeField()),
                ("beat_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("failure", models.TextField(blank=True, default="")),
                (
                    "city",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.city",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="jobs", to="reports.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Instruction",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("leader", models.TextField()),
                ("words", models.TextField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="instructions", to="reports.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("recipient", models.TextField()),
                ("is_copy", models.BooleanField()),
                ("sent_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(null=True)),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="deliveries", to="reports.report"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ImportedScore",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("criterion", models.TextField()),
                ("unit", models.TextField()),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("score", models.DecimalField(decimal_places=2, max_digits=5)),
                ("imported_by", models.TextField()),
                ("imported_at", models.DateTimeField()),
                (
                    "city",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.city",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("score__gte", 0), ("score__lte", 100)), name="reports_importedscore_range"
                    ),
                    models.UniqueConstraint(
                        fields=("city", "criterion", "unit", "since", "until"), name="reports_importedscore_once"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Population",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("year", models.IntegerField()),
                ("count", models.BigIntegerField()),
                ("source", models.TextField()),
                (
                    "city",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="policies.city",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("count__gt", 0)), name="reports_population_positive"),
                    models.UniqueConstraint(fields=("city", "year"), name="reports_population_once"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="report",
            index=models.Index(fields=["city", "-until", "-id"], name="reports_report_newest"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("until__gt", models.F("since"))), name="reports_report_period"
            ),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "WITHDRAWN"), _negated=True),
                fields=("city", "kind", "since", "until"),
                name="reports_report_once",
            ),
        ),
        migrations.AddIndex(
            model_name="job",
            index=models.Index(
                condition=models.Q(("state__in", ("WAITING", "RUNNING"))), fields=["asked_at"], name="reports_job_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ("WAITING", "RUNNING", "DONE", "STOPPED", "FAILED"))),
                name="reports_job_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="job",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("WAITING", "RUNNING"))),
                fields=("report",),
                name="reports_job_one_at_a_time",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["recipient", "-sent_at"], name="reports_delivery_recipient"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("report", "recipient"), name="reports_delivery_once"),
        ),
    ]
