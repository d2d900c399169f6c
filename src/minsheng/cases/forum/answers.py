"""What an order answers in a thread that is joined to it. Source: SZ-16, SZ-21."""

from __future__ import annotations

from minsheng.cases.orders.storage import queries as stored_orders
from minsheng.cases.orders.storage import records
from minsheng.domain.covering import covered
from minsheng.domain.orders import events as order_events


def answer_of(order: str) -> str:
    """Return the answer of an order as it may be read in a thread: what names people is covered."""
    facts = [records.from_ledger(each) for each in stored_orders.history(order)]
    given = (each.event for each in reversed(facts) if isinstance(each.event, order_events.Replied))
    return covered(next((each.text for each in given if each.kind != "preliminary"), ""))
