"""The sealing chain: it binds all streams together in order of positions, without making writers queue.

Stream chains show a changed row; seals also show a row taken away from a stream's end, or a stream rewritten whole.
Refusals and the entries of journals stand in no chain: the seals alone bind them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import connection, transaction

from minsheng.core.ledger.values import GENESIS, canonical

_LOCK = 0x6D73_5EA1
_PER_SEAL = 10_000


@dataclass(frozen=True, slots=True)
class Mark:
    """Events up to `high`, refusals and entries up to theirs are of transactions numbered below `horizon`."""

    high: int
    refusals: int
    entries: int
    horizon: int


def seal_once(now: datetime, *, mark: Mark | None = None) -> Mark | None:
    """Seal every event, refusal and entry up to a mark when no transaction that could still add one below it runs.

    Positions are given out before commit, so a lower one may appear later. Whoever appends or refuses takes the
    transaction's number before their positions; hence once all transactions numbered below the mark's horizon have
    ended, nothing can come below the mark. Returns the mark to pass next time when some still run, None otherwise.
    """
    if mark is None:
        mark = _mark()
        if mark is None:
            return None
    if _value("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint") < mark.horizon:
        return mark
    while _seal_up_to(mark, now):
        pass
    return None


def _mark() -> Mark | None:
    high = _value(
        """
        SELECT max(position) FROM ledger_event
        WHERE position > coalesce((SELECT max(to_position) FROM ledger_seal), 0)
        """
    )
    refusals = _value(
        """
        SELECT max(id) FROM ledger_refusal
        WHERE id > coalesce((SELECT refusals_to FROM ledger_seal ORDER BY id DESC LIMIT 1), 0)
        """
    )
    entries = _new_entries()
    if high is None and refusals is None and entries is None:
        return None
    # A number of our own, taken in a statement after the first: whoever holds a position up to `high` has a lower one.
    # A snapshot's xmax would not do: it is one above the last transaction that has ended, not above all that run.
    horizon = _value("SELECT pg_current_xact_id()::text::bigint")
    return Mark(high=high or 0, refusals=refusals or 0, entries=entries or 0, horizon=horizon)


def _new_entries() -> int | None:
    """Return the last position of entries that no seal covers yet, None for none.

    The sequence tells at once that nothing has come: looking for it would ask every month.
    """
    sealed = _value("SELECT entries_to FROM ledger_seal ORDER BY id DESC LIMIT 1") or 0
    if _value("SELECT last_value FROM ledger_entry_position_seq") <= sealed:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(position) FROM ledger_entry WHERE position > %s", (sealed,))
        found: int | None = _first(cursor.fetchone())
    return found


def _seal_up_to(mark: Mark, now: datetime) -> bool:
    """Write one seal; return whether it was full, so that there may be more."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", (_LOCK,))
        if not _first(cursor.fetchone()):
            return False
        cursor.execute("SELECT to_position, hash, refusals_to, entries_to FROM ledger_seal ORDER BY id DESC LIMIT 1")
        last = cursor.fetchone()
        sealed, head, refused, entered = (last[0], bytes(last[1]), last[2], last[3]) if last else (0, GENESIS, 0, 0)
        cursor.execute(
            "SELECT position, hash FROM ledger_event WHERE position > %s AND position <= %s ORDER BY position LIMIT %s",
            (sealed, mark.high, _PER_SEAL),
        )
        rows = [(row[0], bytes(row[1])) for row in cursor.fetchall()]
        refusals = refusals_of(refused, mark.refusals, limit=_PER_SEAL)
        entries = entries_of(entered, mark.entries, limit=_PER_SEAL)
        if not rows and not refusals and not entries:
            return False
        bound, kept = digest_of_refusals(refusals), digest_of_entries(entries)
        cursor.execute(
            """
            INSERT INTO ledger_seal (from_position, to_position, count, refusals_to, refusals_count, refusals_hash,
                entries_to, entries_count, entries_hash, prev, hash, sealed_at)
            VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                sealed + 1, rows[-1][0] if rows else sealed, len(rows), refusals[-1][0] if refusals else refused,
                len(refusals), bound, entries[-1][0] if entries else entered, len(entries), kept, head,
                digest(head, rows, bound, kept), now,
            ),
        )  # fmt: skip
        return _PER_SEAL in (len(rows), len(refusals), len(entries))


def digest(head: bytes, rows: Iterable[tuple[int, bytes]], refusals: bytes | None, entries: bytes | None) -> bytes:
    """Return a seal's hash over the one before it, the (position, hash) of its events, and the two digests."""
    total = hashlib.sha256(head)
    for position, event_hash in rows:
        total.update(position.to_bytes(8, "big"))
        total.update(event_hash)
    if refusals is not None:
        total.update(b"refusals")
        total.update(refusals)
    if entries is not None:
        total.update(b"entries")
        total.update(entries)
    return total.digest()


def entries_of(after: int, up_to: int, *, limit: int) -> list[tuple[int, bytes]]:
    """Return position and digest of the entries of a range."""
    if up_to <= after:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT position, digest FROM ledger_entry
            WHERE position > %s AND position <= %s ORDER BY position LIMIT %s
            """,
            (after, up_to, limit),
        )
        return [(row[0], bytes(row[1])) for row in cursor.fetchall()]


def digest_of_entries(entries: Sequence[tuple[int, bytes]]) -> bytes | None:
    """Return the digest of entries in their order, None for none."""
    if not entries:
        return None
    total = hashlib.sha256()
    for position, one in entries:
        total.update(position.to_bytes(8, "big"))
        total.update(one)
    return total.digest()


def refusals_of(after: int, up_to: int, *, limit: int) -> list[tuple[Any, ...]]:
    """Return the refusals of a range as they stand, whole."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, at, city, stream, actor::text, command, code FROM ledger_refusal
            WHERE id > %s AND id <= %s ORDER BY id LIMIT %s
            """,
            (after, up_to, limit),
        )
        return list(cursor.fetchall())


def digest_of_refusals(refusals: Sequence[tuple[Any, ...]]) -> bytes | None:
    """Return the digest of refusals in their order, None for none."""
    if not refusals:
        return None
    total = hashlib.sha256()
    for id_, at, city, stream, actor, command, code in refusals:
        moment = at.astimezone(UTC).isoformat(timespec="microseconds")
        total.update(
            hashlib.sha256(canonical([id_, moment, city, stream, msgspec.json.decode(actor), command, code])).digest()
        )
    return total.digest()


def _value(statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return _first(cursor.fetchone())


def _first(row: Any) -> Any:
    return row[0] if row else None
