"""What the ledger calls people for: a contact's alarm, and a calendar year that was loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.contrib.sessions.backends.db import SessionStore

from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.people import contacts, drafts
from minsheng.gateways import clock


def ring(stream: str, now: datetime) -> None:
    """Record what ran out on a contact's stream."""
    contacts.ring(stream, now)


def hear(events: Sequence[StoredEvent]) -> None:
    """Recompute clocks when a calendar year was loaded; a second time changes nothing. Source: A-48."""
    for event in events:
        if event.type == "CalendarLoaded":
            contacts.recompute(event.city, year=ledger.content(event)["year"], now=clock.now())


def forget(now: datetime) -> None:
    """Delete sessions that nobody can use any more, staff's and citizens', and what nobody came back to hand in."""
    SessionStore.clear_expired()
    drafts.forget(now)
