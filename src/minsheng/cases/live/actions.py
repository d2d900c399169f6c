"""Writing signals for browsers, and presence. Everything here is lossy but never wrong: no fact hangs on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial

from django.db import connection, transaction

from minsheng.cases.live.models import Presence
from minsheng.cases.live.queries import GONE_AFTER, present
from minsheng.core.people.queries import Person
from minsheng.domain.audiences import Telling

CHANNEL = "minsheng_live"
KEPT_FOR = timedelta(hours=1)

# Numbers must become visible in their order, or a browser that has seen 11 would never ask for 10. The lock orders
# the few who write signals; nobody who writes facts ever waits for it.
LOCK = "SELECT pg_advisory_xact_lock(71201, 12345)"
_WRITE = """
    WITH fresh AS (
        INSERT INTO live_signal (city, audience, kind, order_id, version, at)
        SELECT city, audience, kind, about, version, %s
        FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[], %s::int[])
            WITH ORDINALITY AS told (city, audience, kind, about, version, place)
        ORDER BY place
        RETURNING id
    )
    SELECT pg_notify(%s, max(id)::text) FROM fresh
"""
_FORGET = "DELETE FROM live_signal WHERE at < %s AND id < (SELECT max(id) FROM live_signal)"
_LOOK = """
    WITH former AS (SELECT typing, seen_at FROM live_presence WHERE order_id = %(stream)s AND staff_id = %(staff)s),
    kept AS (
        INSERT INTO live_presence (city, order_id, staff_id, name, role, unit, typing, seen_at)
        VALUES (%(city)s, %(stream)s, %(staff)s, %(name)s, %(role)s, %(unit)s, %(typing)s, %(now)s)
        ON CONFLICT (order_id, staff_id) DO UPDATE SET name = excluded.name, role = excluded.role,
            unit = excluded.unit, typing = excluded.typing, seen_at = excluded.seen_at
    )
    SELECT typing, seen_at FROM former
"""


def write(tellings: Iterable[Telling], *, now: datetime) -> None:
    """Write signals inside the caller's transaction, each once; browsers hear of them when it commits.

    Not for a transaction that changes orders: its commit would wait for others' (NOTIFY and the lock order commits).
    """
    rows = list(dict.fromkeys(tellings))
    if not rows:
        return
    columns: list[list[str] | list[int]] = [
        [row.city for row in rows],
        [row.audience for row in rows],
        [row.kind for row in rows],
        [row.order for row in rows],
        [row.version for row in rows],
    ]
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(_WRITE, (now, *columns, CHANNEL))


def tell(*, city: str, audiences: Sequence[str], kind: str, order: str = "", version: int = 0, now: datetime) -> None:
    """Tell audiences something from a request, as that an order was claimed; once the request's transaction commits.

    The audiences must be such as may see the thing, as its feature says. A failure here fails nothing else.
    """
    rows = [Telling(city, audience, kind, order, version) for audience in audiences]
    transaction.on_commit(partial(_send, rows, now), robust=True)


def _send(rows: Sequence[Telling], now: datetime) -> None:
    with transaction.atomic():
        write(rows, now=now)


def forget(*, now: datetime) -> int:
    """Delete signals older than an hour and who has long been gone; return how many signals went.

    The newest row stays however old: without it nobody could tell a number that was deleted from one never given.
    """
    Presence.objects.filter(seen_at__lt=now - GONE_AFTER).delete()
    with connection.cursor() as cursor:
        cursor.execute(_FORGET, (now - KEPT_FOR,))
        count: int = cursor.rowcount
    return count


def look(stream: str, *, person: Person, typing: bool, now: datetime) -> None:
    """Note that a person has before them what exists for them; tell the others there when that is news."""
    values: dict[str, str | int | bool | datetime] = {
        "city": person.city,
        "stream": stream,
        "staff": person.id,
        "name": person.display_name,
        "role": person.acting_as,
        "unit": person.actor.unit or "",
        "typing": typing,
        "now": now,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LOOK, values)
        former = cursor.fetchone()
    if former is None or former[0] != typing or former[1] <= now - GONE_AFTER:
        _tell_others(stream, person=person, now=now)


def leave(stream: str, *, person: Person, now: datetime) -> None:
    """Note that a person has left the thing; tell the others there."""
    gone, _ = Presence.objects.filter(stream=stream, staff=person.id).delete()
    if gone:
        _tell_others(stream, person=person, now=now)


def _tell_others(stream: str, *, person: Person, now: datetime) -> None:
    others = [f"staff:{each.staff}" for each in present(stream, city=person.city, but=person.id, now=now)]
    tell(city=person.city, audiences=others, kind="presence", order=stream, now=now)
