"""Reads of messages: how those about a stream stand."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db.models import Count

from minsheng.core.messages import carrying
from minsheng.core.messages.models import LEFT, Message
from minsheng.core.messages.values import BY_HAND, CITIZEN, Sent, Spoken
from minsheng.core.people import vault
from minsheng.core.people.vault_keys import Cell

# The words of messages as they left, for the change of keys and for `minsheng ledger verify`.
CELLS: Final[tuple[Cell, ...]] = ((Message.objects, "message", "text"),)


def counts(city: str, *, since: datetime) -> dict[tuple[str, str], int]:
    """Return how many messages there are by channel and state: those that were sent since a moment, all others."""
    rows = Message.objects.filter(city=city).exclude(state__in=LEFT, sent_at__lt=since).order_by()
    found = rows.values_list("channel", "state").annotate(n=Count("id"))
    return {(channel, state): n for channel, state, n in found}


def of(stream: str, *, recipient: str = CITIZEN) -> list[Sent]:
    """Return the messages to a recipient about a stream, the oldest first."""
    rows = Message.objects.filter(stream=stream, recipient=recipient).order_by("id")
    return [Sent(row.kind, row.params, row.state, row.sent_at) for row in rows]


def is_carried(channel: str, *, now: datetime) -> bool:
    """Tell whether somebody carries messages of a channel in this installation; letters are carried by the desk."""
    return channel in BY_HAND or carrying.of(channel, now=now) is not None


def spoken(stream: str, *, recipient: str = CITIZEN, limit: int = 500) -> list[Spoken]:
    """Return the latest messages to a recipient with their words as they left, the oldest first.

    Who may is the caller's.
    """
    rows = Message.objects.filter(stream=stream, recipient=recipient).exclude(state="HELD").order_by("-id")[:limit]
    return [
        Spoken(
            row.kind, row.channel, row.state, row.sent_at or row.next_at, row.delivered_at, row.why, row.instead_of,
            vault.decrypt(bytes(row.text_enc), owner=f"message/{row.pk}", field="text") if row.text_enc else "",
        )
        for row in reversed(rows)
    ]  # fmt: skip


def to_call(city: str, *, limit: int) -> list[tuple[str, str, datetime]]:
    """Return what somebody is to tell by a call, since no channel brought it: stream, kind and moment."""
    rows = Message.objects.filter(after="CALL", city=city).order_by("id")
    return list(rows.values_list("stream", "kind", "next_at")[:limit])
