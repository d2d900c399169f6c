"""Reports, who got them, what leaders wrote on them, the jobs that make them, and scores that others gave."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.db import models
from django.db.models import Q

JOB_STATES = ("WAITING", "RUNNING", "DONE", "STOPPED", "FAILED")


class Report(models.Model):
    """A report, and the projection of its stream `report/<id>`. The ledger holds digests of figures and words.

    `figures`: the tables as they were counted, with the lake's generation and the moment; `words`: section → text with
    fields; `document`: what was sent, byte for byte what `digest` in the ledger is of.
    """

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField()
    since = models.DateField()
    until = models.DateField()
    status = models.TextField(default="", blank=True)
    version = models.IntegerField(default=0)
    head = models.BinaryField(null=True)
    due = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False)
    state = models.JSONField(null=True)
    number = models.TextField(default="", blank=True)
    figures = models.JSONField(null=True)
    words = models.JSONField(default=dict)
    document = models.BinaryField(null=True)
    changed_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=models.F("since")), name="reports_report_period"),
            # Reports that come of their own accord exist once a period; a withdrawn one may be made again.
            models.UniqueConstraint(
                fields=["city", "kind", "since", "until"],
                condition=~Q(status="WITHDRAWN"),
                name="reports_report_once",
            ),
        ]
        indexes = [models.Index(fields=["city", "-until", "-id"], name="reports_report_newest")]


class Delivery(models.Model):
    """One recipient of a report, or one that gets a copy; with its receipt."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="deliveries")
    recipient = models.TextField()
    is_copy = models.BooleanField()
    sent_at = models.DateTimeField()
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "recipient"], name="reports_delivery_once")]
        indexes = [models.Index(fields=["recipient", "-sent_at"], name="reports_delivery_recipient")]


class Instruction(models.Model):
    """What a leader wrote on a report. Source: SZ-35a, AR-2.3."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="instructions")
    leader = models.TextField()
    words = models.TextField()
    recorded_at = models.DateTimeField()


class Job(models.Model):
    """Work that takes a while: asked for by a person, done by a worker, seen on the page, stopped on demand.

    `beat_at`: the worker's last sign of life; a job whose worker died is taken up again.
    """

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="jobs")
    state = models.TextField(default="WAITING")
    stage = models.TextField(default="", blank=True)
    done = models.IntegerField(default=0)
    of = models.IntegerField(default=0)
    stop_wanted = models.BooleanField(default=False)
    asked_by = models.JSONField()
    asked_at = models.DateTimeField()
    beat_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failure = models.TextField(default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JOB_STATES), name="reports_job_state"),
            models.UniqueConstraint(
                fields=["report"], condition=Q(state__in=("WAITING", "RUNNING")), name="reports_job_one_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["asked_at"], condition=Q(state__in=("WAITING", "RUNNING")), name="reports_job_open")
        ]


class ImportedScore(models.Model):
    """A score that a third party or a mystery call gave a unit for a period. Source: SZ-36, SQ-15."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    criterion = models.TextField()
    unit = models.TextField()
    since = models.DateField()
    until = models.DateField()
    score = models.DecimalField(max_digits=5, decimal_places=2)
    imported_by = models.TextField()
    imported_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=100), name="reports_importedscore_range"),
            models.UniqueConstraint(
                fields=["city", "criterion", "unit", "since", "until"], name="reports_importedscore_once"
            ),
        ]


class Population(models.Model):
    """How many people live in a city in a year, and who says so: figures per 100,000 rest on it. Source: AR-1.2a."""

    id = models.BigAutoField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    year = models.IntegerField()
    count = models.BigIntegerField()
    source = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(count__gt=0), name="reports_population_positive"),
            models.UniqueConstraint(fields=["city", "year"], name="reports_population_once"),
        ]


class Board(models.Model):
    """What the leaders' board shows of a city, as it was counted last."""

    city = models.OneToOneField("policies.City", primary_key=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    counted_at = models.DateTimeField(auto_now=True)


class Watch(models.Model):
    """How a city's units stood when it was looked last: the red lights of the leaders' board."""

    city = models.OneToOneField("policies.City", primary_key=True, on_delete=models.PROTECT, related_name="+")
    content = models.JSONField()
    counted_at = models.DateTimeField()
