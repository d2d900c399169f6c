"""An appellant's own orders: found for whoever has already shown that they are theirs; no role's gate applies here.

Who asks must have been checked by the caller: by number and code, or by a telephone that was shown to be theirs.
"""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.models import Order
from minsheng.cases.orders.storage import records

_AT_MOST = 100


def of_number(city: str, number: str) -> Order | None:
    """Return an order, or a part of one that was dispatched in parallel, by its number."""
    return Order.objects.filter(city=city, number=number).first() if "\0" not in number else None


def of_id(city: str, order: str) -> Order | None:
    """Return an order, or a part of one, by its id."""
    return Order.objects.filter(city=city, id=order).first()


def parts(order: Order) -> list[Order]:
    """Return the parts into which an order was dispatched in parallel, in their order; none for most."""
    return list(Order.objects.filter(parent=order.id).order_by("id"))


def is_of(row: Order, appellants: Collection[UUID]) -> bool:
    """Tell whether an order is one of these people's."""
    words = appeals.words_of(records.appeal_of(row.id)) if appellants else None
    return words is not None and words.appellant in appellants


def of_appellants(city: str, appellants: Collection[UUID]) -> list[Order]:
    """Return the newest orders of these people."""
    ids = appeals.ids_of_appellants(city, appellants, limit=_AT_MOST) if appellants else []
    rows = Order.objects.filter(id__in=ids, city=city).order_by("-registered_at", "-id")
    return list(rows.defer("state", "head"))


def of_ids(city: str, ids: Collection[str]) -> list[Order]:
    """Return these orders, the newest first."""
    rows = Order.objects.filter(id__in=list(ids)[:_AT_MOST], city=city, parent="").order_by("-registered_at", "-id")
    return list(rows.defer("state", "head"))
