"""Reads of messages: how those about a stream stand."""

from __future__ import annotations

from minsheng.core.messages.models import Message
from minsheng.core.messages.values import CITIZEN, Sent


def of(stream: str, *, recipient: str = CITIZEN) -> list[Sent]:
    """Return the messages to a recipient about a stream, the oldest first."""
    rows = Message.objects.filter(stream=stream, recipient=recipient).order_by("id")
    return [Sent(row.kind, row.params, row.state, row.sent_at) for row in rows]
