"""Answers in the lake: of each published survey how an option was chosen; no cell of fewer than five, no answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minsheng.cases.surveys import queries
from minsheng.cases.surveys.actions import KIND
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import exporting
from minsheng.domain.surveys import survey


def export(part: Range) -> Iterator[Fresh]:
    """Give the shown cells of the surveys that got a fact in this part of the ledger, of those that are published."""
    for ids in exporting.touched(KIND, part):
        rows = KIND.rows(pk__in=ids, status=survey.PUBLISHED)
        told = (each for row in rows for each in _told(row))
        yield from exporting.fresh(
            "survey_answers", ((x["city"], x["survey_id"], f"{x['closed_at']:%Y-%m}", x) for x in told)
        )


def _told(row: Any) -> Iterator[dict[str, Any]]:
    state = KIND.read(row)
    assert state.closed_at is not None
    for each in queries.figures(row, state.questions, state.shares):
        for cell in each.cells:
            if cell.count is not None and each.of is not None:
                yield {
                    "city": row.city_id,
                    "survey_id": str(row.pk),
                    "closed_at": state.closed_at.astimezone(ZONE).replace(tzinfo=None),
                    "question": each.number,
                    "option": cell.option,
                    "count": cell.count,
                    "of": each.of,
                }
