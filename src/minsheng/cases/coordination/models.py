"""Meetings and sessions of programmes: a row each, beside their streams."""

from __future__ import annotations

from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.coordination.meeting import DECIDED, UNRESOLVED
from minsheng.domain.coordination.programme import FOLLOWED_UP


class Meeting(LifeCycleRow):
    """A meeting; `starts_at`: when it is held."""

    starts_at = models.DateTimeField(null=True)

    class Meta:
        indexes = list_indexes("coordination_meeting", ends=(DECIDED, UNRESOLVED))


class Programme(LifeCycleRow):
    """A session of a programme; `starts_at`: when it is on air."""

    starts_at = models.DateTimeField(null=True)
    topic = models.TextField(default="", blank=True)

    class Meta:
        indexes = list_indexes("coordination_session", ends=(FOLLOWED_UP,))
