"""Mystery calls in the lake: how each call of a published campaign went; nobody who made or rated it.

Source: SQ-15.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minsheng.cases.mystery.actions import CALLS, CAMPAIGNS
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.domain.mystery import campaign
from minsheng.domain.mystery.call import MysteryCall


def export(part: Range) -> Iterator[Fresh]:
    """Give the calls of the campaigns that got a fact in this part of the ledger, of those that are published."""
    streams = ledger.touched(CAMPAIGNS.prefix, after_position=part.after_position, up_to=part.up_to)
    ids = [CAMPAIGNS.id_of(stream) for stream in streams]
    published = CAMPAIGNS.rows(pk__in=ids, status=campaign.PUBLISHED).values_list("pk", flat=True)
    made: dict[str, dict[str, list[dict[str, Any]]]] = {}
    keys: dict[str, set[str]] = {}
    for row in CALLS.rows(campaign__in=[str(each) for each in published]):
        state = CALLS.read(row)
        keys.setdefault(row.city_id, set()).add(str(row.pk))
        if state.counts and state.made_at is not None:
            told = _told(row, state)
            made.setdefault(row.city_id, {}).setdefault(f"{told['called_at']:%Y-%m}", []).append(told)
    for city, rows in made.items():
        yield Fresh("mystery_calls", city, rows, frozenset(keys[city]))


def _told(row: Any, state: MysteryCall) -> dict[str, Any]:
    assert state.made_at is not None
    assert state.first is not None
    return {
        "city": row.city_id,
        "call_id": str(row.pk),
        "called_at": state.made_at.astimezone(ZONE).replace(tzinfo=None),
        "campaign_id": state.campaign,
        "unit": state.unit,
        "reached": state.reached,
        "wait_seconds": state.wait_seconds if state.reached else None,
        "answer": state.first.answer or None,
        "attitude": state.first.attitude or None,
        "done": state.done,
        "tenths": state.tenths,
        "rated_twice": state.second is not None,
    }
