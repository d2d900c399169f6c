"""What monitoring does beside the desks: it hears the ledger, and looks each night for units without roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.cases.monitoring import gaps, observing, raising
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.policies import queries as policies
from minsheng.gateways import clock


def hear(events: Sequence[StoredEvent]) -> None:
    """Let new facts raise, suggest or undo violations; hearing of one twice does nothing."""
    raising.take(observing.read(events), now=clock.now())


def find_gaps(now: datetime) -> None:
    """Put on record which units have had no roster, or no contact, for a month; once a month each."""
    policies.in_each_city(lambda city: gaps.find(city.code, now=now))
