"""The ledger's machinery: the sweeper of alarms, the relay of the outbox, the sealer. Any number of copies may run.

How seals are made is in `ledger.sealing`. The features bring handlers and subscribers; the ledger does not know who
they are.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, close_old_connections, connection, transaction

from minsheng.core.features import queries as features
from minsheng.core.ledger import queries, sealing
from minsheng.core.ledger.values import StoredEvent
from minsheng.gateways import clock, tracing

logger = logging.getLogger(__name__)

Subscriber = Callable[[Sequence[StoredEvent]], None]
# An outbox row: id, stream, first and last version, the request that it goes back to.
_Row = tuple[int, str, int, int, str]

_CLAIM = """
    UPDATE ledger_alarm SET held_until = clock_timestamp() + interval '3 seconds'
    WHERE stream IN (
        SELECT stream FROM ledger_alarm
        WHERE due < %s AND (held_until IS NULL OR held_until < clock_timestamp())
        ORDER BY due LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING stream, kind, due
"""
_POSTPONE = """
    UPDATE ledger_alarm SET attempts = attempts + 1, last_error = %s,
        held_until = clock_timestamp() + least(power(2, attempts), 300) * interval '1 second'
    WHERE stream = %s
"""
_TAKE = """
    SELECT id, stream, from_version, to_version, request FROM ledger_outbox
    WHERE retry_at IS NULL OR retry_at < clock_timestamp()
    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_TAKE_ONE = "SELECT id FROM ledger_outbox WHERE id = %s FOR UPDATE SKIP LOCKED"
_RETRY = """
    UPDATE ledger_outbox SET attempts = attempts + 1, last_error = %s,
        retry_at = clock_timestamp() + least(power(2, attempts), 300) * interval '1 second'
    WHERE id = %s
"""
_CLAIM_AT_ONCE = 50
_LONGEST_SLEEP = 1.0
_ANSWERS_KEPT_FOR = timedelta(days=7)


def sweep_once(now: datetime, *, limit: int = 200) -> int:
    """Ring the alarms that ran out before `now`, each stream in its handler's own transaction; return how many rang.

    A claim is a lease of three seconds, not a lock: the handler locks its own row, in the same order as people's
    actions do, and a sweeper that is killed holds nothing for longer. A handler must do no harm when called twice.
    Cost depends on what is due, not on what exists.
    """
    rung = 0
    while rung < limit:
        claimed = _claim(now, min(_CLAIM_AT_ONCE, limit - rung))
        for stream, kind in claimed:
            _ring(stream, kind, now)
        rung += len(claimed)
        if len(claimed) < _CLAIM_AT_ONCE:
            break
    return rung


def sweep_forever(*, stop: threading.Event) -> None:
    """Ring alarms until told to stop; each within a second or two of its moment, also after the database was away."""

    def turn() -> float:
        now = clock.now()
        if sweep_once(now):
            return 0.0
        due = queries.next_alarm()
        if due is None:
            return _LONGEST_SLEEP
        return min(_LONGEST_SLEEP, max(0.01, (due - now).total_seconds()))

    _forever(turn, stop=stop, name="sweeper")


def relay_once(*, limit: int = 500) -> int:
    """Tell the subscribers what was appended; return how many outbox rows are done.

    Subscribers' writes and the row's deletion commit together, so an effect in this database happens exactly once.
    When a batch fails its rows are tried one by one, so that one bad row doesn't hold up the others.
    """
    subscribers = features.subscribers()
    taken: list[_Row] = []
    try:
        with transaction.atomic():
            taken = _rows(_TAKE, (limit,))
            if not taken:
                return 0
            _deliver(taken, subscribers)
        return len(taken)
    except DatabaseError:
        if not _usable():
            raise
        logger.warning("outbox batch failed in the database; trying its rows one by one", exc_info=True)
    except Exception:
        logger.exception("a subscriber failed; trying the batch's rows one by one")
    return sum(_deliver_alone(row, subscribers) for row in taken)


def relay_forever(*, stop: threading.Event) -> None:
    """Relay the outbox until told to stop, and do nothing else: desks wait for it."""
    _forever(lambda: 0.0 if relay_once() else 0.3, stop=stop, name="relay")


def seal_forever(*, stop: threading.Event) -> None:
    """Seal what is settled until told to stop."""
    mark: sealing.Mark | None = None

    def turn() -> float:
        nonlocal mark
        mark = sealing.seal_once(clock.now(), mark=mark)
        return 0.3

    _forever(turn, stop=stop, name="sealer")


def forget(now: datetime) -> None:
    """Delete kept answers that nobody asks for again."""
    forget_answers(before=now - _ANSWERS_KEPT_FOR)


def forget_answers(*, before: datetime) -> int:
    """Delete kept answers of idempotency keys that are older; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM ledger_idempotency WHERE created_at < %s", (before,))
        count: int = cursor.rowcount
        return count


def _forever(turn: Callable[[], float], *, stop: threading.Event, name: str) -> None:
    pause = 0.0
    failures = 0
    while not stop.wait(pause):
        try:
            close_old_connections()
            pause = turn()
            failures = 0
        except DatabaseError:
            failures += 1
            pause = min(2.0, 0.1 * 2 ** min(failures, 5))
            logger.warning("%s: the database is away; trying again", name)
            connection.close()
        except Exception:
            failures += 1
            pause = min(5.0, 0.1 * 2 ** min(failures, 6))
            logger.exception("%s: a turn failed", name)
            connection.close()
    connection.close()


def _claim(now: datetime, limit: int) -> list[tuple[str, str]]:
    rows = _rows(_CLAIM, (now, limit))
    return [(stream, kind) for stream, kind, _ in sorted(rows, key=lambda row: row[2])]


def _ring(stream: str, kind: str, now: datetime) -> None:
    try:
        features.alarm(kind)(stream, now)
    except DatabaseError as fault:
        if not _usable():
            raise
        _postpone(stream, fault)
    except Exception as fault:
        _postpone(stream, fault)


def _postpone(stream: str, fault: Exception) -> None:
    logger.exception("an alarm's handler failed; it is tried again later", extra={"stream": stream})
    _run(_POSTPONE, (type(fault).__name__, stream))


def _deliver(rows: Sequence[_Row], subscribers: Sequence[Subscriber]) -> None:
    events = queries.select(
        """
        JOIN unnest(%s::text[], %s::int[], %s::int[]) AS o (ostream, first, last)
            ON stream = o.ostream AND version BETWEEN o.first AND o.last
        ORDER BY position
        """,
        ([row[1] for row in rows], [row[2] for row in rows], [row[3] for row in rows]),
    )
    with tracing.belonging_to(*(row[4] for row in rows)):
        for hear in subscribers:
            hear(events)
    _run("DELETE FROM ledger_outbox WHERE id = ANY(%s)", ([row[0] for row in rows],))


def _deliver_alone(row: _Row, subscribers: Sequence[Subscriber]) -> int:
    try:
        with transaction.atomic():
            if not _rows(_TAKE_ONE, (row[0],)):
                return 0
            _deliver([row], subscribers)
    except Exception as fault:
        if isinstance(fault, DatabaseError) and not _usable():
            raise
        with tracing.belonging_to(row[4]):
            logger.exception("a subscriber failed on one stream; it is tried again later", extra={"stream": row[1]})
        _run(_RETRY, (type(fault).__name__, row[0]))
        return 0
    return 1


def _usable() -> bool:
    return connection.connection is not None and connection.is_usable()


def _rows(statement: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[Any] = cursor.fetchall()
        return rows


def _run(statement: str, values: Sequence[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
