"""What runs without a person: the sweeper's call for an order, and recomputation after a calendar was loaded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minsheng.cases.orders import actions, models
from minsheng.cases.orders.office import clearing, lacking, routing
from minsheng.cases.orders.storage import planted, records
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.values import ZONE, StoredEvent
from minsheng.domain.actors import SYSTEM
from minsheng.domain.orders import events as ev
from minsheng.gateways import clock


def ring(stream: str, now: datetime) -> None:
    """Fire what ran out of an order; harmless when nothing did, or another sweeper was faster."""
    actions.apply(None, order_id=records.order_id_of(stream), actor=SYSTEM, now=now)


def hear(events: Sequence[StoredEvent]) -> None:
    """Recompute the deadlines of a city's open orders once a calendar year has been loaded (A-48).

    Count where orders went, and what was answered without an article.

    May run twice without harm: the second time nothing moves.
    """
    _learn_routing(events)
    lacking.count(events, now=clock.now())
    for event in events:
        if event.type == "CalendarLoaded":
            year = int(ledger_queries.content(event)["year"])
            # Nothing older can wait for a day of that year: the longest limits are a few weeks.
            since = datetime(year - 1, 1, 1, tzinfo=ZONE)
            rows = models.Order.objects.filter(city=event.city, registered_at__gte=since).exclude(status="CLOSED")
            for order_id in rows.order_by("id").values_list("id", flat=True).iterator(chunk_size=2000):
                actions.recompute(order_id, year=year, now=clock.now())


def forget(now: datetime) -> None:
    """Delete who worked on what was closed long ago."""
    clearing.forget(now)


def _learn_routing(events: Sequence[StoredEvent]) -> None:
    """Count where dispatched orders went, by category. The relay delivers once to this database, so a count holds."""
    heard = [each for each in events if each.type == "Dispatched" and each.stream.startswith(records.PREFIX)]
    out = planted.among(records.order_id_of(each.stream) for each in heard) if heard else set()
    for event in heard:
        if records.order_id_of(event.stream) in out:
            continue
        fact = records.from_ledger(event)
        if isinstance(fact.event, ev.Dispatched):
            routing.learn(event.city, records.order_id_of(event.stream), fact.event, at=fact.at)
