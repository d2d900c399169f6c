"""Hear the ledger and keep a row for everybody who is to be told. May run twice without harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from minsheng.cases.notices.models import Notice
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.people import units


def hear(events: Sequence[StoredEvent]) -> None:
    """Write a notice for each that the facts carry, once. Source: JY-20.1, SZ-9b, SQ-11."""
    rows = []
    today = _today(events)
    for event in events:
        for place, told in enumerate(ledger_queries.content(event).get("notices", ())):
            rows.append(
                Notice(
                    city=event.city,
                    position=event.position,
                    place=place,
                    stream=event.stream,
                    kind=told["kind"],
                    recipient=_recipient(told["to"], today.get(event.city, {})),
                    params=told.get("params", {}),
                    at=event.at,
                )
            )
    Notice.objects.bulk_create(rows, ignore_conflicts=True)


def _today(events: Sequence[StoredEvent]) -> dict[str, Mapping[str, str]]:
    """Return by city who stands in the place of the units that the notices name, where they are called otherwise."""
    named: dict[str, set[str]] = {}
    for event in events:
        for told in ledger_queries.content(event).get("notices", ()):
            named.setdefault(event.city, set()).add(told["to"].partition("@")[2])
    return {city: units.stand_ins(city, names=names - {""}) for city, names in named.items()}


def _recipient(to: str, today: Mapping[str, str]) -> str:
    """Return whom a notice goes to: whoever is at the unit's place today, where it was renamed or merged."""
    role, _, unit = to.partition("@")
    return f"{role}@{today[unit]}" if unit in today else to
