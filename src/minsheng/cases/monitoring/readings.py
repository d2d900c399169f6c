"""Who read the identity or the words of a violation's orders, when and why: the evidence of a leak (JY-20.11).

The list names fields that were read, never what they hold.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from minsheng.cases.monitoring.models import Violation
from minsheng.cases.orders.reading import identities, words
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.orders.storage import records
from minsheng.core.ledger import queries as ledger
from minsheng.core.people import queries as people


@dataclass(frozen=True, slots=True)
class Reading:
    """One reading: when, by whom in which role, of which order, what was read (empty: the words), and why."""

    at: datetime
    person: str
    role: str
    unit: str
    order: str
    fields: tuple[str, ...]
    reason: str


def of(row: Violation) -> list[Reading]:
    """Return every reading of the identity and of the words of a violation's orders, the latest first."""
    found: list[Reading] = []
    for id, each in orders.peek(row.orders).items():
        appellant = identities.appellant_of(each.order)
        if appellant is not None:
            found += [
                Reading(one.at, one.person, one.role, one.unit or "", id, one.fields, one.reason)
                for one in people.reveals(appellant)
                if one.order == id
            ]
        found += _openings(id)
    return sorted(found, key=lambda reading: reading.at, reverse=True)


def _openings(order: str) -> Iterator[Reading]:
    for event in ledger.history(f"{words.PREFIX}{records.appeal_of(order)}"):
        if event.type == "WordsOpened":
            actor, body = event.actor, ledger.content(event)
            yield Reading(
                event.at, str(actor.get("person") or ""), str(actor.get("role") or ""), str(actor.get("unit") or ""),
                order, (), str(body["reason"]),
            )  # fmt: skip
