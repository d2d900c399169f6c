"""Recomputing every hash chain and every seal, in batches; rebuilding projections and comparing them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.db import connection
from django.db.models import QuerySet

from minsheng.core.features import queries as features
from minsheng.core.ledger import journals, queries, sealing
from minsheng.core.ledger.values import GENESIS, StoredEvent, canonical, chain

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong. `what`: hash, link, gap, seal; of a refusal or an entry it has their position."""

    position: int
    stream: str
    version: int
    what: str


@dataclass(frozen=True, slots=True)
class Report:
    """What was looked at, and the fault with the lowest position, if any."""

    events: int
    streams: int
    seals: int
    fault: Fault | None
    entries: int = 0


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuilder reports of its projection: rows looked at, rows that differed."""

    compared: int
    changed: int


def verify(*, stream: str | None = None) -> Report:
    """Recompute the chains of all streams, or of one, and the seals when all; memory does not grow with the ledger.

    A changed row is a `hash`, a row linked to another one is a `link`, a missing version is a `gap`, and a row missing
    or added within a sealed range is a `seal`; a refusal changed, missing or added in one is a `refusal`,
    and so an entry of a journal an `entry`, which its own digest shows also before it is sealed.
    """
    events = streams = 0
    first: Fault | None = None
    current, version, head, broken = "", 0, GENESIS, False
    for event in _by_stream(stream):
        events += 1
        if event.stream != current:
            current, version, head, broken = event.stream, 0, GENESIS, False
            streams += 1
        what = None if broken else _wrong(event, version=version, head=head)
        if what is not None:
            broken = True
            fault = Fault(event.position, event.stream, event.version, what)
            first = fault if first is None or fault.position < first.position else first
        version, head = event.version, event.hash
    seals = 0
    if stream is None:
        seals, sealed_fault = _verify_seals()
        first = first or sealed_fault
    entries, entry_fault = _verify_entries(stream)
    first = first or entry_fault
    return Report(events=events, streams=streams, seals=seals, fault=first, entries=entries)


def rebuild(*, check: bool) -> dict[str, Rebuilt]:
    """Rebuild every projection from the events, or only compare; return the counts of each.

    A rebuilder is `rebuild(*, check: bool) -> (compared, changed)`, brought by the feature of the streams.
    """
    found = {}
    for prefix, rebuilder in features.rebuilders().items():
        compared, changed = rebuilder(check=check)
        found[prefix] = Rebuilt(compared=compared, changed=changed)
    return found


def rebuild_rows(
    rows: QuerySet[Any], prefix: str, fold: Callable[[str, Sequence[StoredEvent]], dict[str, Any]], *, check: bool
) -> tuple[int, int]:
    """Compare every row with its stream, `prefix` and its key, and unless `check` write what differs.

    `fold` returns the columns that a stream's events make of the row with this key; `head` is added here.
    Return rows compared and rows that differed.
    """
    compared = changed = 0
    for row in rows.iterator(chunk_size=_BATCH):
        events = queries.history(f"{prefix}{row.pk}")
        wanted = {**fold(str(row.pk), events), "head": events[-1].hash if events else None}
        found = {name: getattr(row, name) for name in wanted}
        found["head"] = bytes(row.head) if row.head is not None else None
        compared += 1
        if found != wanted:
            changed += 1
            if not check:
                type(row).objects.filter(pk=row.pk).update(**wanted)
    return compared, changed


def _wrong(event: StoredEvent, *, version: int, head: bytes) -> str | None:
    if event.version != version + 1:
        return "gap"
    if event.prev_hash != head:
        return "link"
    made = chain(
        event.prev_hash,
        city=event.city,
        stream=event.stream,
        version=event.version,
        type=event.type,
        at=event.at,
        recorded_at=event.recorded_at,
        actor=canonical(event.actor),
        body=canonical(queries.content(event)),
    )
    return None if made == event.hash else "hash"


def _by_stream(stream: str | None) -> Iterator[StoredEvent]:
    after: tuple[str, int] = ("", 0)
    while True:
        if stream is None:
            rows = queries.select(
                "WHERE (stream, version) > (%s, %s) ORDER BY stream, version LIMIT %s", (*after, _BATCH)
            )
        else:
            rows = queries.select(
                "WHERE stream = %s AND version > %s ORDER BY version LIMIT %s", (stream, after[1], _BATCH)
            )
        yield from rows
        if len(rows) < _BATCH:
            return
        after = (rows[-1].stream, rows[-1].version)


def _verify_seals() -> tuple[int, Fault | None]:
    count = 0
    end, refused, entered, head = 0, 0, 0, GENESIS
    columns = (
        "id, from_position, to_position, count, refusals_to, refusals_count, refusals_hash, entries_to, entries_count,"
        " entries_hash, prev, hash"
    )
    for seal in _pages(columns, "ledger_seal", "id"):
        count += 1
        _, start, until, events, refusals_to, refusals, bound, entries_to, entries, kept, prev, sealed = seal
        if start != end + 1 or bytes(prev) != head:
            return count, Fault(start, "", 0, "seal")
        bound = bytes(bound) if bound is not None else None
        found = sealing.refusals_of(refused, refusals_to, limit=refusals + 1)
        if len(found) != refusals or sealing.digest_of_refusals(found) != bound:
            return count, Fault(refused + 1, "", 0, "refusal")
        kept = bytes(kept) if kept is not None else None
        held = sealing.entries_of(entered, entries_to, limit=entries + 1)
        if len(held) != entries or sealing.digest_of_entries(held) != kept:
            return count, Fault(entered + 1, "", 0, "entry")
        rows = [
            (position, bytes(event_hash))
            for position, event_hash in _rows(
                "SELECT position, hash FROM ledger_event WHERE position BETWEEN %s AND %s ORDER BY position",
                (start, until),
            )
        ]
        if len(rows) != events or sealing.digest(head, rows, bound, kept) != bytes(sealed):
            return count, Fault(start, "", 0, "seal")
        end, refused, entered, head = until, refusals_to, entries_to, bytes(sealed)
    return count, None


def _verify_entries(stream: str | None) -> tuple[int, Fault | None]:
    """Recompute the digest of every entry of the journals, or of one; return how many, and the first that differs."""
    count = 0
    columns = "position, city, kind, stream, key, at, actor::text, body::text, digest"
    for position, city, kind, about, key, at, actor, body, kept in _pages(columns, "ledger_entry", "position", stream):
        count += 1
        plain = (canonical(msgspec.json.decode(text)) for text in (actor, body))
        if journals.digest(city, kind, about, key, at, *plain) != bytes(kept):
            return count, Fault(position, about, 0, "entry")
    return count, None


def _pages(columns: str, table: str, key: str, stream: str | None = None) -> Iterator[tuple[Any, ...]]:
    after = 0
    only, names = ("", ()) if stream is None else ("AND stream = %s", (stream,))
    while True:
        statement = f"SELECT {columns} FROM {table} WHERE {key} > %s {only} ORDER BY {key} LIMIT %s"  # noqa: S608 - ours
        rows = _rows(statement, (after, *names, _BATCH))
        yield from rows
        if len(rows) < _BATCH:
            return
        after = rows[-1][0]


def _rows(statement: str, values: tuple[int | str, ...]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
