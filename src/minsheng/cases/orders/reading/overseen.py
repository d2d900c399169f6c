"""Which orders an overseer reads the course of: no referrals, no secrets, and no words of any. Source: JY-19."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from minsheng.cases.orders.models import Order
from minsheng.cases.orders.storage import queries
from minsheng.domain.orders.order import Order as State

PAGE = 50


@dataclass(frozen=True, slots=True)
class Overseen:
    """An order as a list shows it."""

    id: str
    number: str
    type: str
    unit: str
    status: str
    reason: str | None
    registered_at: datetime
    due: datetime
    is_late: bool


def listed(city: str, *, unit: str = "", number: str = "", late: bool = False, after: str = "") -> list[Overseen]:
    """Return orders, the newest first: a page of them and one more; `after`: the id of the last one before."""
    rows = Order.objects.filter(city=city, is_internal=False, is_sealed=False)
    if unit:
        rows = rows.filter(lead=unit)
    if number:
        rows = rows.filter(number=number)
    if late:
        rows = rows.filter(breaches__isnull=False).distinct()
    if after and (last := rows.filter(pk=after).first()) is not None:
        same = Q(registered_at=last.registered_at, id__lt=last.id)
        rows = rows.filter(Q(registered_at__lt=last.registered_at) | same)
    found = list(rows.order_by("-registered_at", "-id").defer("state")[: PAGE + 1])
    broken = set(
        Order.objects.filter(pk__in=[each.pk for each in found], breaches__isnull=False).values_list("id", flat=True)
    )
    return [_of(each, is_late=each.pk in broken) for each in found]


def state_of(city: str, order_id: str) -> tuple[Overseen, State] | None:
    """Return one order, by id or number; nothing where it is not for overseers."""
    rows = Order.objects.filter(city=city, is_internal=False, is_sealed=False)
    row = rows.filter(Q(id=order_id) | Q(number=order_id)).first()
    return None if row is None else (_of(row, is_late=row.breaches.exists()), queries.state_of(row))


def _of(row: Order, *, is_late: bool) -> Overseen:
    return Overseen(row.id, row.number, row.type, row.lead, row.status, row.reason, row.registered_at, row.due, is_late)
