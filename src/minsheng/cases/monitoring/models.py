"""Rows of monitoring: what rules count, violations, dossiers, and the counters of the board."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.monitoring import dossier, violation


class Occurrence(models.Model):
    """A fact of the ledger that some rule may count. `key`: stream, version and place in the fact, once for all.

    `at`: the missed moment, else when it happened; `clock`: which deadline was missed; `by`: who returned an order;
    `is_annulled`: the ledger took it back; `is_hidden`: its order exists for few; `freed_by`: the sources of the
    violations that it made and that were annulled, by whose rules it counts no more (JY-25.3).
    """

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    key = models.TextField(unique=True)
    event = models.TextField()
    party = models.TextField()
    at = models.DateTimeField()
    source = models.TextField()
    clock = models.TextField(default="", blank=True)
    by = models.TextField(default="", blank=True)
    is_annulled = models.BooleanField(default=False)
    is_hidden = models.BooleanField(default=False)
    freed_by = ArrayField(models.TextField(), default=list, db_default=[])

    class Meta:
        indexes = [
            models.Index(fields=["city", "party", "event", "at"], name="monitoring_fact_party"),
            models.Index(fields=["source", "event"], name="monitoring_fact_source"),
        ]

    def counts_for(self, code: str) -> bool:
        """Tell whether it stands, and counts by a rule."""
        return not self.is_annulled and not any(each.startswith(f"{code} ") for each in self.freed_by)


class Violation(LifeCycleRow):
    """A violation; `target_unit` is the unit that it falls on, empty for the office.

    `kind`: the rule's code; `month`: in which it counts; `source`: what makes it the same one; `seers`: roles for which
    it exists; `counts`: it stands in the counters; `account`: of the person who answers; `dossier`: its number.
    """

    party = models.TextField()
    month = models.TextField()
    counted = models.DateField()
    source = models.TextField(default="", blank=True)
    orders = ArrayField(models.TextField(), default=list)
    seers = ArrayField(models.TextField(), default=list)
    counts = models.BooleanField(default=False)
    is_personal = models.BooleanField(default=False)
    account = models.TextField(default="", blank=True)
    reminders = models.IntegerField(default=0)
    dossier = models.TextField(default="", blank=True)
    is_lapsed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            # Whoever is told of the same facts at the same moment raises it once.
            models.UniqueConstraint(
                fields=["city", "source", "is_restricted"],
                condition=~Q(source="") & Q(is_lapsed=False),
                name="monitoring_violation_once",
            ),
        ]
        indexes = [
            *list_indexes("monitoring_violation", ends=(violation.DISMISSED, violation.ANNULLED)),
            models.Index(fields=["city", "kind", "party", "month"], name="monitoring_violation_counted"),
            models.Index(fields=["city", "-counted", "-id"], name="monitoring_violation_newest"),
            models.Index(
                fields=["city", "target_unit", "counted"],
                condition=Q(is_personal=True),
                name="monitoring_violation_who",
            ),
            GinIndex(fields=["orders"], name="monitoring_violation_orders"),
        ]


class Dossier(LifeCycleRow):
    """Violations handed on together; `seers`: roles for which all of them exist."""

    seers = ArrayField(models.TextField(), default=list)
    receivers = ArrayField(models.TextField(), default=list)

    class Meta:
        indexes = list_indexes("monitoring_dossier", ends=(dossier.CLOSED,))


class Counter(models.Model):
    """How many facts and how many standing violations a rule has of a party in a month. Hidden ones are apart."""

    id = models.BigAutoField(primary_key=True)
    city = models.TextField()
    code = models.TextField()
    party = models.TextField()
    month = models.TextField()
    is_hidden = models.BooleanField(default=False)
    facts = models.IntegerField(default=0)
    violations = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["city", "month", "code", "party", "is_hidden"], name="monitoring_counter_once"
            ),
        ]
