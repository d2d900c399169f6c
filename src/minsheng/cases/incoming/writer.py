"""What is asked of somebody who wrote: by the channel that they wrote by, at the address that they wrote from.

Source: SQ-10.1, JY-9.4.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from minsheng.cases.incoming.actions import KIND
from minsheng.core.messages.values import MARK, SMS, Message, Sentence
from minsheng.core.words import queries as words
from minsheng.domain.channels.incoming import WAITING

HELD: Final[frozenset[str]] = frozenset()
PACES: Final[Mapping[str, int]] = {}


def channels(message: Message, *, now: datetime) -> Sequence[str]:
    """Return the channel that it came by."""
    return (KIND.rows(pk=_id(message)).values_list("channel", flat=True)[0],)


def undelivered(message: Message, *, channels: Sequence[str], now: datetime) -> bool:
    """Tell whether it still waits for a seat, who then calls."""
    return KIND.rows(pk=_id(message), status=WAITING).exists()


def address(message: Message, *, now: datetime) -> str | None:
    """Return where it came from; that it was used is on record with the message itself."""
    said = words.of(message.stream).get(1, {})
    return said.get("phone" if message.channel == SMS else "sender") or None


def text(message: Message, *, now: datetime) -> str:
    """Return what the seat, or the platform, asks."""
    said = words.of(message.stream).get(int(message.params["version"]), {})
    return (MARK if message.channel == SMS else "") + said.get("text", "")


def sentences(city: str, *, now: datetime) -> list[Sentence]:
    """Return nothing: each question is written by a person, or says numbers."""
    return []


def _id(message: Message) -> UUID:
    return KIND.id_of(message.stream)
