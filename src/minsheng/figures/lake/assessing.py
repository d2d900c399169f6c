"""What each unit is assessed by, counted from the lake: orders of the period, and the judgments of citizens."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis

from minsheng.domain.periods import Span
from minsheng.figures.lake.engines import Lake


def orders(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count each unit's orders that fell due in the period, those answered in time, and those passed at once.

    Confirmed written non-acceptances are left out and counted apart (SZ-14c).
    """
    rows = lake["orders"]
    due = rows["due_at"]
    rows = rows.filter(
        rows["accepted"]
        & (rows["disposal"] == "unit")
        & rows["unit"].notnull()
        & (due >= ibis.literal(period.starts_at))
        & (due < ibis.literal(period.ends_at))
    )
    counted = ~rows["excluded"]
    answered = counted & rows["completed_at"].notnull()
    return rows.group_by("unit").agg(
        orders=_sum(counted),
        excluded=_sum(rows["excluded"]),
        timely=_sum(counted & rows["timely"].fill_null(False)),
        answered=_sum(answered),
        at_once=_sum(answered & (rows["rounds"] <= 1)),
        returns=_sum(counted & (rows["returns"] > 0)),
    )


def callbacks(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count each unit's last callbacks of the period: judged and satisfied, asked and solved.

    Who could not be reached has judged nothing and is not in these numbers (A-55).
    """
    rows = lake["callbacks"]
    asked = rows["asked_at"]
    rows = rows.filter(
        rows["last"]
        & ~rows["excluded"]
        & rows["unit"].notnull()
        & (asked >= ibis.literal(period.starts_at))
        & (asked < ibis.literal(period.ends_at))
    )
    judged = rows["rated"] & rows["satisfied"].notnull()
    return rows.group_by("unit").agg(
        judged=_sum(judged),
        satisfied=_sum(judged & rows["satisfied"].fill_null(False)),
        told=_sum(rows["resolved"].notnull()),
        solved=_sum(rows["resolved"].fill_null(False)),
    )


def _sum(condition: Any) -> Any:
    return condition.ifelse(1, 0).cast("int64").sum()
