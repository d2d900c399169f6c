"""The only writer of events. Every function here works inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import psycopg
from django.db import IntegrityError, OperationalError, connection
from django.db.transaction import TransactionManagementError

from minsheng.core.ledger import queries
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.ledger.values import GENESIS, Fact, InFlight, KeyReused, StaleStream, Stored, canonical, chain
from minsheng.domain.actors import Actor
from minsheng.gateways import tracing

_EVENTS = """
    INSERT INTO ledger_event (city, stream, version, type, at, recorded_at, actor, body, prev_hash, hash)
    SELECT %(city)s, %(stream)s, f.version, f.type, f.at, %(now)s, f.actor, f.body, f.prev_hash, f.hash
    FROM own, unnest(
        %(versions)s::int[], %(types)s::text[], %(moments)s::timestamptz[], %(actors)s::jsonb[], %(bodies)s::jsonb[],
        %(before)s::bytea[], %(hashes)s::bytea[]
    ) AS f (version, type, at, actor, body, prev_hash, hash)
    ORDER BY f.version
"""
_OUTBOX = """
    INSERT INTO ledger_outbox (city, stream, from_version, to_version, recorded_at, attempts, last_error, request)
    VALUES (%(city)s, %(stream)s, %(first)s, %(last)s, %(now)s, 0, '', %(request)s)
"""
_SET_ALARM_TEXT = """
    INSERT INTO ledger_alarm (stream, due, kind, attempts, last_error)
    VALUES (%(stream)s, %(alarm)s, %(kind)s, 0, '')
    ON CONFLICT (stream) DO UPDATE SET due = excluded.due, held_until = NULL, attempts = 0, last_error = ''
"""
_DROP_ALARM_TEXT = "DELETE FROM ledger_alarm WHERE stream = %(stream)s"
# The transaction's number is taken before any position is: the sealing relies on it (`sealing.seal_once`).
_OWN = "own AS MATERIALIZED (SELECT pg_current_xact_id() AS id)"
_APPEND_PLAIN = f"WITH {_OWN}, events AS ({_EVENTS}) {_OUTBOX}".encode()
_APPEND_ALARM = f"WITH {_OWN}, events AS ({_EVENTS}), alarm AS ({_SET_ALARM_TEXT}) {_OUTBOX}".encode()
_APPEND_QUIET = f"WITH {_OWN}, events AS ({_EVENTS}), alarm AS ({_DROP_ALARM_TEXT}) {_OUTBOX}".encode()
_APPEND_SEVERAL = f"""
    WITH {_OWN}, events AS (
        INSERT INTO ledger_event (city, stream, version, type, at, recorded_at, actor, body, prev_hash, hash)
        SELECT %(city)s, f.stream, f.version, f.type, %(now)s, %(now)s, %(actor)s::jsonb, f.body, f.prev_hash, f.hash
        FROM own, unnest(
            %(streams)s::text[], %(versions)s::int[], %(types)s::text[], %(bodies)s::jsonb[],
            %(before)s::bytea[], %(hashes)s::bytea[]
        ) WITH ORDINALITY AS f (stream, version, type, body, prev_hash, hash, place)
        ORDER BY f.place
    )
    INSERT INTO ledger_outbox (city, stream, from_version, to_version, recorded_at, attempts, last_error, request)
    SELECT %(city)s, f.stream, f.first, f.last, %(now)s, 0, '', %(request)s
    FROM unnest(%(touched)s::text[], %(first)s::int[], %(last)s::int[])
        WITH ORDINALITY AS f (stream, first, last, place)
    ORDER BY f.place
""".encode()  # noqa: S608 - a constant of ours
_HEADS = b"""
    SELECT s.stream, e.version, e.hash FROM unnest(%s::text[]) AS s (stream), LATERAL (
        SELECT version, hash FROM ledger_event WHERE stream = s.stream ORDER BY version DESC LIMIT 1
    ) AS e
