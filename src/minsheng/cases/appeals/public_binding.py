"""Whether public texts and copies of files are those that facts confirm the digests of. Source: JY-9.8a, A-73."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from minsheng.cases.appeals.models import PublicFile, PublicText
from minsheng.core.files import places
from minsheng.core.files.witness import holds
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.values import StoredEvent

_TEXT, _FILES = "PublicTextConfirmed", "PublicFilesConfirmed"
TYPES: Final = (_TEXT, _FILES)


def texts_fit(order: str, given: Sequence[StoredEvent]) -> bool:
    """Tell whether an order's public texts are the last that these facts confirm, none when there is no such fact."""
    rows = {row.field: row for row in PublicText.objects.filter(order=order)}
    last = _last(given, _TEXT)
    if last is None:
        return not rows
    digests = ledger.content(last)["digests"]
    return {name: hashlib.sha256(row.text.encode()).hexdigest() for name, row in rows.items()} == digests and all(
        (row.confirmed_by, row.confirmed_at, row.city_id) == (_person(last), last.at, last.city)
        for row in rows.values()
    )


def files_fit(order: str, given: Sequence[StoredEvent]) -> bool:
    """Tell whether an order's public copies, content and all, are the last that these facts confirm."""
    rows = list(PublicFile.objects.filter(order=order).order_by("place"))
    last = _last(given, _FILES)
    wanted: list[dict[str, Any]] = ledger.content(last)["files"] if last is not None else []
    if last is None or [row.place for row in rows] != list(range(1, len(wanted) + 1)):
        return not rows and not wanted
    store = places.store()
    return all(
        all(str(getattr(row, name)) == str(value) for name, value in each.items())
        and (row.confirmed_by, row.confirmed_at) == (_person(last), last.at)
        and holds(store, row.digest, size=row.size)
        for row, each in zip(rows, wanted, strict=True)
    )


def _last(events: Sequence[StoredEvent], type: str) -> StoredEvent | None:
    return next((event for event in reversed(events) if event.type == type), None)


def _person(event: StoredEvent) -> str:
    return str(event.actor.get("person") or "")
