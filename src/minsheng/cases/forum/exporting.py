"""Threads in the lake: who had each, its moments, whether it was in time, how it was rated; no word, no member.

A thread that nobody has let in is in no figure. Views have positions of their own, so threads that were opened in the
months of this part of the ledger are told again. Source: E-0, AR-1.1b.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from minsheng.cases.forum import views
from minsheng.cases.forum.actions import KIND
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import exporting
from minsheng.core.people import statistics
from minsheng.domain.forum import state as threads

_AT_ONCE: Final = 2_000


def export(part: Range) -> Iterator[Fresh]:
    """Give the threads that got a fact or a reader in this part of the ledger."""
    streams = ledger.touched(KIND.prefix, after_position=part.after_position, up_to=part.up_to)
    since, until = ledger.span(after_position=part.after_position, up_to=part.up_to, now=part.now)
    ids = sorted({KIND.id_of(stream) for stream in streams} | views.viewed_between(since, until))
    for start in range(0, len(ids), _AT_ONCE):
        yield from exporting.fresh("threads", _of(ids[start : start + _AT_ONCE]))


def _of(ids: Sequence[UUID]) -> Iterator[exporting.Told]:
    count = views.views(ids)
    rows = list(KIND.light_rows().filter(pk__in=ids))
    regions = {city: statistics.regions(city) for city in {row.city_id for row in rows}}
    for row in rows:
        state = KIND.read(row)
        month = f"{_wall(state.posted_at):%Y-%m}"
        yield row.city_id, str(row.pk), month, _told(row, state, regions[row.city_id], count.get(row.pk, 0))


def _told(row: Any, state: threads.Thread, regions: Mapping[str, str], seen: int) -> dict[str, Any] | None:
    """Return a thread's row; none for one that nobody but its author reads."""
    if state.approved_at is None:
        return None
    return {
        "city": row.city_id,
        "thread_id": str(row.pk),
        "posted_at": _wall(state.posted_at),
        "district": regions.get(state.unit),
        "unit": state.unit or None,
        "handled": state.answered_at is not None,
        "handled_at": _wall(state.answered_at),
        "views": seen,
        "order_id": state.joined or None,
        "class": state.class_ or None,
        "claimed_by": state.claimed_by or None,
        "attended_at": _wall(state.attended_at),
        "stance_at": _wall(state.stance_at),
        "answered_at": _wall(state.answered_at),
        "timely": False if state.is_late else True if state.answered_at is not None else None,
        "rated": row.status == threads.RATED,
        "satisfied": state.satisfied,
        "board": state.board or None,
        "sealed": state.sealed,
    }


def _wall(moment: datetime | None) -> datetime | None:
    """Return a moment as the lake has it: wall time of the city, without a zone."""
    return moment.astimezone(ZONE).replace(tzinfo=None) if moment is not None else None
