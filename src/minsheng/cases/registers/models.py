"""What the registers hold: a row each, beside their streams."""

from __future__ import annotations

from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.registers import bylaw, incident, mechanism, paper, plan, training


class Paper(LifeCycleRow):
    """A rule or standard; `number` is its own."""

    title = models.TextField(default="", blank=True)
    issued = models.DateField(null=True)

    class Meta:
        indexes = list_indexes("registers_paper", ends=(paper.REPEALED,))


class Training(LifeCycleRow):
    """A training; `target_unit`: whose it is, nobody's is the center's."""

    title = models.TextField(default="", blank=True)
    starts_at = models.DateTimeField(null=True)

    class Meta:
        indexes = list_indexes("registers_training", ends=(training.HELD, training.CANCELLED))


class Mechanism(LifeCycleRow):
    """A mechanism of joint governance; `since` and `until` are days, the last one included."""

    title = models.TextField(default="", blank=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    class Meta:
        indexes = list_indexes("registers_mechanism", ends=(mechanism.ENDED,))


class Plan(LifeCycleRow):
    """An emergency plan; `edition`: the version in force, none yet is 0."""

    title = models.TextField(default="", blank=True)
    edition = models.IntegerField(default=0)

    class Meta:
        indexes = list_indexes("registers_plan", ends=(plan.ENDED,))


class Bylaw(LifeCycleRow):
    """A unit's own implementing rules; `sign` and `handle` are amounts, empty where the city's limit stands."""

    title = models.TextField(default="", blank=True)
    sign = models.TextField(default="", blank=True)
    handle = models.TextField(default="", blank=True)

    class Meta:
        indexes = list_indexes("registers_bylaw", ends=(bylaw.ENDED,))


class Incident(LifeCycleRow):
    """An incident of the platform."""

    began_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    down_minutes = models.IntegerField(default=0)

    class Meta:
        indexes = list_indexes("registers_incident", ends=(incident.REVIEWED,))
