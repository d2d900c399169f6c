"""Readings of articles in the lake, from the ledger's journal: what was read when by which kind of reader. Source: E-5.

Entries have positions of their own, so the months are written anew that the events of this part of the ledger span.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from minsheng.cases.knowledge.uses import USE
from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.actions import execute
from minsheng.core.ledger.values import ZONE

_USES: Final = b"""
    SELECT city, key, at, split_part(stream, '/', 2), body ->> 'kind', body ->> 'reader' FROM ledger_entry
    WHERE kind = %s AND at >= %s AND at < %s ORDER BY city, position
"""
# What the release calls the two kinds of article.
_KINDS: Final = {"information": "information", "question": "answer"}


def export(part: Range) -> Iterator[Fresh]:
    """Give the readings of the months that this part of the ledger spans, and of the month that runs."""
    month, last = ledger.span(after_position=part.after_position, up_to=part.up_to, now=part.now)
    while month <= last:
        following = _next(month)
        yield from _of_month(month, following)
        month = following


def _of_month(since: datetime, until: datetime) -> Iterator[Fresh]:
    by_city: dict[str, list[dict[str, Any]]] = {}
    for city, key, at, article, kind, reader in execute(_USES, (USE, since, until), alone=True).fetchall():
        told = {
            "city": city, "use_id": key, "used_at": at.astimezone(ZONE).replace(tzinfo=None),
            "kind": _KINDS[kind], "article_id": article, "reader": reader,
        }  # fmt: skip
        by_city.setdefault(city, []).append(told)
    for city, rows in by_city.items():
        yield Fresh("article_uses", city, {f"{since:%Y-%m}": rows}, frozenset(row["use_id"] for row in rows))


def _next(month: datetime) -> datetime:
    return month.replace(year=month.year + month.month // 12, month=month.month % 12 + 1)
