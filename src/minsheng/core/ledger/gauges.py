"""How the ledger's machinery stands: what relay, sweeper and sealer have still to do, and how late that is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from minsheng.core.features.values import Gauge
from minsheng.core.ledger import queries


def gauges(now: datetime) -> Iterator[Gauge]:
    """Give counts and ages, in seconds."""
    count, since = queries.waiting()
    yield Gauge("minsheng_outbox_waiting", "Rows that the relay has still to tell the subscribers.", count)
    yield Gauge("minsheng_outbox_age_seconds", "Age of the oldest of these rows.", _age(since, now))
    count, since = queries.overdue(now)
    yield Gauge("minsheng_clocks_overdue", "Clocks that ran out and that no sweeper has rung yet.", count)
    yield Gauge("minsheng_clocks_overdue_seconds", "How late the oldest of these clocks is.", _age(since, now))
    count, since = queries.unsealed()
    yield Gauge("minsheng_events_unsealed", "Facts that no seal covers yet.", count)
    yield Gauge("minsheng_events_unsealed_seconds", "Age of the oldest of these facts.", _age(since, now))


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
