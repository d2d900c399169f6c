"""Things with a life cycle in the lake: what kind, where it stands, since when and until when; no word of any."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minsheng.core.features import queries as features
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles.kinds import Kind

_AT_ONCE = 2_000


def export(part: Range) -> Iterator[Fresh]:
    """Give the rows of all things that got an event in this part of the ledger, of every kind that has readers."""
    for kind in features.life_cycles().values():
        if kind.readers:
            streams = ledger.touched(kind.prefix, after_position=part.after_position, up_to=part.up_to)
            for start in range(0, len(streams), _AT_ONCE):
                yield from _of_kind(kind, streams[start : start + _AT_ONCE])


def _of_kind(kind: Kind[Any], streams: list[str]) -> Iterator[Fresh]:
    moments: dict[str, list[Any]] = {}
    for stream, _type, at, _status, _role, _event in ledger.steps_of(streams):
        moments.setdefault(stream, []).append(at.astimezone(ZONE).replace(tzinfo=None))
    made: dict[str, dict[str, list[dict[str, Any]]]] = {}
    keys: dict[str, set[str]] = {}
    found = list(kind.light_rows().filter(pk__in=[kind.id_of(stream) for stream in streams]))
    out = kind.uncounted(found)
    for row in found:
        city, began = kind.city_of(row), moments[kind.stream(row.pk)][0]
        month = made.setdefault(city, {}).setdefault(f"{began:%Y-%m}", [])
        keys.setdefault(city, set()).add(str(row.pk))
        if row.pk in out or (row.is_restricted and kind.readers.secret):
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
        month.append(told)
    for city, rows in made.items():
        yield Fresh("things", city, rows, frozenset(keys[city]))
