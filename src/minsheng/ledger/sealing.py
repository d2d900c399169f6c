"""The sealing chain: it binds all streams together in order of positions, without making writers queue.

Stream chains show a changed row; seals also show a row taken away from a stream's end, or a stream rewritten whole.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from minsheng.ledger.values import GENESIS

_LOCK = 0x6D73_5EA1
_PER_SEAL = 10_000


@dataclass(frozen=True, slots=True)
class Mark:
    """Positions up to `high` were given out by transactions numbered below `horizon`."""

    high: int
    horizon: int


def seal_once(now: datetime, *, mark: Mark | None = None) -> Mark | None:
    """Seal every event up to a mark when no transaction that could still add one below it runs.

    Positions are given out before commit, so a lower one may appear later. `append` takes its transaction's number
    before its positions; hence once all transactions numbered below the mark's horizon have ended, nothing can come
    below the mark. Returns the mark to pass next time when some still run, None otherwise.
    """
    if mark is None:
        mark = _mark()
        if mark is None:
            return None
    if _value("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint") < mark.horizon:
        return mark
    while _seal_up_to(mark.high, now):
        pass
    return None


def _mark() -> Mark | None:
    high = _value(
        """
        SELECT max(position) FROM ledger_event
        WHERE position > coalesce((SELECT max(to_position) FROM ledger_seal), 0)
        """
    )
    if high is None:
        return None
    # A number of our own, taken in a statement after the first: whoever holds a position up to `high` has a lower one.
    # A snapshot's xmax would not do: it is one above the last transaction that has ended, not above all that run.
    return Mark(high=high, horizon=_value("SELECT pg_current_xact_id()::text::bigint"))


def _seal_up_to(high: int, now: datetime) -> bool:
    """Write one seal; return whether it was full, so that there may be more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,))
        if not _first(cursor.fetchone()):
            return False
        cursor.execute("SELECT to_position, hash FROM ledger_seal ORDER BY to_position DESC LIMIT 1")
        last = cursor.fetchone()
        sealed, head = (last[0], bytes(last[1])) if last else (0, GENESIS)
        cursor.execute(
            "SELECT position, hash FROM ledger_event WHERE position > %s AND position <= %s ORDER BY position LIMIT %s",
            (sealed, high, _PER_SEAL),
        )
        rows = [(row[0], bytes(row[1])) for row in cursor.fetchall()]
        if not rows:
            return False
        cursor.execute(
            """
            INSERT INTO ledger_seal (from_position, to_position, count, prev, hash, sealed_at)
            VALUES (%s, %s, %s, %s, %s, %s)
            """,
            (sealed + 1, rows[-1][0], len(rows), head, digest(head, rows), now),
        )
        return len(rows) == _PER_SEAL


def digest(head: bytes, rows: list[tuple[int, bytes]]) -> bytes:
    """Return a seal's hash over the one before it and the (position, hash) of its events."""
    total = hashlib.sha256(head)
    for position, event_hash in rows:
        total.update(position.to_bytes(8, "big"))
        total.update(event_hash)
    return total.digest()


def _value(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return _first(cursor.fetchone())


def _first(row: Any) -> Any:
    return row[0] if row else None
