"""Reading the ledger: a stream's history, a page in order of positions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from minsheng.core.ledger.values import ZONE, StoredEvent

COLUMNS = "position, city, stream, version, type, at, recorded_at, actor::text, body::text, prev_hash, hash"

# Above every position.
_LAST = 2**63 - 1

_decode = msgspec.json.Decoder(dict[str, object]).decode
_decode_body = msgspec.json.Decoder(dict[str, Any]).decode


def history(stream: str, *, after_version: int = 0) -> list[StoredEvent]:
    """Return the stream's events in order."""
    return select("WHERE stream = %s AND version > %s ORDER BY version", (stream, after_version))


def streams(prefix: str) -> list[str]:
    """Return the names of all streams that begin so, in the order in which they began."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream FROM ledger_event WHERE version = 1 AND starts_with(stream, %s) ORDER BY position", (prefix,)
        )
        return [row[0] for row in cursor.fetchall()]


def page(*, after_position: int, limit: int) -> list[StoredEvent]:
    """Return the next events by position; positions have gaps, and late ones may still come below."""
    return select("WHERE position > %s ORDER BY position LIMIT %s", (after_position, limit))


def content(event: StoredEvent) -> dict[str, Any]:
    """Return the event's body, decoded."""
    return _decode_body(event.body)


def head(stream: str) -> int:
    """Return the stream's last version, 0 for none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(version) FROM ledger_event WHERE stream = %s", (stream,))
        found = cursor.fetchone()
    return found[0] or 0 if found else 0


def alarm(stream: str) -> datetime | None:
    """Return the stream's next due moment."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT due FROM ledger_alarm WHERE stream = %s", (stream,))
        found = cursor.fetchone()
    return found[0] if found else None


def next_alarm() -> datetime | None:
    """Return the earliest due moment of all streams that no sweeper holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(due) FROM ledger_alarm WHERE held_until IS NULL OR held_until < clock_timestamp()")
        found = cursor.fetchone()
    return found[0] if found else None


def overdue(now: datetime) -> tuple[int, datetime | None]:
    """Return how many alarms should have rung before a moment, and the earliest of them; those that are tried again
    after a failure count.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(due) FROM ledger_alarm WHERE due < %s", (now,))
        found = cursor.fetchone()
    return (found[0], found[1]) if found else (0, None)


def unsealed() -> tuple[int, datetime | None]:
    """Return how many events no seal covers yet, and when the oldest of them was written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(recorded_at) FROM ledger_event WHERE position > %s", (sealed_to(),))
        found = cursor.fetchone()
    return (found[0], found[1]) if found else (0, None)


def is_unheard(streams: Sequence[str]) -> bool:
    """Tell whether subscribers have still to hear something of these streams."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM ledger_outbox WHERE stream = ANY(%s))", (list(streams),))
        found = cursor.fetchone()
    return bool(found and found[0])


def waiting() -> tuple[int, datetime | None]:
    """Return how many outbox rows wait and since when the oldest does; for /readyz and the doctor."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), min(recorded_at) FROM ledger_outbox")
        found = cursor.fetchone()
    return (found[0], found[1]) if found else (0, None)


def refusals(city: str, *, since: datetime) -> list[tuple[str, str, int, datetime]]:
    """Return code, command, count and last moment of a city's refusals since a moment, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT code, command, count(*), max(at) FROM ledger_refusal
            WHERE city = %s AND at >= %s GROUP BY code, command ORDER BY count(*) DESC, code, command
            """,
            (city, since),
        )
        return list(cursor.fetchall())


def sealed_to() -> int:
    """Return the last position that is sealed: nothing can come at or below it any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(to_position) FROM ledger_seal")
        found = cursor.fetchone()
    return found[0] or 0 if found else 0


def step(*, after_position: int, up_to: int, limit: int) -> int:
    """Return the position that `limit` events after one reach, `up_to` at the most."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT max(position) FROM (
                SELECT position FROM ledger_event WHERE position > %s AND position <= %s ORDER BY position LIMIT %s
            ) AS taken
            """,
            (after_position, up_to, limit),
        )
        found = cursor.fetchone()
    return found[0] or up_to if found else up_to


def touched(prefix: str, *, after_position: int, up_to: int) -> list[str]:
    """Return the streams of that prefix which got events in a range of positions."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT stream FROM ledger_event
            WHERE position > %s AND position <= %s AND starts_with(stream, %s)
            """,
            (after_position, up_to, prefix),
        )
        return sorted(row[0] for row in cursor.fetchall())


