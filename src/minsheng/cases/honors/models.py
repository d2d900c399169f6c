"""Rolls of honor and commendations: a row each, beside their streams."""

from __future__ import annotations

from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.honors import award, roll


class Roll(LifeCycleRow):
    """A unit's roll of a year."""

    year = models.IntegerField(default=0)

    class Meta:
        indexes = list_indexes("honors_roll", ends=roll.CYCLE.ends)


class Award(LifeCycleRow):
    """A commendation of a unit, or of a person of it; `approved_on`: the day of the city's approval."""

    year = models.IntegerField(default=0)
    approved_on = models.DateField(null=True)

    class Meta:
        indexes = list_indexes("honors_award", ends=award.CYCLE.ends)
