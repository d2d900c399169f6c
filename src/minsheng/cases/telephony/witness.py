"""Whether the timeline of each ended call is the one that the ledger has the digest of; `ledger.witnesses` calls it."""

from __future__ import annotations

from collections.abc import Sequence

from minsheng.cases.telephony import queries
from minsheng.cases.telephony.models import TelephonyCall
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.queries import content
from minsheng.core.ledger.witnesses import Altered, Compared


def compare(streams: Sequence[str]) -> Compared:
    """Compare the timelines of these calls with the digests of their facts."""
    seen = Compared()
    found = ledger.picked(streams, ["CallEnded"])
    rows = {queries.stream(row.pk): row for row in TelephonyCall.objects.filter(pk__in=[_id(each) for each in streams])}
    for stream in streams:
        seen.streams += 1
        events = found.get(stream, [])
        if not events:
            seen.unbound += 1
            continue
        row = rows.get(stream)
        lines = queries.timeline(row.pk, since=row.offered_at) if row is not None else []
        if queries.digest_of(lines).hex() != content(events[0])["digest"]:
            seen.found(stream, "words")
    return seen


def strangers() -> list[Altered]:
    """Return no call: one that has not ended has no fact yet, and is no stranger."""
    return []


def _id(stream: str) -> str:
    return stream.partition("/")[2]
