"""What people are told of the toy: whoever asked for the key, at a telephone that the toy alone knows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from minsheng.core.messages.values import DUTIES, NEWS, Message, Sentence

HELD: Final = frozenset({"limit_extended"})
PACES: Final = {"news": NEWS, "alarm": DUTIES}
PHONE: Final = "13000000009"


def channels(message: Message, *, now: datetime) -> list[str]:
    """Return what the test says, text messages where it says nothing."""
    return message.params.get("by", "sms").split()


def undelivered(message: Message, *, channels: Sequence[str], now: datetime) -> bool:
    """Tell that somebody calls, but for news."""
    return message.kind != "news"


def address(message: Message, *, now: datetime) -> str | None:
    """Return the toy's telephone; an account has none."""
    return PHONE if message.recipient == "citizen" else None


def text(message: Message, *, now: datetime) -> str:
    """Return what is said."""
    return f"{message.city}：{message.kind} {message.stream.partition('/')[0]} {dict(message.params)}"


def sentences(city: str, *, now: datetime) -> list[Sentence]:
    """Return nothing: the toy makes its words of what it is told."""
    return []
