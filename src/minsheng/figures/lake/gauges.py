"""How far the lake is behind the desks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from minsheng.core.features.values import Gauge
from minsheng.domain.rejected import Rejected
from minsheng.figures.lake import store
from minsheng.figures.lake.export import known_until


def gauges(now: datetime) -> Iterator[Gauge]:
    """Give the seconds since the moment up to which the lake has every fact; nothing before the first export."""
    try:
        until = known_until(store.standing().read())
    except Rejected:
        # There is no lake yet, or it can't be read: whoever counts from it is told so.
        return
    if until is not None:
        behind = max(0.0, (now - until).total_seconds())
        yield Gauge("minsheng_lake_behind_seconds", "Time since the lake had every fact.", behind)
