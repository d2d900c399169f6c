"""The row that a life cycle keeps beside its stream, and the partial indexes that its lists need."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q


class LifeCycleRow(models.Model):
    """The projection of one stream. A feature adds columns of its own; these are written by `actions` alone.

    `state` is the domain's value, `version` and `head` the stream's end. `due`: of the clock that runs, else of the
    last one. `units`: who takes part; `target_unit`: who has to act; `is_restricted`: not for everybody of its lists.
    """

    id = models.UUIDField(primary_key=True)
    city = models.ForeignKey("policies.City", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.TextField(default="", blank=True)
    number = models.TextField(default="", blank=True)
    status = models.TextField()
    version = models.IntegerField()
    due = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False)
    units = ArrayField(models.TextField(), default=list)
    target_unit = models.TextField(default="", blank=True)
    is_restricted = models.BooleanField(default=False)
    head = models.BinaryField()
    state = models.JSONField()

    class Meta:
        abstract = True


def list_indexes(name: str, *, ends: Sequence[str]) -> list[models.Index]:
    """Return the indexes of a life cycle's lists, over what is open: `ends` are the states that nothing leaves.

    `name` begins their names: the table's, or something shorter.
    """
    is_open = ~Q(status__in=tuple(ends))
    return [
        models.Index(fields=["city", "status", "due", "id"], condition=is_open, name=f"{name}_open"),
        models.Index(fields=["city", "target_unit", "due", "id"], condition=is_open, name=f"{name}_target"),
        models.Index(fields=["city", "due", "id"], condition=is_open & Q(is_late=True), name=f"{name}_late"),
        models.Index(fields=["city", "number"], condition=~Q(number=""), name=f"{name}_number"),
        GinIndex(fields=["units"], name=f"{name}_units"),
    ]
