"""Messages in the lake: channel, kind, pace, when each left and arrived; no number, no word, no thing.

What providers tell is no fact of the ledger, so that each export brings the messages of the last days anew: a receipt
comes within three days, or the message is given up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q

from minsheng.core.features.values import Fresh, Range
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import exporting
from minsheng.core.messages.models import Message
from minsheng.core.messages.values import DUTIES, NEWS, RESULTS

_OPEN_FOR: Final = timedelta(days=5)
_AT_ONCE: Final = 5_000
_PACES: Final = {DUTIES: "duty", RESULTS: "result", NEWS: "news"}


def export(part: Range) -> Iterator[Fresh]:
    """Give the messages that came with this part of the ledger, and those of the last days."""
    came = Q(position__gt=part.after_position, position__lte=part.up_to)
    rows = Message.objects.filter(came | Q(told_at__gte=part.now - _OPEN_FOR)).exclude(told_at=None).order_by("id")
    last = 0
    while some := list(rows.filter(pk__gt=last).defer("text_enc", "params")[:_AT_ONCE]):
        last = some[-1].pk
        yield from exporting.fresh("messages", map(_told, some))


def _told(row: Message) -> exporting.Told:
    told = _wall(row.told_at)
    assert told is not None
    columns: dict[str, Any] = {
        "city": row.city,
        "message_id": str(row.pk),
        "told_at": told,
        "channel": row.channel,
        "kind": row.kind,
        "pace": _PACES.get(row.pace),
        "instead_of": row.instead_of or None,
        "state": row.state,
        "handed_at": _wall(row.sent_at),
        "delivered_at": _wall(row.delivered_at),
        "parts": row.parts,
    }
    return row.city, str(row.pk), f"{told:%Y-%m}", columns


def _wall(moment: datetime | None) -> datetime | None:
    return moment.astimezone(ZONE).replace(tzinfo=None) if moment is not None else None
