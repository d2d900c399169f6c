"""Messages that people sent: a row each, beside their streams."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.channels.incoming import CLOSED, TAKEN


class Incoming(LifeCycleRow):
    """A message; `source_no`: its carrier and its id there; `order`: where it went."""

    source_no = models.TextField(default="", blank=True)
    order = models.TextField(default="", blank=True)

    class Meta:
        constraints = [  # noqa: RUF012 - Django reads it, nobody changes it
            models.UniqueConstraint(fields=["city", "source_no"], condition=~Q(source_no=""), name="incoming_once"),
        ]
        indexes = list_indexes("incoming_incoming", ends=(TAKEN, CLOSED))
