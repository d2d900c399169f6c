"""Hear the ledger: a case appears once it is published and its words are confirmed, and goes when it is withdrawn.

Source: JY-9.8a, JY-9.8.2, A-62.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.cases.orders.storage import queries, records
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.messages import actions as messages
from minsheng.gateways import clock
from minsheng.public.publication import actions, projection


def hear(events: Sequence[StoredEvent]) -> None:
    """Let the rows of published cases follow; may run twice without harm."""
    # An order's stream, its publication's and its appeal's are all named by its id.
    heard = {event.stream.partition("/")[2]: event for event in events if event.type in projection.HEARD}
    told_anew = [order for order, event in heard.items() if event.type == "Categorised"]
    projection.refresh_all({*heard, *queries.parts_of(told_anew)})
    for order, event in heard.items():
        if event.type in ("Withdrawn", "Reopened"):
            messages.drop(records.stream_of(order))
        else:
            actions.tell(order, position=event.position, now=clock.now())


def count(now: datetime) -> None:
    """Count the public figures anew when it is time."""
    actions.count(now)
