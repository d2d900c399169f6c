"""What is said of a message, and what a feature brings that has people told something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

# Whoever the stream's thing is of.
CITIZEN: Final = "citizen"
# Whoever is on the roster of a unit, whose name follows: told out of office hours, and found when it is sent (SZ-9b).
DUTY: Final = "duty@"
SMS, MAIL, WECHAT, LETTER, FAX = "sms", "mail", "wechat", "letter", "fax"
# Paper, which has the answer with it.
ON_PAPER: Final = (LETTER, FAX)
# What a person brings to the post, and says so.
BY_HAND: Final = (LETTER,)
# What every text message begins with.
MARK: Final = "【12345】"
# A session of which nobody has said anything for so long has no process.
SAID_WITHIN: Final = timedelta(seconds=30)
# What goes first: to whoever is on duty, then all else, then what can wait. Codes to telephones never stand in line.
DUTIES, RESULTS, NEWS = 1, 2, 3
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


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message as it left, with its words; `at`: when it left, or when it is to be tried."""

    kind: str
    channel: str
    state: str
    at: datetime
    delivered_at: datetime | None
    why: str
    instead_of: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence that a writer sends: its kind and name, and its words where a city has none of its own.

    `places`: what may stand in braces in it, `needed`: what must; `example`: what is filled in on an invented order;
    `mark`: what the text begins with always; `fixed`: the clause that gives the words, which nobody changes then.
    """

    kind: str
    name: str
    words: str
    places: tuple[str, ...] = ()
    needed: tuple[str, ...] = ()
    example: Mapping[str, str] = field(default_factory=dict)
    mark: str = ""
    fixed: str = ""


class Writer(Protocol):
    """A module that a feature names for a prefix of streams (`Feature.messages`).

    It is asked in the transaction that takes the message, before anything is sent. What it raises makes the message
    wait, and is logged by its kind alone.
    """

    HELD: frozenset[str]  # kinds that are kept back until released
    PACES: Mapping[str, int]  # kinds that go before or after the others; what is in none of it goes as `RESULTS`

    def channels(self, message: Message, *, now: datetime) -> Sequence[str]:
        """Return the channels that may bring a message, in their order; none for what its recipient does not want."""

    def address(self, message: Message, *, now: datetime) -> str | None:
        """Return where the message goes, or None when it can reach nobody. A look at a person's data is its fact."""

    def text(self, message: Message, *, now: datetime) -> str:
        """Return the words."""

    def undelivered(self, message: Message, *, channels: Sequence[str], now: datetime) -> bool:
        """Let the feature know that none of the channels brought a message; tell whether somebody is to call now."""

    def sentences(self, city: str, *, now: datetime) -> Sequence[Sentence]:
        """Return every sentence that people of a city are sent."""


def account(id: object) -> str:
    """Return the recipient that an account is."""
    return f"{_ACCOUNT}{id}"


def account_of(recipient: str) -> str | None:
    """Return the account that a recipient is, or None."""
    return recipient.removeprefix(_ACCOUNT) if recipient.startswith(_ACCOUNT) else None
