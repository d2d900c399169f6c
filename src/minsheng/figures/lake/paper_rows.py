"""Special reports in the lake: which were sent, and whether a leader wrote on them; told by their facts alone.

Reports stand above the lake, so their tables are not read here: the ledger's facts say all that is counted.
Source: SZ-35a, AR-2.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE, StoredEvent
from minsheng.domain.report_kinds import ReportKind, period_of
from minsheng.gateways import packfiles

_REPORTS = "report/"
# What a pack calls a special report (专报).
_SPECIAL = frozenset({"special", "sentiment"})


def export(part: Range) -> Iterator[Fresh]:
    """Give the special reports of every city whose reports got events: they are few, so all of them anew."""
    touched = ledger.touched(_REPORTS, after_position=part.after_position, up_to=part.up_to)
    for city in sorted({ledger.history(stream)[0].city for stream in touched}):
        streams = [
            list(own)
            for events in ledger.whole_streams(_REPORTS, city)
            for _stream, own in groupby(events, key=lambda event: event.stream)
        ]
        by_month: dict[str, list[dict[str, Any]]] = {}
        for own in streams:
            if (row := paper_row(own, packfiles.report_kinds())) is not None:
                by_month.setdefault(f"{row['issued_at']:%Y-%m}", []).append(row)
        keys = frozenset(own[0].stream.removeprefix(_REPORTS) for own in streams)
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


def _day(text: str) -> Any:
    return datetime.fromisoformat(text).date()
