"""How many appeals came day by day, and month by month: what charts draw."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ibis

from minsheng.domain.periods import Span
from minsheng.figures.lake.engines import Lake


def by_month(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the accepted appeals of each month of the period, and of the same months of the year before."""
    return _by(lake, period, lambda moment: {"year": moment.year(), "month": moment.month()})


def by_day(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the accepted appeals of each day of the period, and of the same days of the year before."""
    return _by(lake, period, lambda moment: {"year": moment.year(), "month": moment.month(), "day": moment.day()})


def by_hour(lake: Lake, period: Span, as_of: datetime) -> Any:
    """Count the accepted appeals by the hour of the day."""
    return _by(lake, period, lambda moment: {"hour": moment.hour()})


def _by(lake: Lake, period: Span, parts: Any) -> Any:
    rows = lake["orders"]
    moment = rows["registered_at"]
    here = (moment >= ibis.literal(period.starts_at)) & (moment < ibis.literal(period.ends_at))
    earlier = period.before
    before = (moment >= ibis.literal(earlier.starts_at)) & (moment < ibis.literal(earlier.ends_at))
    rows = rows.filter((here | before) & rows["accepted"])
    rows = rows.mutate(now=rows["registered_at"] >= ibis.literal(period.starts_at), **parts(rows["registered_at"]))
    return rows.group_by(["now", *parts(rows["registered_at"])]).agg(
        count=rows.count(), department=(rows["disposal"] == "unit").ifelse(1, 0).cast("int64").sum()
    )
