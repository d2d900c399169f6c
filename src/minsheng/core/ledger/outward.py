"""The ledger as an audit outside the house: facts, refusals and seals, for a collector that others look after.

What goes out names the stream, the kind of fact, who acted as what, and the hash; never the words. Facts go once they
are sealed, so that nothing comes later below them. Whoever rewrites the ledger, seals and all, can't rewrite the copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import connection

from minsheng.core.ledger import queries
from minsheng.core.ledger.models import Sent
from minsheng.gateways.syslog import NOTICE, WARNING, Entry

SINK: Final = "syslog"
_WHO: Final = "coalesce(actor->>'role', ''), coalesce(actor->>'person', '')"
_FACTS: Final = f"""
    SELECT position, city, stream, version, type, at, recorded_at, {_WHO}, encode(hash, 'hex') FROM ledger_event
    WHERE position > %s AND position <= %s ORDER BY position LIMIT %s
"""  # noqa: S608 - constants of ours
_REFUSALS: Final = f"""
    SELECT id, city, stream, command, code, at, {_WHO} FROM ledger_refusal WHERE id > %s ORDER BY id LIMIT %s
"""  # noqa: S608
_SEALS: Final = """
    SELECT id, from_position, to_position, count, encode(hash, 'hex'), sealed_at FROM ledger_seal
    WHERE id > %s ORDER BY id LIMIT %s
"""
_THERE: Final = "SELECT position, encode(hash, 'hex') FROM ledger_event WHERE position = ANY(%s)"
_BETWEEN: Final = "SELECT position FROM ledger_event WHERE position BETWEEN %s AND %s"
_AFTER: Final = "SELECT count(*) FROM ledger_event WHERE position > %s AND position <= %s"
_SEALS_THERE: Final = "SELECT id, encode(hash, 'hex') FROM ledger_seal WHERE id = ANY(%s)"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far the collector has been told: place of the last fact, of the last refusal, of the last seal."""

    position: int = 0
    refusal: int = 0
    seal: int = 0


@dataclass(slots=True)
class Compared:
    """What comparing a collector's copy found: how many facts and seals agree, and which do not.

    `newer`: how many sealed facts stand after the copy's last; a copy made earlier lacks them rightly.
    """

    agree: int = 0
    differ: Sequence[int] = ()
    gone: Sequence[int] = ()
    wanting: Sequence[int] = ()
    seals_differ: Sequence[int] = ()
    newer: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing differs and nothing is missing on either side."""
        return not (self.differ or self.gone or self.wanting or self.seals_differ)


def mark() -> Mark:
    """Return how far the collector has been told."""
    row = Sent.objects.filter(pk=SINK).first()
    return Mark(row.position, row.refusal, row.seal) if row else Mark()


def told(reached: Mark, *, now: datetime) -> None:
    """Note how far the collector has been told."""
    values = {"position": reached.position, "refusal": reached.refusal, "seal": reached.seal, "at": now}
    Sent.objects.update_or_create(pk=SINK, defaults=values)


def since() -> datetime | None:
    """Return when the collector was last told of everything that there was; None before the first time."""
    row = Sent.objects.filter(pk=SINK).first()
    return row.at if row else None


def next_entries(after: Mark, *, limit: int) -> tuple[list[Entry], Mark]:
    """Return what the collector is told next, and how far it knows then."""
    facts = _rows(_FACTS, (after.position, queries.sealed_to(), limit))
    refusals = _rows(_REFUSALS, (after.refusal, limit))
    # A seal follows the facts that it covers.
    seals = [] if len(facts) == limit else _rows(_SEALS, (after.seal, limit))
    reached = replace(
        after,
        position=facts[-1][0] if facts else after.position,
        refusal=refusals[-1][0] if refusals else after.refusal,
        seal=seals[-1][0] if seals else after.seal,
    )
    return [*map(_fact, facts), *map(_refusal, refusals), *map(_seal, seals)], reached


def compare(copy: Iterable[tuple[str, Mapping[str, str]]]) -> Compared:
    """Compare what a collector kept with the ledger; of a position that was told twice the same must have been said."""
    facts: dict[int, str] = {}
    seals: dict[int, str] = {}
    twice: set[int] = set()
    for kind, fields in copy:
        if kind == "fact":
            position = int(fields["position"])
            if facts.setdefault(position, fields["hash"]) != fields["hash"]:
                twice.add(position)
        elif kind == "seal":
            seals[int(fields["id"])] = fields["hash"]
    there = dict(_rows(_THERE, (list(facts),)))
    known = dict(_rows(_SEALS_THERE, (list(seals),)))
    between = {row[0] for row in _rows(_BETWEEN, (min(facts), max(facts)))} if facts else set()
    differ = sorted(twice | {each for each, hash in facts.items() if there.get(each, hash) != hash})
    return Compared(
        agree=sum(there.get(each) == hash for each, hash in facts.items()),
        differ=differ,
        gone=sorted(facts.keys() - there.keys()),
        wanting=sorted(between - facts.keys()),
        seals_differ=sorted(each for each, hash in seals.items() if known.get(each) != hash),
        newer=_rows(_AFTER, (max(facts, default=0), queries.sealed_to()))[0][0],
    )


def _fact(row: tuple[Any, ...]) -> Entry:
    position, city, stream, version, kind, at, recorded_at, role, person, hash = row
    fields = {"position": str(position), "city": city, "stream": stream, "version": str(version), "type": kind,
              "at": at.isoformat(), "role": role, "person": person, "hash": hash}  # fmt: skip
    return Entry(recorded_at, NOTICE, "fact", kind, fields)


def _refusal(row: tuple[Any, ...]) -> Entry:
    id, city, stream, command, code, at, role, person = row
    fields = {"id": str(id), "city": city, "stream": stream, "command": command, "code": code, "role": role,
              "person": person}  # fmt: skip
    return Entry(at, WARNING, "refusal", "Refused", fields)


def _seal(row: tuple[Any, ...]) -> Entry:
    id, first, last, count, hash, at = row
    fields = {"id": str(id), "from": str(first), "to": str(last), "count": str(count), "hash": hash}
    return Entry(at, NOTICE, "seal", "Sealed", fields)


def _rows(statement: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())
