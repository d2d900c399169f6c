"""Hear the ledger and keep a row for everybody who is to be told. May run twice without harm."""

from __future__ import annotations

from collections.abc import Sequence

from minsheng.cases.notices.models import Notice
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.values import StoredEvent


def hear(events: Sequence[StoredEvent]) -> None:
    """Write a notice for each that the facts carry, once. Source: JY-20.1, SZ-9b, SQ-11."""
    rows = []
    for event in events:
        for place, told in enumerate(ledger_queries.content(event).get("notices", ())):
            rows.append(
                Notice(
                    city=event.city,
                    position=event.position,
                    place=place,
                    stream=event.stream,
                    kind=told["kind"],
                    recipient=told["to"],
                    params=told.get("params", {}),
                    at=event.at,
                )
            )
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
