"""Which orders are public by the life cycle, and what everybody may know of them besides the confirmed words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from minsheng.orders.models import Order


@dataclass(frozen=True, slots=True)
class PublicFacts:
    """What is open to all of a published order."""

    city: str
    number: str
    type: str
    channel: str
    unit: str
    grade: str
    registered_at: datetime
    closed_at: datetime


@dataclass(frozen=True, slots=True)
class Month:
    """What came in and was done in a month, as `YYYY-MM`: counts of the whole city, published or not."""

    month: str
    received: int
    closed: int
    rated: int
    satisfied: int
    published: int


def of(order: str) -> PublicFacts | None:
    """Return what is open to all of an order, or None while it is not published."""
    row = Order.objects.filter(id=order, is_published=True, is_internal=False, status="CLOSED").first()
    if row is None or row.closed_at is None:
        return None
    return PublicFacts(
        row.city_id, row.number, row.type, row.channel, row.lead, str(row.state.get("grade") or ""),
        row.registered_at, row.closed_at,
    )  # fmt: skip


def among(orders: Iterable[str]) -> set[str]:
    """Return which of the orders are published at this very moment."""
    rows = Order.objects.filter(id__in=list(orders), is_published=True, is_internal=False)
    return set(rows.values_list("id", flat=True))


def all_ids() -> set[str]:
    """Return every published order."""
    return set(Order.objects.filter(is_published=True, is_internal=False).values_list("id", flat=True))


def months(city: str, *, since: datetime, zone: str) -> list[Month]:
    """Return the city's figures month by month, the newest first; one pass over what is not older than `since`.

    Internal referrals and confidential matters are counted in sums that tell nothing of any of them (A-21, A-45).
    """
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"city": city, "since": since, "zone": zone})
        return [Month(*row) for row in cursor.fetchall()]


_MONTHS = """
    WITH came AS (
        SELECT to_char(registered_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month, count(*) AS received
        FROM orders_order WHERE city_id = %(city)s AND parent = '' AND registered_at >= %(since)s GROUP BY 1
    ), went AS (
        SELECT to_char(closed_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month, count(*) AS closed,
            count(*) FILTER (WHERE state->>'satisfied' IS NOT NULL) AS rated,
            count(*) FILTER (WHERE state->>'satisfied' = 'true') AS satisfied,
            count(*) FILTER (WHERE is_published) AS published
        FROM orders_order
        WHERE city_id = %(city)s AND parent = '' AND status = 'CLOSED' AND closed_at >= %(since)s GROUP BY 1
    )
    SELECT coalesce(came.month, went.month), coalesce(received, 0), coalesce(closed, 0), coalesce(rated, 0),
        coalesce(satisfied, 0), coalesce(published, 0)
    FROM came FULL JOIN went ON came.month = went.month ORDER BY 1 DESC
"""
