"""What each unit is assessed by, counted from the lake: orders of the period, judgments of citizens, what went wrong.

Orders left out of assessment are left out of all of it (SZ-14c).
"""

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


def late_signs(lake: Lake, period: Span) -> Any:
    """Count each unit's late signatures whose moment was missed in the period (A-68)."""
    rows = lake["breaches"]
    rows = rows.filter((rows["code"] == "late_sign") & ~rows["excluded"] & rows["unit"].notnull())
    return _within(rows, "counted_in", period).group_by("unit").agg(count=ibis._.count())


def supervisions(lake: Lake, period: Span) -> Any:
    """Count each unit's supervision orders of the period that are decided: all, and those answered in time."""
    rows = lake["supervisions"]
    rows = rows.filter(rows["timely"].notnull() & ~rows["excluded"] & rows["unit"].notnull())
    rows = _within(rows, "due_at", period)
    return rows.group_by("unit").agg(count=rows.count(), timely=_sum(rows["timely"]))


def violations(lake: Lake, period: Span) -> Any:
    """Count each unit's standing violations that count in the period."""
    rows = lake["violations"]
    return _within(rows.filter(rows["unit"].notnull()), "counted_in", period).group_by("unit").agg(count=ibis._.count())


def measures(lake: Lake, period: Span) -> Any:
    """Count the measures taken against each unit in the period."""
    rows = lake["measures"]
    return _within(rows.filter(rows["unit"].notnull()), "taken_at", period).group_by("unit").agg(count=ibis._.count())


def _within(rows: Any, moment: str, period: Span) -> Any:
    at = rows[moment]
    return rows.filter((at >= ibis.literal(period.starts_at)) & (at < ibis.literal(period.ends_at)))


def _sum(condition: Any) -> Any:
    return condition.ifelse(1, 0).cast("int64").sum()
