"""Journals: what comes by the million and has no life cycle, such as the views of an article or a call's timeline.

An entry stands by itself: no version, no chain, no alarm, no outbox row. It is as little to be changed as an event, its
digest binds it, and the seals bind all digests (`sealing`). Nothing personal belongs into a body.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import psycopg
from django.db import IntegrityError, transaction

from minsheng.core.ledger.actions import execute
from minsheng.core.ledger.values import ZONE, KeyReused, canonical

logger = logging.getLogger(__name__)
# The number of the transaction is taken before any position is: the sealing relies on it (`sealing.seal_once`).
_APPEND = b"""
    WITH own AS MATERIALIZED (SELECT pg_current_xact_id() AS id)
    INSERT INTO ledger_entry (city, kind, stream, key, at, actor, body, digest)
    SELECT %(city)s, f.kind, f.stream, f.key, f.at, f.actor, f.body, f.digest
    FROM own, unnest(
        %(kinds)s::text[], %(streams)s::text[], %(keys)s::text[], %(moments)s::timestamptz[], %(actors)s::jsonb[],
        %(bodies)s::jsonb[], %(digests)s::bytea[]
    ) AS f (kind, stream, key, at, actor, body, digest)
    ON CONFLICT (stream, key, at) DO NOTHING
"""
_DIFFERING = b"""
    SELECT EXISTS (
        SELECT 1 FROM unnest(%(streams)s::text[], %(keys)s::text[], %(moments)s::timestamptz[], %(digests)s::bytea[])
            AS f (stream, key, at, digest)
        JOIN ledger_entry e ON e.stream = f.stream AND e.key = f.key AND e.at = f.at
        WHERE e.digest <> f.digest
    )
"""
_OF = b"""
    SELECT kind, stream, key, at, actor::text, body::text FROM ledger_entry
    WHERE stream = %s AND at >= %s AND at < %s ORDER BY at, position
"""
_MAKE_MONTHS = b"SELECT ledger_make_months(%s, %s)"
# Months that stand ready before they begin; the job that makes them may fail for weeks.
_AHEAD = timedelta(days=93)


class NoMonth(Exception):
    """No partition takes entries of that moment: its month has to be made first (`make_months`)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a journal. `stream`: what it is about; `key`: what tells it from others of the stream at its moment.

    `at` is the moment of what happened, not of the writing: who writes the same once more gives the same moment.
    """

    kind: str
    stream: str
    key: str
    at: datetime
    actor: Mapping[str, object]
    body: Mapping[str, object]


def append(city: str, entries: Sequence[Entry]) -> int:
    """Append entries in one statement, inside the caller's transaction; return how many were not there before.

    Raises: KeyReused when one with the same stream, key and moment says otherwise; NoMonth.
    """
    actors = [canonical(entry.actor) for entry in entries]
    bodies = [canonical(entry.body) for entry in entries]
    rows = {
        "city": city,
        "kinds": [entry.kind for entry in entries],
        "streams": [entry.stream for entry in entries],
        "keys": [entry.key for entry in entries],
        "moments": [entry.at for entry in entries],
        "actors": [actor.decode() for actor in actors],
        "bodies": [body.decode() for body in bodies],
        "digests": [
            digest(city, entry.kind, entry.stream, entry.key, entry.at, actor, body)
            for entry, actor, body in zip(entries, actors, bodies, strict=True)
        ],
    }
    try:
        written = execute(_APPEND, rows).rowcount
    except IntegrityError as fault:
        if _fits_no_month(fault):
            raise NoMonth from fault
        raise
    if written < len(entries) and _first(execute(_DIFFERING, rows).fetchone()):
        raise KeyReused
    return written


def count(city: str, entry: Entry) -> bool:
    """Append an entry of what is only counted; return whether it was not there before.

    Counting stops nobody: what happened in a month that the journal does not have is not counted, and that is logged.
    """
    try:
        with transaction.atomic():
            return bool(append(city, [entry]))
    except NoMonth:
        logger.warning("the journal has no month for an entry of kind %s", entry.kind)
        return False


def of(stream: str, *, since: datetime, until: datetime) -> list[Entry]:
    """Return a stream's entries from a moment on and before another, the oldest first."""
    rows = execute(_OF, (stream, since, until), alone=True).fetchall()
    decode = msgspec.json.decode
    return [Entry(kind, name, key, at, decode(actor), decode(body)) for kind, name, key, at, actor, body in rows]


def make_months(since: date, until: date) -> int:
    """Make the partitions of the months between two days, those included; return how many were missing."""
    with transaction.atomic():
        return int(_first(execute(_MAKE_MONTHS, (since, until)).fetchone()))


def make_ahead(now: datetime) -> None:
    """Make the months that come next: a job."""
    today = now.astimezone(ZONE).date()
    make_months(today, today + _AHEAD)


def digest(city: str, kind: str, stream: str, key: str, at: datetime, actor: bytes, body: bytes) -> bytes:
    """Return what binds an entry: SHA-256 over everything that its row says but its position; both parts canonical."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    line = canonical([city, kind, stream, key, moment, msgspec.Raw(actor), msgspec.Raw(body)])
    return hashlib.sha256(line).digest()


def _fits_no_month(fault: IntegrityError) -> bool:
    """Return whether a row found no partition: a broken check that has no name."""
    cause = fault.__cause__
    return isinstance(cause, psycopg.errors.CheckViolation) and cause.diag.constraint_name is None


def _first(row: Any) -> Any:
    return row[0] if row else None
