"""Appeals that were joined to an order: which one goes on for them, and which were joined to one.

The ledger says it (`Linked`, `LinkReceived`), over as many steps as there were. Source: JY-6.6, A-10.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from minsheng.cases.orders import models
from minsheng.cases.orders.storage import records
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.orders import joining
from minsheng.domain.orders.order import Joined, Order

LINKED = "linked"


def way(order_id: str) -> list[str]:
    """Return what an order was joined to, and what that was joined to, to the one that goes on; nothing for most."""
    found: list[str] = []
    while to := _joined_to(found[-1] if found else order_id):
        found.append(to)
    return found


def end_of(order_id: str) -> str:
    """Return the order that goes on for one that was joined; one that was not goes on itself."""
    return (way(order_id) or [order_id])[-1]


def goes_on(row: models.Order) -> models.Order:
    """Return the row of the order that goes on for this one."""
    return models.Order.objects.get(id=end_of(row.id)) if row.reason == LINKED else row


def to(order_id: str) -> list[str]:
    """Return the appeals that were joined to an order, its whole or its parts, also over several steps."""
    found: list[str] = []
    level = family_of(order_id)
    while level:
        received = ledger.picked([records.stream_of(each) for each in level], ("LinkReceived",))
        level = [str(_event(each)["order"]) for events in received.values() for each in events]
        level = [each for each in level if each not in found]
        found += level
    return found


def family_of(order_id: str) -> list[str]:
    """Return the whole that an order is, or is a part of, and its parts, and theirs; the order alone for most."""
    whole = records.appeal_of(order_id)
    return [whole, *parts_of([whole])]


def parts_of(order_ids: Sequence[str]) -> list[str]:
    """Return the parts of orders that were dispatched in parallel, and theirs; nothing for most."""
    found: list[str] = []
    level = list(order_ids)
    while level:
        level = list(models.Order.objects.filter(parent__in=level).order_by("id").values_list("id", flat=True))
        found += level
    return found


def joined(order: Order, *, appeal: str, city: str, history: Sequence[StoredEvent]) -> Joined | None:
    """Return what was said on the order in an appeal, or None where that was not joined to it."""
    is_linked = models.Order.objects.filter(id=appeal, city=city, reason=LINKED).exists()
    if not is_linked or end_of(appeal) not in (order.id, order.parent):
        return None
    return joining.joined_of((records.from_ledger(each) for each in history), appeal)


def numbers(appeals: Sequence[str]) -> Mapping[str, str]:
    """Return the numbers of joined appeals by id."""
    return dict(models.Order.objects.filter(id__in=appeals).values_list("id", "number")) if appeals else {}


def _joined_to(order_id: str) -> str:
    stream = records.stream_of(order_id)
    events = ledger.picked([stream], ("Linked",)).get(stream)
    return str(_event(events[-1])["to"]) if events else ""


def _event(stored: StoredEvent) -> Mapping[str, object]:
    event = ledger.content(stored)["event"]
    assert isinstance(event, dict)
    return event
