"""Cases, and the sealed copies of orders that are their evidence."""
# ruff: noqa: RUF012 - Django reads these lists, nobody changes them

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.accountability.case import ARCHIVED


class Case(LifeCycleRow):
    """A case. `account`: of the person who answers, where they have one; `namesakes`: everybody with that name.

    `is_personal`: a person answers, not the unit; `is_head`: it is who heads the unit.
    """

    account = models.TextField(default="", blank=True)
    namesakes = ArrayField(models.TextField(), default=list)
    is_head = models.BooleanField(default=False)
    is_personal = models.BooleanField(default=False)

    class Meta:
        indexes = list_indexes("accountability_case", ends=(ARCHIVED,))


class Snapshot(models.Model):
    """What an order said when it became evidence: a sealed copy, whose digest stands in the proposal.

    Whatever happens to the order later changes nothing of it. `is_open`: the head of the unit that answers read the
    order too; a report that was hidden from the unit stays hidden from its head.
    Source: SZ-43.1, JY-12, JY-20.0, JY-29.
    """

    id = models.UUIDField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="snapshots", db_index=False)
    order = models.TextField()
    number = models.TextField()
    is_open = models.BooleanField(default=False)
    digest = models.TextField()
    body_enc = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "order"], name="accountability_snapshot_once")]
