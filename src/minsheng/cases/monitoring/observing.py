"""What of the ledger's facts rules may count: breaches, breaches taken back, returns of orders. Read from facts alone.

Source: JY-20, SZ-43; A-48, A-68.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from minsheng.cases.orders.storage import planted
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.facts import body_of
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.facts import Breach
from minsheng.domain.monitoring_rule import RETURNED

ORDER: Final = "order/"
_RETURN: Final = "ReturnRequested"
_LEADS: Final = ("Dispatched", "LeadNamed")
# Facts with which an order begins to exist for few (JY-12).
NARROWING: Final = frozenset(("ReferralProposed", "Referred"))
# And that with which it exists for all of its desks again.
WIDENING: Final = frozenset(("ReferralRefused",))
# Breaches that a finding made, and what shows them.
_OF_FINDINGS: Final = frozenset(("false_report", "careless_handling"))


@dataclass(frozen=True, slots=True)
class Seen:
    """One fact that may count, as `models.Occurrence` keeps it."""

    city: str
    key: str
    event: str
    party: str
    at: datetime
    source: str
    clock: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A breach that the ledger took back."""

    source: str
    event: str
    party: str
    clock: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What some events say: facts, breaches taken back, orders that exist for few from now on, and for all again."""

    facts: tuple[Seen, ...]
    taken: tuple[Taken, ...]
    narrowed: tuple[str, ...]
    widened: tuple[str, ...] = ()


def read(events: Iterable[StoredEvent]) -> Heard:
    """Return what some events say, in their order; of planted orders nothing counts."""
    events = list(events)
    out = planted.among({each.stream.removeprefix(ORDER) for each in events if each.stream.startswith(ORDER)})
    facts: list[Seen] = []
    taken: list[Taken] = []
    narrowed: list[str] = []
    widened: list[str] = []
    for event in events:
        if event.stream.startswith(ORDER) and event.stream.removeprefix(ORDER) in out:
            continue
        if event.type == _RETURN and event.stream.startswith(ORDER):
            facts.append(_returned(event))
        elif event.type in NARROWING and event.stream.startswith(ORDER):
            narrowed.append(event.stream.removeprefix(ORDER))
        elif event.type in WIDENING and event.stream.startswith(ORDER):
            widened.append(event.stream.removeprefix(ORDER))
        # Almost no fact has a breach: reading the text is cheaper than decoding it.
        if b'"breaches"' in event.body or b'"annulled"' in event.body:
            body = body_of(event)
            facts += [_seen(event, place, breach) for place, breach in enumerate(body.breaches)]
            taken += [Taken(event.stream, each.code, each.party, _clock(each)) for each in body.annulled]
    return Heard(tuple(facts), tuple(taken), tuple(narrowed), tuple(widened))


def _seen(event: StoredEvent, place: int, breach: Breach) -> Seen:
    key = f"{event.stream}#{event.version}.{place}"
    return Seen(
        event.city, key, breach.code, breach.party, breach.due or breach.at, event.stream, _clock(breach)
    )  # fmt: skip


def _clock(breach: Breach) -> str:
    return f"{breach.timer} {breach.due.isoformat()}" if breach.timer and breach.due is not None else ""


def _returned(event: StoredEvent) -> Seen:
    """Return that a unit wants to return an order: it falls on whoever led the order then (SZ-43.3)."""
    unit = str(ledger.content(event)["event"]["unit"])
    before = ledger.picked([event.stream], _LEADS).get(event.stream, [])
    leads = [ledger.content(each)["event"]["lead"] for each in before if each.version < event.version]
    key = f"{event.stream}#{event.version}.r"
    return Seen(event.city, key, RETURNED, leads[-1] if leads else unit, event.at, event.stream, by=unit)


def shown_by(key: str, event: str) -> tuple[str, str]:
    """Return the answer as it stood and what was found of it, for a breach that a finding made; else nothing.

    Source: SZ-43.5, JY-20.5.
    """
    if event not in _OF_FINDINGS:
        return "", ""
    stream, _, place = key.partition("#")
    version = int(place.partition(".")[0])
    said: dict[str, str] = {}
    for each in ledger.picked([stream], ("Replied", "FindingRecorded")).get(stream, []):
        if each.version <= version:
            said[each.type] = str(ledger.content(each)["event"]["text"])
    return said.get("Replied", ""), said.get("FindingRecorded", "")


def pages(city: str, *, at_once: int = 5_000) -> Iterator[list[StoredEvent]]:
    """Give every event of a city, in the order of positions."""
    position = 0
    while found := ledger.select(
        "WHERE city = %s AND position > %s ORDER BY position LIMIT %s", (city, position, at_once)
    ):
        yield found
        position = found[-1].position
