"""What browsers are told of new events of a life cycle, and who: those for whom it exists (`queries.visible`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from minsheng.core.ledger.queries import content
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.lifecycles.kinds import Kind
from minsheng.domain.audiences import Telling, of_notices, role_audience, unit_audience


def told(kind: Kind[Any], streams: Mapping[str, Sequence[StoredEvent]]) -> list[Telling]:
    """Return the signals of new events, by stream: the thing and its lists to its readers, and what notices say."""
    rows = {kind.stream(row.pk): row for row in kind.light_rows().filter(pk__in=map(kind.id_of, streams))}
    found: list[Telling] = []
    for stream, events in streams.items():
        for event in events:
            found += of_notices(event.city, [str(each["to"]) for each in content(event).get("notices", ())])
        if (row := rows.get(stream)) is not None:
            city = kind.city_of(row)
            for audience in _audiences(kind, row):
                found += [Telling(city, audience, "order", stream, row.version), Telling(city, audience, "queue")]
    return found


def _audiences(kind: Kind[Any], row: Any) -> Iterator[str]:
    """Give the fewest audiences that together are all for whom the row exists."""
    if not kind.readers:
        return
    roles = kind.readers.restricted if row.is_restricted else (*kind.readers.roles, *kind.readers.restricted)
    yield from map(role_audience, dict.fromkeys(roles))
    if kind.readers.units:
        yield from map(unit_audience, [unit for unit in row.units if not row.is_restricted or unit == row.target_unit])
