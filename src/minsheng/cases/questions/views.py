"""Views of published questions: how often everybody read one, as a journal of the ledger; no person. Source: E-6."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid4

from minsheng.core.ledger import journals
from minsheng.core.ledger.actions import execute
from minsheng.core.ledger.journals import Entry

VIEW: Final = "question_view"
_COUNT: Final = b"""
    SELECT stream, count(*) FROM ledger_entry WHERE kind = %(kind)s AND stream = ANY(%(streams)s) GROUP BY 1
"""
_SINCE: Final = b"SELECT DISTINCT stream FROM ledger_entry WHERE kind = %(kind)s AND at >= %(since)s AND at < %(until)s"


def viewed(row: Any, *, now: datetime) -> None:
    """Put on record that somebody read it."""
    journals.count(row.city_id, Entry(VIEW, f"question/{row.pk}", str(uuid4()), now, {"role": "citizen"}, {}))


def views(ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return how often each was read."""
    values = {"kind": VIEW, "streams": [f"question/{each}" for each in ids]}
    rows = execute(_COUNT, values, alone=True).fetchall()
    return {UUID(stream.partition("/")[2]): count for stream, count in rows}


def viewed_between(since: datetime, until: datetime) -> set[UUID]:
    """Return the questions that were read in a time."""
    values = {"kind": VIEW, "since": since, "until": until}
    return {UUID(row[0].partition("/")[2]) for row in execute(_SINCE, values, alone=True).fetchall()}
