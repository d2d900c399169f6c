"""Why a job failed last. Procrastinate's own tables know how often, and nothing of the cause."""

from __future__ import annotations

from django.db import models


class Trouble(models.Model):
    """The kind of a job's last fault; never its words, which may hold whom the job was about."""

    job = models.BigIntegerField(primary_key=True)
    error = models.TextField()
    at = models.DateTimeField()
