"""Things with a life cycle in the lake: what kind, where it stands, since when and until when; no word of any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from minsheng.core.features import queries as features
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles.kinds import Kind

_AT_ONCE = 2_000

# City, key and month (`YYYY-MM`) of a thing, and its row in the dataset; None where the lake is to have none of it.
Told = tuple[str, str, str, dict[str, Any] | None]


def touched(kind: Kind[Any], part: Range) -> Iterator[list[UUID]]:
    """Give the ids of the things of a kind that got a fact in this part of the ledger, so many at once."""
    streams = ledger.touched(kind.prefix, after_position=part.after_position, up_to=part.up_to)
    for start in range(0, len(streams), _AT_ONCE):
        yield [kind.id_of(stream) for stream in streams[start : start + _AT_ONCE]]


def fresh(dataset: str, told: Iterable[Told]) -> Iterator[Fresh]:
    """Give what the things are in a dataset now, city by city."""
    made: dict[str, dict[str, list[dict[str, Any]]]] = {}
    keys: dict[str, set[str]] = {}
    for city, key, month, row in told:
        keys.setdefault(city, set()).add(key)
        rows = made.setdefault(city, {}).setdefault(month, [])
        if row is not None:
            rows.append(row)
    for city, by_month in made.items():
        yield Fresh(dataset, city, by_month, frozenset(keys[city]))


def export(part: Range) -> Iterator[Fresh]:
    """Give the rows of all things that got an event in this part of the ledger, of every kind that has readers."""
    for kind in features.life_cycles().values():
        if kind.readers:
            for ids in touched(kind, part):
                yield from fresh("things", _of_kind(kind, ids))


def _of_kind(kind: Kind[Any], ids: list[UUID]) -> Iterator[Told]:
    moments: dict[str, list[Any]] = {}
    for stream, _type, at, _status, _role, _event in ledger.steps_of([kind.stream(id) for id in ids]):
        moments.setdefault(stream, []).append(at.astimezone(ZONE).replace(tzinfo=None))
    found = list(kind.light_rows().filter(pk__in=ids))
    out = kind.uncounted(found)
    for row in found:
        city, began = kind.city_of(row), moments[kind.stream(row.pk)][0]
        month = f"{began:%Y-%m}"
        if row.pk in out or (row.is_restricted and kind.readers.secret):
            yield city, str(row.pk), month, None
            continue
        is_over = row.status in kind.cycle.ends
        told = {
            "city": city,
            "thing_id": str(row.pk),
            "kind": kind.cycle.name,
            "began_at": began,
            "ended_at": moments[kind.stream(row.pk)][-1] if is_over else None,
            "status": row.status,
            "unit": row.target_unit or None,
            "due_at": row.due.astimezone(ZONE).replace(tzinfo=None) if row.due else None,
            "late": row.is_late,
        }
        yield city, str(row.pk), month, told
