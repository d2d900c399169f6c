"""What threads follow beside the desks: the orders that they are joined to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from minsheng.cases.forum.actions import follow_order
from minsheng.cases.forum.models import Thread
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.forum.state import UNANSWERED
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, CLOSED
from minsheng.gateways import clock

_SETTLES: Final = (CALLBACK, CALLBACK_MANUAL, CLOSED)
_LOOKS: Final = ("OrderJoined", "ThreadUnhidden")


def hear(events: Sequence[StoredEvent]) -> None:
    """Let threads follow their orders; hearing of one twice does nothing."""
    moved: list[str] = []
    looked: list[str] = []
    for event in events:
        prefix, _, id = event.stream.partition("/")
        if prefix == "order" and ledger.content(event).get("status") in _SETTLES:
            moved.append(id)
        elif prefix == "thread" and event.type in _LOOKS:
            looked.append(id)
    if not moved and not looked:
        return
    rows = Thread.objects.filter(status__in=UNANSWERED).exclude(order="")
    found = [*rows.filter(order__in=moved).order_by("pk"), *rows.filter(pk__in=looked).order_by("pk")]
    for thread in {each.pk: each for each in found}.values():
        follow_order(thread, now=clock.now())
