"""Rows of checks and of rounds of looking back."""

from __future__ import annotations

from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes

_OF_CHECKS = [
    *list_indexes("checks_check", ends=("DONE",)),
    models.Index(fields=["order"], name="checks_check_order"),
    models.Index(fields=["round"], condition=~models.Q(round=""), name="checks_check_round"),
]


class Check(LifeCycleRow):
    """A check; `number` is that of its order, `target_unit` the unit that checks its own work, empty for the center."""

    order = models.TextField()
    unit = models.TextField()
    round = models.TextField(default="", blank=True)
    found = models.TextField(default="", blank=True)

    class Meta:
        indexes = _OF_CHECKS


class Lookback(LifeCycleRow):
    """A round; `number` is its quarter, `population` the numbers of its closed orders by unit, as drawn of."""

    holder = models.TextField(default="", blank=True)
    population = models.JSONField(default=dict)

    class Meta:
        indexes = list_indexes("checks_lookback", ends=("PUBLISHED",))
