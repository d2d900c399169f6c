"""Case studies and remedies: a row each, beside their streams."""

from __future__ import annotations

from django.db import models

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.coordination import remedy, study


class Study(LifeCycleRow):
    """A case study; `text`: what it is searched by beside its title."""

    title = models.TextField(default="", blank=True)
    text = models.TextField(default="", blank=True)

    class Meta:
        indexes = list_indexes("library_study", ends=(study.WITHDRAWN,))


class Remedy(LifeCycleRow):
    """A remedy for a class of orders; `target_unit`: whose it is."""

    title = models.TextField(default="", blank=True)

    class Meta:
        indexes = list_indexes("library_remedy", ends=(remedy.DONE,))
