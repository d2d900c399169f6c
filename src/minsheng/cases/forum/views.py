"""Views of threads, without a cookie: one counter row a thread and hour; robots apart. Source: AR-1.1b.

The same address counts once a thread and half hour, by a keyed hash that is kept for a day at most.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from minsheng.cases.forum.models import View, Visit
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import limits

ONCE: Final = timedelta(minutes=30)
# One statement for the visit and its count: a page waits for one commit, and nothing is counted without the visit.
_COUNT: Final = """
    WITH fresh AS (
        INSERT INTO forum_visit AS v (key, at) VALUES (%(key)s, %(now)s)
        ON CONFLICT (key) DO UPDATE SET at = %(now)s WHERE v.at <= %(since)s
        RETURNING 1
    )
    INSERT INTO forum_view AS c (city, thread, hour, views, robots)
    SELECT %(city)s, %(thread)s, %(hour)s, 1, 0 FROM fresh
    ON CONFLICT (thread, hour) DO UPDATE SET views = c.views + 1
"""
_COUNT_ROBOT: Final = """
    INSERT INTO forum_view AS c (city, thread, hour, views, robots)
    VALUES (%(city)s, %(thread)s, %(hour)s, 0, 1)
    ON CONFLICT (thread, hour) DO UPDATE SET robots = c.robots + 1
"""


def viewed(row: Any, *, address: str, robot: bool, now: datetime) -> None:
    """Count that somebody opened a thread, once for an address and half an hour."""
    values: dict[str, Any] = {
        "city": row.city_id, "thread": row.pk, "now": now, "since": now - ONCE,
        "key": limits.keyed("forum view", f"{row.pk} {limits.network(address)}"),
        "hour": now.astimezone(ZONE).replace(minute=0, second=0, microsecond=0),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_ROBOT if robot else _COUNT, values)


def views(ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return how often people opened each thread."""
    rows = View.objects.filter(thread__in=ids).values_list("thread").annotate(total=Sum("views"))
    return dict(rows)


def viewed_between(since: datetime, until: datetime) -> set[UUID]:
    """Return the threads that were opened in a time; its first and its last hour count whole."""
    first = since.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    return set(View.objects.filter(hour__gte=first, hour__lte=until).values_list("thread", flat=True))


def forget(now: datetime) -> None:
    """Delete the hashes of addresses that no half hour reaches any more: a job, once a day."""
    Visit.objects.filter(at__lte=now - ONCE).delete()
