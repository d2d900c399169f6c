"""Special reports and standards in the lake: which were sent or issued; told by their facts alone.

Reports stand above the lake, so their tables are not read here: the ledger's facts say all that is counted.
Source: SZ-35a, AR-2.3, SZ-6a, AR-2.4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE, StoredEvent
from minsheng.domain.report_kinds import ReportKind, period_of
from minsheng.gateways import packfiles

_REPORTS = "report/"
_STANDARDS = "paper/"
# What a pack calls a special report (专报).
_SPECIAL = frozenset({"special", "sentiment"})


def export(part: Range) -> Iterator[Fresh]:
    """Give special reports and standards of every city where such got events: they are few, so all of them anew."""
    yield from _of(_REPORTS, part, lambda own: paper_row(own, packfiles.report_kinds()))
    yield from _of(_STANDARDS, part, standard_row)


def _of(prefix: str, part: Range, row_of: Callable[[list[StoredEvent]], dict[str, Any] | None]) -> Iterator[Fresh]:
    touched = ledger.touched(prefix, after_position=part.after_position, up_to=part.up_to)
    for city in sorted({ledger.history(stream)[0].city for stream in touched}):
        streams = [
            list(own)
            for events in ledger.whole_streams(prefix, city)
            for _stream, own in groupby(events, key=lambda event: event.stream)
        ]
        by_month: dict[str, list[dict[str, Any]]] = {}
        for own in streams:
            if (row := row_of(own)) is not None:
                by_month.setdefault(f"{row['issued_at']:%Y-%m}", []).append(row)
        keys = frozenset(own[0].stream.removeprefix(prefix) for own in streams)
        yield Fresh("papers", city, by_month, keys, may_have_moved=True)


def paper_row(events: Sequence[StoredEvent], kinds: Mapping[str, ReportKind]) -> dict[str, Any] | None:
    """Return the row of one report's stream; None for one that is not a special report, or was never sent."""
    planned = ledger.content(events[0])["event"]
    kind = kinds.get(str(planned["kind"]))
    sent = next((event for event in events if event.type == "ReportSent"), None)
    if kind is None or kind.of not in _SPECIAL or sent is None or events[-1].type == "ReportWithdrawn":
        return None
    period = period_of(_day(planned["since"]), _day(planned["until"]))
    return {
        "city": sent.city,
        "paper_id": sent.stream.partition("/")[2],
        "issued_at": sent.at.astimezone(ZONE).replace(tzinfo=None),
        "kind": "special_report",
        "title": f"{kind.label}（{period.name}）",
        "number": None,
        "signed": any(event.type == "LeaderInstructed" for event in events),
    }


def standard_row(events: Sequence[StoredEvent]) -> dict[str, Any]:
    """Return the row of a document; one that was repealed was issued all the same."""
    registered = ledger.content(events[0])["event"]
    return {
        "city": events[0].city,
        "paper_id": events[0].stream.removeprefix(_STANDARDS),
        "issued_at": datetime.fromisoformat(registered["issued"]),
        "kind": "standard",
        "title": registered["title"],
        "number": registered["number"],
        "signed": False,
    }


def _day(text: str) -> Any:
    return datetime.fromisoformat(text).date()
