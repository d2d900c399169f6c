"""What browsers are told of new events of a life cycle, and who: those for whom it exists (`queries.visible`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from minsheng.core.ledger.queries import content
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.lifecycles.kinds import Kind
from minsheng.domain.audiences import Telling, of_notices


def told(kind: Kind[Any], streams: Mapping[str, Sequence[StoredEvent]]) -> list[Telling]:
    """Return the signals of new events, by stream: the thing and its lists to its readers, and what notices say."""
    rows = {kind.stream(row.pk): row for row in kind.light_rows().filter(pk__in=map(kind.id_of, streams))}
    found: list[Telling] = []
    for stream, events in streams.items():
        for event in events:
            found += of_notices(event.city, [str(each["to"]) for each in content(event).get("notices", ())])
        if (row := rows.get(stream)) is not None:
            city = kind.city_of(row)
            for audience in kind.readers.audiences(row) if kind.readers else ():
                found += [Telling(city, audience, "order", stream, row.version), Telling(city, audience, "queue")]
    return found
