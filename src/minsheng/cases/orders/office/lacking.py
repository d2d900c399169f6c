"""Answers on the spot for which there was no article, told to the knowledge base by what they were about (JY-20.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.knowledge import uses
from minsheng.cases.orders.storage import planted, records
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.orders import events as ev


def count(events: Sequence[StoredEvent], *, now: datetime) -> None:
    """Count each such answer by its category, once; planted appeals count nowhere."""
    heard = [each for each in events if each.type == "Answered" and each.stream.startswith(records.PREFIX)]
    found = {records.order_id_of(each.stream): each for each in heard if not _article(each)}
    if not found:
        return
    about, hidden = appeals.places_of(found), planted.among(found)
    for order, event in found.items():
        category = about.get(order, ("", ""))[1]
        if category and order not in hidden:
            uses.lacking(event.city, category, order=event.stream, at=event.at, now=now)


def _article(event: StoredEvent) -> str:
    answered = records.from_ledger(event).event
    return answered.article if isinstance(answered, ev.Answered) else ""
