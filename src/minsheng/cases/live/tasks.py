"""Hear the ledger and write what browsers are told, in the relay's transaction: of orders, and of notices beside them.

Told twice, browsers look twice: that does no harm. Must be the last subscriber: from here on the relay holds the lock
that numbers the signals until it commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.cases.live import actions
from minsheng.cases.live.tellings import Before, Telling, of_notices, of_order
from minsheng.cases.orders.reading import audience
from minsheng.cases.orders.storage import records
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.facts import body_of
from minsheng.core.ledger.queries import content
from minsheng.core.ledger.values import StoredEvent
from minsheng.gateways import clock

# An import or a relay that was away brings more than anybody reads one by one: lists are told then, and what presses.
_AT_ONCE = 60
_PRESSING = ("queue", "urge", "supervise", "emergency")


def hear(events: Sequence[StoredEvent]) -> None:
    """Write a signal for every audience that may see an order that has changed, and for who was told of anything else;
    one notification for all of them.
    """
    streams: dict[str, list[StoredEvent]] = {}
    beside: list[Telling] = []
    for event in events:
        if event.stream.startswith(records.PREFIX):
            streams.setdefault(event.stream, []).append(event)
        else:
            beside += of_notices(event.city, [str(told["to"]) for told in content(event).get("notices", ())])
    if not streams and not beside:
        return
    now = clock.now()
    tellings = [*_tellings_of(streams), *beside] if streams else beside
    if len(streams) > _AT_ONCE:
        tellings = [each for each in tellings if each.kind in _PRESSING]
    actions.write(tellings, now=now)


def forget(now: datetime) -> None:
    """Delete signals that no browser asks for any more, and who has long been gone from an order."""
    actions.forget(now=now)


def _tellings_of(streams: dict[str, list[StoredEvent]]) -> list[Telling]:
    orders = audience.of(records.order_id_of(stream) for stream in streams)
    stood = _before(streams)
    found: list[Telling] = []
    for stream, stored in streams.items():
        # As it stands now, not as these facts left it: what has since been hidden must not be told.
        if (order := orders.get(records.order_id_of(stream))) is not None:
            facts = [records.from_ledger(each) for each in stored]
            found += of_order(order, before=stood.get(stream, Before()), facts=facts)
    return found


def _before(streams: dict[str, list[StoredEvent]]) -> dict[str, Before]:
    """Return where each stream stood before its first new fact; in one statement."""
    former = ledger_queries.select(
        "JOIN unnest(%s::text[], %s::int[]) AS o (ostream, last) ON stream = o.ostream AND version = o.last",
        (list(streams), [min(each.version for each in stored) - 1 for stored in streams.values()]),
    )
    bodies = {each.stream: body_of(each) for each in former}
    return {stream: Before(body.status, body.reason) for stream, body in bodies.items()}