"""
_SET_ALARM = _SET_ALARM_TEXT.encode()
_DROP_ALARM = _DROP_ALARM_TEXT.encode()
_HOLD = b"SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
_HEAD = b"SELECT hash FROM ledger_event WHERE stream = %s AND version = %s"
_ONCE = b"""
    INSERT INTO ledger_idempotency (scope, key, fingerprint, created_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (scope, key) DO NOTHING RETURNING id
"""
_RECALL = b"SELECT fingerprint, status, body::text FROM ledger_idempotency WHERE scope = %s AND key = %s"
_REMEMBER = b"UPDATE ledger_idempotency SET status = %s, body = %s::jsonb WHERE scope = %s AND key = %s"
_RELEASE = b"DELETE FROM ledger_idempotency WHERE scope = %s AND key = %s AND status IS NULL"
_REFUSE = f"""
    WITH {_OWN} INSERT INTO ledger_refusal (at, city, stream, actor, command, code)
    SELECT %s, %s, %s, %s::jsonb, %s, %s FROM own
""".encode()  # noqa: S608 - a constant of ours


def append(
    *,
    city: str,
    stream: str,
    version: int,
    facts: Sequence[Fact],
    alarm: datetime | None,
    now: datetime,
    head_hash: bytes | None = None,
) -> bytes:
    """Append facts to a stream whose last version is `version` (0: a new stream) and return the new head hash.

    One statement writes the events, the stream's next alarm (None: none runs) and the outbox row. Pass `head_hash` when
    the projection keeps it; it saves a read.
    Raises: StaleStream when another transaction has appended meanwhile.
    Source: reliability 8.1.4.3 d: the record stands in the transaction that it records.
    """
    if not facts:
        raise ValueError("append needs at least one fact")
    head = head_hash if head_hash is not None else _head(stream, version)
    before: list[bytes] = []
    hashes: list[bytes] = []
    actors: list[str] = []
    for number, fact in enumerate(facts, start=version + 1):
        actor = canonical(fact.actor)
        before.append(head)
        head = chain(
            head,
            city=city,
            stream=stream,
            version=number,
            type=fact.type,
            at=fact.at,
            recorded_at=now,
            actor=actor,
            body=fact.body,
        )
        hashes.append(head)
        actors.append(actor.decode())
    row = {
        "city": city,
        "stream": stream,
        "now": now,
        "versions": list(range(version + 1, version + len(facts) + 1)),
        "types": [fact.type for fact in facts],
        "moments": [fact.at for fact in facts],
        "actors": actors,
        "bodies": [fact.body.decode() for fact in facts],
        "before": before,
        "hashes": hashes,
        "first": version + 1,
        "last": version + len(facts),
        "alarm": alarm,
        "kind": stream.partition("/")[0],
        "request": tracing.current(),
    }
    without_alarm = _APPEND_QUIET if version else _APPEND_PLAIN
    statement = without_alarm if alarm is None else _APPEND_ALARM
    try:
        execute(statement, row)
    except IntegrityError as fault:
        if _broke(fault, "ledger_event_stream_version"):
            raise StaleStream(stream, version) from fault
        raise
    return head


def record(city: str, stream: str, type: str, body: object, *, actor: Actor, now: datetime) -> None:
    """Append one fact behind whatever the stream holds; no alarm runs on such a stream.

    The caller holds the row that the stream belongs to, or its name by `hold`.
    """
    fact = Fact(type, now, actor_to_plain(actor), canonical(body))
    append(city=city, stream=stream, version=queries.head(stream), facts=[fact], alarm=None, now=now)


def record_several(city: str, facts: Sequence[tuple[str, str, object]], *, actor: Actor, now: datetime) -> None:
    """Append facts, each a stream, a type and a body, behind what their streams hold: two statements, however many.

    The order stands, within a stream and among them. The caller holds the rows that the streams belong to, or their
    names by `hold`; no alarm runs on such streams. Raises: StaleStream.
    """
    if not facts:
        return
    heads = _heads([stream for stream, _, _ in facts])
    plain = canonical(actor_to_plain(actor))
    rows: list[tuple[str, int, str, str, bytes, bytes]] = []
    first: dict[str, int] = {}
    for stream, type, body in facts:
        version, before = heads.get(stream, (0, GENESIS))
        content = canonical(body)
        head = chain(
            before,
            city=city,
            stream=stream,
            version=version + 1,
            type=type,
            at=now,
            recorded_at=now,
            actor=plain,
            body=content,
        )
        rows.append((stream, version + 1, type, content.decode(), before, head))
        heads[stream] = (version + 1, head)
        first.setdefault(stream, version + 1)
    columns = ("streams", "versions", "types", "bodies", "before", "hashes")
    values: dict[str, object] = dict(zip(columns, map(list, zip(*rows, strict=True)), strict=True))
    values |= {"touched": list(first), "first": list(first.values()), "last": [heads[each][0] for each in first]}
    values |= {"city": city, "now": now, "actor": plain.decode(), "request": tracing.current()}
    try:
        execute(_APPEND_SEVERAL, values)
    except IntegrityError as fault:
        if _broke(fault, "ledger_event_stream_version"):
            raise StaleStream(rows[0][0], rows[0][1] - 1) from fault
        raise


def hold(name: str) -> None:
    """Wait for whoever holds this name, and hold it until the transaction ends: for what has no row to lock yet."""
    execute(_HOLD, (name,))


def set_alarm(stream: str, *, due: datetime | None) -> None:
    """Set, move or drop the stream's alarm without a fact, as a recomputation of deadlines may need."""
    if due is None:
        execute(_DROP_ALARM, {"stream": stream})
    else:
        execute(_SET_ALARM, {"stream": stream, "alarm": due, "kind": stream.partition("/")[0]})


def once(scope: str, *, key: str, fingerprint: bytes, now: datetime) -> Stored | None:
    """Claim an idempotency key; return the answer given before under it, or None when the caller must do the work.

    The row is written first: a second request with the same key waits here until the first one's transaction ends.
    Raises: KeyReused for another content under the same key; InFlight when the first one takes too long.
    """
    try:
        claimed = execute(_ONCE, (scope, key, fingerprint, now)).fetchone()
    except OperationalError as fault:
        if isinstance(fault.__cause__, psycopg.errors.LockNotAvailable):
            raise InFlight from fault
        raise
    if claimed is not None:
        return None
    found = execute(_RECALL, (scope, key)).fetchone()
    if found is None or found[1] is None:
        raise InFlight
    if bytes(found[0]) != fingerprint:
        raise KeyReused
    return Stored(status=found[1], body=msgspec.json.decode(found[2]))


def remember(scope: str, *, key: str, status: int, body: object) -> None:
    """Keep the answer to the command that `once` has claimed, in the same transaction."""
    execute(_REMEMBER, (status, canonical(body).decode(), scope, key))


def release(scope: str, *, key: str) -> None:
    """Give back a key that `once` has claimed, in the same transaction: its command was refused."""
    execute(_RELEASE, (scope, key))


def refuse(*, at: datetime, city: str, stream: str, actor: Mapping[str, object], command: str, code: str) -> None:
    """Keep a refusal; call it after the roll-back, in a transaction of its own."""
    execute(_REFUSE, (at, city, stream, canonical(actor).decode(), command, code), alone=True)


def execute(
    statement: bytes, values: Sequence[object] | Mapping[str, object], *, alone: bool = False
) -> psycopg.Cursor[Any]:
    """Run a statement on Django's connection through the driver's own cursor, prepared, inside the open transaction.

    Django's cursor binds values on the client and never prepares; for the few hot statements that halves the rate.
    `alone` lets it be a transaction of its own.
    """
    if not alone and not connection.in_atomic_block:
        raise TransactionManagementError("the ledger writes only inside a transaction")
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor: psycopg.Cursor[Any] = psycopg.Cursor(connection.connection)
        return cursor.execute(statement, values, prepare=True)


def _heads(streams: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """Return the last version and hash of each stream that there is."""
    found = execute(_HEADS, (list(dict.fromkeys(streams)),))
    return {stream: (version, bytes(head)) for stream, version, head in found.fetchall()}


def _head(stream: str, version: int) -> bytes:
    if version == 0:
        return GENESIS
    found = execute(_HEAD, (stream, version)).fetchone()
    if found is None:
        raise StaleStream(stream, version)
    return bytes(found[0])


def _broke(fault: IntegrityError, constraint: str) -> bool:
    cause = fault.__cause__
    return isinstance(cause, psycopg.errors.UniqueViolation) and cause.diag.constraint_name == constraint
