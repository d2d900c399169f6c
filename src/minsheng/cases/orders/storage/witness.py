"""Whether an appeal's words, who said them and what they added are what the ledger holds the digests of.

Source: JY-20.11; `ledger.witnesses` calls it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from minsheng.cases.appeals import binding
from minsheng.cases.appeals import queries as appeals
from minsheng.cases.appeals.actions import PREFIX as APPEAL
from minsheng.cases.appeals.binding import Kept
from minsheng.cases.orders.models import Order
from minsheng.cases.orders.storage import records
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.ledger.witnesses import Altered, Compared

_TYPES: Final = ("Registered", "Completed", "MaterialAdded")


@dataclass(slots=True)
class _Told:
    """What the facts of an order say of the words beside it."""

    first: StoredEvent
    filing: records.Filing
    content: str = ""
    bound: str = ""
    added: list[tuple[str, datetime, str]] = field(default_factory=list)


def compare(streams: Sequence[str]) -> Compared:
    """Compare appeals, additions and the filed columns of orders with the facts of these streams."""
    told = {stream: _told(events) for stream, events in ledger.picked(streams, _TYPES).items()}
    ids = [records.order_id_of(stream) for stream in told]
    appeals = binding.kept({records.appeal_of(order) for order in ids})
    orders = {row.id: row for row in Order.objects.filter(id__in=ids).only("number", "title", "registrar")}
    additions = binding.additions(ids)
    categories = _categories(ids)
    seen = Compared(streams=len(told))
    for stream, facts in told.items():
        order = records.order_id_of(stream)
        row = appeals.get(records.appeal_of(order))
        if row is None:
            seen.found(stream, "appeal_missing")
        elif not records.parent_of(order):
            _compare_appeal(seen, stream, facts, row, categories.get(order))
        if additions.get(order, []) != facts.added:
            seen.found(stream, "additions")
        _compare_order(seen, stream, facts, orders.get(order), row)
    return seen


def strangers() -> list[Altered]:
    """Return appeals, orders and additions that the ledger knows nothing of."""
    tables = (*appeals.TABLES, ("orders_order", "id"))
    found = {stream for table, key in tables for stream in ledger.without_stream(table, key, records.PREFIX)}
    return [Altered(stream, "stranger") for stream in sorted(found)]


def _told(events: Sequence[StoredEvent]) -> _Told:
    told = _Told(events[0], records.filing_of(events[0]) or records.Filing(""))
    for event in events:
        body = ledger.content(event)
        # A fact that was rewritten may hold anything; its chain tells of that, and the comparison goes on.
        said = body.get("event", {})
        if event.type == "MaterialAdded":
            if said.get("digest"):
                told.added.append((said["digest"], event.at, said.get("joined", "")))
            continue
        told.content = said.get("content_digest") or told.content
        told.bound = body.get("bound", told.bound)
    return told


def _compare_appeal(seen: Compared, stream: str, facts: _Told, row: Kept, category: str | None) -> None:
    filed = row.created_at == facts.first.at and row.city == facts.first.city
    if row.content != facts.content or not filed or (facts.bound and row.bound != facts.bound):
        seen.found(stream, "words")
    if facts.filing.number and row.appellant != facts.filing.appellant:
        seen.found(stream, "appellant")
    if category is None and facts.bound:
        category = facts.filing.category or ""
    if category is not None and row.category != category:
        seen.found(stream, "category")
    seen.unbound += not facts.bound


def _compare_order(seen: Compared, stream: str, facts: _Told, row: Order | None, said: Kept | None) -> None:
    if row is None:
        seen.found(stream, "order_row")
        return
    if said is not None and row.title != said.title:
        seen.found(stream, "title")
    registrar = str(facts.first.actor.get("person") or "")
    if (row.number, row.registrar) != (facts.filing.number, registrar):
        seen.found(stream, "order_row")


def _categories(orders: Sequence[str]) -> dict[str, str]:
    """Return the categories that were said after the registration."""
    said = ledger.picked([f"{APPEAL}{order}" for order in orders], ("Categorised",))
    return {stream.removeprefix(APPEAL): ledger.content(events[-1])["category"] for stream, events in said.items()}
