"""What is said of a message, and what a feature brings that has people told something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

# Whoever the stream's thing is of.
CITIZEN: Final = "citizen"
SMS: Final = "sms"
# A message that came with a fact and is none of its notices has a place from here on, one a kind.
BESIDE: Final = 1_000
_ACCOUNT: Final = "account:"


@dataclass(frozen=True, slots=True)
class Message:
    """Something that is to be told to a person by a channel, and about which stream."""

    city: str
    stream: str
    kind: str
    params: Mapping[str, str]
    recipient: str = CITIZEN
    channel: str = SMS


@dataclass(frozen=True, slots=True)
class Sent:
    """How a message stands, for the timeline."""

    kind: str
    params: Mapping[str, str]
    state: str
    at: datetime | None


class Writer(Protocol):
    """A module that a feature names for a prefix of streams (`Feature.messages`).

    It is asked in the transaction that takes the message, before anything is sent. What it raises makes the message
    wait, and is logged by its kind alone.
    """

    HELD: frozenset[str]  # kinds that are kept back until released

    def address(self, message: Message, *, now: datetime) -> str | None:
        """Return where the message goes, or None when it can reach nobody. A look at a person's data is its fact."""

    def text(self, message: Message, *, now: datetime) -> str:
        """Return the words."""


def account(id: object) -> str:
    """Return the recipient that an account is."""
    return f"{_ACCOUNT}{id}"


def account_of(recipient: str) -> str | None:
    """Return the account that a recipient is, or None."""
    return recipient.removeprefix(_ACCOUNT) if recipient.startswith(_ACCOUNT) else None
