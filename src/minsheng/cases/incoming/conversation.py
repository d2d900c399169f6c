"""What was said about an order on both sides, by whatever channel: read from what came and from what left.

Who may is asked by whoever calls; the words are in clear. Source: JY-9.4, JY-12.4, SQ-10.5a, SZ-15.3c.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from minsheng.cases.incoming.models import Incoming
from minsheng.cases.orders.storage import records
from minsheng.core.messages import queries as messages
from minsheng.core.words import queries as words
from minsheng.domain.channels.incoming import REGISTERED, TAKEN
from minsheng.gateways import ids

# What a link in a message opens is its receiver's alone.
_LINK: Final = re.compile(r"https?://[^\s，。；、）)]+")
_HIDDEN: Final = "〔链接〕"
LATEST: Final = 500


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of a conversation; `came`: the row's id where somebody wrote, None for what was sent to them.

    `own`: it surely came from the appellant, by their number or address, or began the order. `why`: why it did not
    arrive; `instead_of`: the channel that had failed before.
    """

    at: datetime
    channel: str
    text: str
    came: UUID | None = None
    own: bool = False
    number: str = ""
    kind: str = ""
    state: str = ""
    why: str = ""
    instead_of: str = ""


def of_order(order: str, *, limit: int = LATEST) -> list[Entry]:
    """Return the latest of the conversation about an order, the oldest first; of a part also that about its whole."""
    orders = list(dict.fromkeys((records.appeal_of(order), order)))
    entries = [*_came(orders, limit)]
    for each in orders:
        entries += [
            Entry(
                said.at, said.channel, _LINK.sub(_HIDDEN, said.text), kind=said.kind, state=said.state, why=said.why,
                instead_of=said.instead_of,
            )
            for said in messages.spoken(records.stream_of(each), limit=limit)
        ]  # fmt: skip
    return sorted(entries, key=lambda entry: entry.at)[-limit:]


def _came(orders: Sequence[str], limit: int) -> list[Entry]:
    rows = list(Incoming.objects.filter(order__in=orders).order_by("-id")[:limit])
    said = words.of_streams([f"incoming/{row.pk}" for row in rows])
    entries = []
    for row in reversed(rows):
        first = said.get(f"incoming/{row.pk}", {}).get(1, {})
        text = "\n".join(each for each in (first.get("subject", ""), first.get("text", "")) if each)
        own = row.status == TAKEN or row.state.get("outcome") == REGISTERED
        entries.append(Entry(ids.moment_of(row.pk), row.channel, text, came=row.pk, own=own, number=row.number))
    return entries
