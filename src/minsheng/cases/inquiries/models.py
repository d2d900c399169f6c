"""Inquiries: a row each, beside their streams."""

from __future__ import annotations

from minsheng.core.lifecycles.rows import LifeCycleRow, list_indexes
from minsheng.domain.duties.inquiry import CLOSED


class Inquiry(LifeCycleRow):
    """An inquiry; `kind`: the kind of organ that asks."""

    class Meta:
        indexes = list_indexes("inquiries_inquiry", ends=(CLOSED,))
