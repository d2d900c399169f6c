"""Hear the ledger: a case appears once it is published and its words are confirmed, and goes when it is withdrawn.

Source: JY-9.8a, JY-9.8.2, A-62.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.appeals import publication as texts
from minsheng.ledger.values import StoredEvent
from minsheng.orders import records
from minsheng.publication import actions, projection


def hear(events: Sequence[StoredEvent]) -> None:
    """Let the rows of published cases follow; may run twice without harm."""
    heard = [event.stream for event in events if event.type in projection.HEARD]
    projection.refresh_all(
        dict.fromkeys(stream.removeprefix(records.PREFIX).removeprefix(texts.PREFIX) for stream in heard)
    )


def count(now: datetime) -> None:
    """Count the public figures anew when it is time."""
    actions.count(now)
