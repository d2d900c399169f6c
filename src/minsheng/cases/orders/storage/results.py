"""Which orders are public by the life cycle, and what everybody may know of them besides the confirmed words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count, F, OuterRef, Q, QuerySet, Value, Window
from django.db.models.functions import Lag

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders.models import Order
from minsheng.cases.orders.storage import planted


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
    """What came in and was done in a month, as `YYYY-MM`: counts of the whole city, published or not.

    `published`: what of it everybody can read, which `publication` knows.
    """

    month: str
    received: int
    closed: int
    rated: int
    satisfied: int
    published: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """What came in and was done of one group that must be told of in public (JY-18): counts, published or not.

    `kind`: MAYOR, the mayor's mailbox; HOT, what was told most; MANY, what many told within a short time.
    """

    kind: str
    category: str
    received: int
    closed: int
    rated: int
    satisfied: int


def of(order: str) -> PublicFacts | None:
    """Return what is open to all of an order, or None while it is not published."""
    row = planted.counted(Order.objects.filter(id=order, is_published=True, is_internal=False, status="CLOSED")).first()
    if row is None or row.closed_at is None:
        return None
    return PublicFacts(
        row.city_id, row.number, row.type, row.channel, row.lead, str(row.state.get("grade") or ""),
        row.registered_at, row.closed_at,
    )  # fmt: skip


def among(orders: Iterable[str]) -> set[str]:
    """Return which of the orders are published at this very moment."""
    rows = planted.counted(Order.objects.filter(id__in=list(orders), is_published=True, is_internal=False))
    return set(rows.values_list("id", flat=True))


def all_ids() -> set[str]:
    """Return every published order."""
    rows = planted.counted(Order.objects.filter(is_published=True, is_internal=False))
    return set(rows.values_list("id", flat=True))


def months(city: str, *, since: datetime, zone: str) -> list[Month]:
    """Return the city's figures month by month, the newest first; one pass over what is not older than `since`.

    Internal referrals and confidential matters are counted in sums that tell nothing of any of them (A-21, A-45).
    """
    with connection.cursor() as cursor:
        cursor.execute(_MONTHS, {"city": city, "since": since, "zone": zone})
        return [Month(*row) for row in cursor.fetchall()]


def groups(city: str, *, since: datetime, many: int, within: timedelta) -> list[Group]:
    """Return the figures of the groups whose handling is always public, of what came in since then.

    Exceptions from publication hide single cases, never these sums. `many` appeals of one category `within` a time are
    concentrated. Source: JY-18, A-21.
    """
    rows = planted.counted(Order.objects.filter(city=city, parent="", registered_at__gte=since))
    mayor = _counted(rows.filter(channel=_MAYOR).annotate(category=Value("")))
    found = [Group("MAYOR", *each) for each in mayor if each[1]]
    known = rows.annotate(category=appeals.category_of(OuterRef("id"))).exclude(category="")
    told = sorted(_counted(known), key=lambda row: (-row[1], row[0]))
    before = Window(Lag("registered_at", many - 1), partition_by=F("category"), order_by=F("registered_at").asc())
    dense = known.annotate(before=before).filter(before__gte=F("registered_at") - within)
    concentrated = set(dense.values_list("category", flat=True))
    found += [Group("HOT", *each) for each in told[:_SHOWN]]
    return found + [Group("MANY", *each) for each in told if each[0] in concentrated][:_SHOWN]


def _counted(rows: QuerySet[Any]) -> list[tuple[str, int, int, int, int]]:
    """Return for each category what came in, was closed, was rated, and was rated well."""
    closed = Q(status="CLOSED")
    return list(
        rows.order_by().values_list("category").annotate(
            received=Count("id"),
            closed=Count("id", filter=closed),
            rated=Count("id", filter=closed & Q(state__satisfied__in=[True, False])),
            satisfied=Count("id", filter=closed & Q(state__satisfied=True)),
        )
    )  # fmt: skip


_MAYOR: Final = "mayor"
_SHOWN: Final = 10
_MONTHS = f"""
    WITH came AS (
        SELECT to_char(registered_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month, count(*) AS received
        FROM orders_order
        WHERE city_id = %(city)s AND parent = '' AND registered_at >= %(since)s AND {planted.NOT_PLANTED} GROUP BY 1
    ), went AS (
        SELECT to_char(closed_at AT TIME ZONE %(zone)s, 'YYYY-MM') AS month, count(*) AS closed,
            count(*) FILTER (WHERE state->>'satisfied' IS NOT NULL) AS rated,
            count(*) FILTER (WHERE state->>'satisfied' = 'true') AS satisfied
        FROM orders_order
        WHERE city_id = %(city)s AND parent = '' AND status = 'CLOSED' AND closed_at >= %(since)s
            AND {planted.NOT_PLANTED} GROUP BY 1
    )
    SELECT coalesce(came.month, went.month), coalesce(received, 0), coalesce(closed, 0), coalesce(rated, 0),
        coalesce(satisfied, 0)
    FROM came FULL JOIN went ON came.month = went.month ORDER BY 1 DESC
"""  # noqa: S608 - a constant of ours
