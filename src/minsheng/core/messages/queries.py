"""Reads of messages: how those about a stream stand."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count

from minsheng.core.messages.models import LEFT, Message
from minsheng.core.messages.values import CITIZEN, Sent


def counts(city: str, *, since: datetime) -> dict[tuple[str, str], int]:
    """Return how many messages there are by channel and state: those that were sent since a moment, all others."""
    rows = Message.objects.filter(city=city).exclude(state__in=LEFT, sent_at__lt=since).order_by()
    found = rows.values_list("channel", "state").annotate(n=Count("id"))
    return {(channel, state): n for channel, state, n in found}


def of(stream: str, *, recipient: str = CITIZEN) -> list[Sent]:
    """Return the messages to a recipient about a stream, the oldest first."""
    rows = Message.objects.filter(stream=stream, recipient=recipient).order_by("id")
    return [Sent(row.kind, row.params, row.state, row.sent_at) for row in rows]
