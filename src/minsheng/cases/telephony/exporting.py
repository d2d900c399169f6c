"""Calls in the lake: how each that has ended went; no number, no agent, no word. Source: AR-2.1.2, E-2."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from minsheng.cases.telephony import queries
from minsheng.cases.telephony.models import TelephonyCall
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.domain.telephony import calls as record

_PREFIX = "call/"


def export(part: Range) -> Iterator[Fresh]:
    """Give the calls that ended in this part of the ledger, by city."""
    ids = [
        UUID(each.removeprefix(_PREFIX))
        for each in ledger.touched(_PREFIX, after_position=part.after_position, up_to=part.up_to)
    ]
    made: dict[str, dict[str, list[dict[str, Any]]]] = {}
    keys: dict[str, set[str]] = {}
    for row in TelephonyCall.objects.filter(pk__in=ids).exclude(digest=None):
        told = _told(row)
        keys.setdefault(row.city, set()).add(told["call_id"])
        made.setdefault(row.city, {}).setdefault(f"{told['began_at']:%Y-%m}", []).append(told)
    for city, rows in made.items():
        yield Fresh("calls", city, rows, frozenset(keys[city]))


def _told(row: TelephonyCall) -> dict[str, Any]:
    lines = queries.timeline(row.pk, since=row.offered_at)
    call = record.fold(lines)
    assert call is not None
    assert call.offered_at is not None
    told = record.figures(call)
    return {
        "city": row.city,
        "call_id": str(row.pk),
        "began_at": _wall(call.offered_at),
        "direction": call.direction,
        "answered": told.answered,
        "wait_seconds": _seconds(told.wait),
        "talk_seconds": _seconds(told.talk) if told.answered else None,
        "satisfied": None,
        "order_id": row.order or None,
        "line": call.line,
        "queue": call.queue or None,
        "abandoned": told.abandoned,
        "ring_seconds": _seconds(told.ring) if told.answered and call.rung_at is not None else None,
        "hold_seconds": _seconds(told.hold) if told.answered else None,
        "presses": call.presses,
        "outcome": row.outcome or None,
        "callback_of": call.callback_of or None,
        "three_way": any(each.outcome != "unreached" for each in queries.talks_of(lines)),
    }


def _wall(moment: datetime) -> datetime:
    return moment.astimezone(ZONE).replace(tzinfo=None)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())
