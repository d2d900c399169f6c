"""What coordination does beside the desks: a session is followed up when the last of its orders is closed."""

from __future__ import annotations

from collections.abc import Sequence

from minsheng.cases.coordination import actions
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.orders.order import CLOSED
from minsheng.gateways import clock

_ORDER = "order/"


def hear(events: Sequence[StoredEvent]) -> None:
    """Follow up the sessions whose orders were closed just now; hearing of one twice does nothing."""
    closed = [
        event.stream.removeprefix(_ORDER)
        for event in events
        if event.stream.startswith(_ORDER) and ledger.content(event).get("status") == CLOSED
    ]
    for session in dict.fromkeys(each.order.programme for each in orders.peek(closed).values()) if closed else ():
        if session:
            actions.follow_up(session, now=clock.now())
