"""Clearing work beside orders: who of a unit worked on what has been closed for long."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from minsheng.cases.orders.models import Assignment
from minsheng.cases.orders.storage import queries
from minsheng.core.features.values import WORK_KEPT

_BATCH: Final = 1_000


def forget(now: datetime) -> None:
    """Delete assignments that nobody needs any more."""
    before, last = now - WORK_KEPT, 0
    old = Assignment.objects.filter(assigned_at__lt=before)
    while batch := list(old.filter(pk__gt=last).order_by("pk").values_list("pk", "order_id")[:_BATCH]):
        over = queries.ended({order for _, order in batch}, before=before)
        old.filter(pk__in=[key for key, order in batch if order in over]).delete()
        last = batch[-1][0]
