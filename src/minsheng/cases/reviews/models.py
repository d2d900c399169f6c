"""Ratings: a row each, beside their streams."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.duties.review import CLOSED


class Review(LifeCycleRow):
    """A rating; `target_unit`: who verifies it; `source_no`: its number where it was collected."""

    item = models.TextField(default="", blank=True)
    grade = models.IntegerField(default=0)
    source_no = models.TextField(default="", blank=True)
    received_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [  # noqa: RUF012 - Django reads it, nobody changes it
            # Whoever sends it twice at the same moment has it taken once.
            models.UniqueConstraint(fields=["city", "source_no"], condition=~Q(source_no=""), name="reviews_once"),
        ]
        indexes = list_indexes("reviews_review", ends=(CLOSED,))
