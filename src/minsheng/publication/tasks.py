"""Hear the ledger: a case appears once it is published and its words are confirmed, and goes when it is withdrawn.

Source: JY-9.8a, JY-9.8.2, A-62.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.appeals import publication as texts
from minsheng.citizens import messages
from minsheng.gateways import clock
from minsheng.ledger.values import StoredEvent
from minsheng.orders import records
from minsheng.publication import actions, projection


def hear(events: Sequence[StoredEvent]) -> None:
    """Let the rows of published cases follow; may run twice without harm."""
    heard = {
        event.stream.removeprefix(records.PREFIX).removeprefix(texts.PREFIX): event
        for event in events
        if event.type in projection.HEARD
    }
    projection.refresh_all(heard)
    for order, event in heard.items():
        if event.type in ("Withdrawn", "Reopened"):
            messages.drop(order)
        else:
            actions.tell(order, position=event.position, now=clock.now())


def count(now: datetime) -> None:
    """Count the public figures anew when it is time."""
    actions.count(now)
