"""Sanctions: a row each, beside their streams."""

from __future__ import annotations

from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.duties.sanction import ANNULLED, CLOSED, REFUSED


class Sanction(LifeCycleRow):
    """A sanction; `ground`: which of the three, `approved_at`: since when it counts, `is_public`: may be published."""

    ground = models.TextField(default="", blank=True)
    approved_at = models.DateTimeField(null=True)
    is_public = models.BooleanField(default=False)

    class Meta:
        indexes = list_indexes("sanctions_sanction", ends=(REFUSED, CLOSED, ANNULLED))
