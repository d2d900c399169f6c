"""What runs for every life cycle without a person: its clocks, and a calendar that was loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.core.features import queries as features
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.lifecycles import actions
from minsheng.gateways import clock


def ring(stream: str, now: datetime) -> None:
    """Record what ran out on a stream of any life cycle."""
    actions.ring(features.life_cycles()[stream.partition("/")[0]], stream, now)


def hear(events: Sequence[StoredEvent]) -> None:
    """Recompute clocks when a calendar year was loaded; a second time changes nothing. Source: A-48."""
    for event in events:
        if event.type == "CalendarLoaded":
            year = int(ledger.content(event)["year"])
            for kind in features.life_cycles().values():
                actions.recompute(kind, event.city, year=year, now=clock.now())