def span(*, after_position: int, up_to: int, now: datetime) -> tuple[datetime, datetime]:
    """Return the first moment of the month of the first event in a range of positions, and the last of its moments.

    What has positions of its own, such as a journal, is told anew for that time; without events it is that of `now`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(at), max(at) FROM ledger_event WHERE position > %s AND position <= %s", (after_position, up_to)
        )
        first, last = cursor.fetchone() or (None, None)
    month = (first or now).astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return month, max(last or now, now)


def quiet(streams: Sequence[str], *, before: datetime) -> set[str]:
    """Return those of the streams whose last event was before a moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT stream FROM ledger_event WHERE stream = ANY(%s) GROUP BY stream HAVING max(at) < %s",
            (list(streams), before),
        )
        return {row[0] for row in cursor.fetchall()}


def steps_of(streams: list[str]) -> list[tuple[str, str, datetime, str, str, str]]:
    """Return stream, type, moment, status, role and event (JSON) of all events of streams, each stream in its order."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT stream, type, at, body->>'status', actor->>'role', (body->'event')::text FROM ledger_event
            WHERE stream = ANY(%s) ORDER BY stream, version
            """,
            (streams,),
        )
        return list(cursor.fetchall())


def picked(streams: Sequence[str], types: Sequence[str]) -> dict[str, list[StoredEvent]]:
    """Return the events of these types by stream, each stream's in its order; a stream without any is left out."""
    found: dict[str, list[StoredEvent]] = {}
    rows = select("WHERE stream = ANY(%s) AND type = ANY(%s) ORDER BY stream, version", (list(streams), list(types)))
    for event in rows:
        found.setdefault(event.stream, []).append(event)
    return found


def newest(prefix: str, *, city: str, before: int | None, limit: int) -> list[StoredEvent]:
    """Return a city's newest events in streams that begin so, below a position, the newest first."""
    # A range, which the index of streams knows; the stroke's follower ends it.
    until = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    rest = "WHERE city = %s AND stream >= %s AND stream < %s AND position < %s ORDER BY position DESC LIMIT %s"
    return select(rest, (city, prefix, until, before if before is not None else _LAST, limit))


@dataclass(frozen=True, slots=True)
class RefusedOne:
    """A refusal as it was kept."""

    id: int
    at: datetime
    stream: str
    actor: dict[str, Any]
    command: str
    code: str


def newest_refusals(city: str, *, before: int | None, limit: int) -> list[RefusedOne]:
    """Return a city's newest refusals below one, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, at, stream, actor::text, command, code FROM ledger_refusal
            WHERE city = %s AND id < %s ORDER BY id DESC LIMIT %s
            """,
            (city, before if before is not None else _LAST, limit),
        )
        rows = cursor.fetchall()
    return [RefusedOne(id, at, stream, _decode(actor), *rest) for id, at, stream, actor, *rest in rows]


def without_stream(table: str, key: str, prefix: str, *, limit: int = 100) -> list[str]:
    """Return the streams that rows of a table should have and the ledger does not know; names are constants of ours."""
    statement = f"""
        SELECT DISTINCT %s || t.{key}::text FROM {table} t
        WHERE NOT EXISTS (SELECT 1 FROM ledger_event e WHERE e.stream = %s || t.{key}::text) LIMIT %s
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, (prefix, prefix, limit))
        return sorted(row[0] for row in cursor.fetchall())


def whole_streams(prefix: str, city: str, *, at_once: int = 2_000) -> Iterator[list[StoredEvent]]:
    """Return the events of a city's streams of that prefix, some whole streams at a time, as the streams began."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT stream FROM ledger_event
            WHERE version = 1 AND city = %s AND starts_with(stream, %s) ORDER BY position
            """,
            (city, prefix),
        )
        names = [row[0] for row in cursor.fetchall()]
    for start in range(0, len(names), at_once):
        yield select("WHERE stream = ANY(%s) ORDER BY stream, version", (names[start : start + at_once],))


def select(rest: str, values: Iterable[Any]) -> list[StoredEvent]:
    """Return the events that a clause of this package's own picks."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM ledger_event {rest}", tuple(values))  # noqa: S608 - constants of ours
        return [stored(row) for row in cursor.fetchall()]


def stored(row: tuple[Any, ...]) -> StoredEvent:
    """Return the value of a row read as COLUMNS."""
    return StoredEvent(
        position=row[0],
        city=row[1],
        stream=row[2],
        version=row[3],
        type=row[4],
        at=row[5],
        recorded_at=row[6],
        actor=_decode(row[7]),
        body=row[8].encode(),
        prev_hash=bytes(row[9]),
        hash=bytes(row[10]),
    )
