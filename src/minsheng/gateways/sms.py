"""Text messages: the port, the demonstration's adapter, and what stands where a city has no carrier yet.

A carrier's adapter is a class with `send`; `reference` lets it drop a message that is handed over twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from minsheng.domain.rejected import Rejected

# What becomes of a message, as receipts tell.
DELIVERED, PERMANENT, TEMPORARY = OUTCOMES = ("delivered", "permanent", "temporary")
# How ids of receipts are written: as in the answer, or in hexadecimal or decimal where the answer has the other.
IDS: Final = ("same", "hex", "decimal")


class SmsMisconfigured(ValueError):
    """The file of providers cannot be used; `args[0]` says why, for whoever runs the platform."""


class SmsAway(Rejected):
    """No message can be sent now."""

    def __init__(self) -> None:
        super().__init__("sms_away")


class SmsRefused(Rejected):
    """The carrier will never bring a message to this number."""

    def __init__(self) -> None:
        super().__init__("sms_refused")


@dataclass(frozen=True, slots=True)
class Handed:
    """Who took a message, under which id there; `awaits`: whether a receipt will follow.

    `parts`: how many text messages it went as; 0 where the provider does not say.
    """

    provider: str
    id: str = ""
    awaits: bool = False
    parts: int = 0


class Sms(Protocol):
    """Sends text messages. `shows` tells that the page may show what was sent, since nobody gets it."""

    name: str
    shows: bool

    def send(self, phone: str, text: str, /, *, reference: str) -> Handed | None:
        """Hand a message over to the carrier; the same reference twice is one message. Raises: SmsAway, SmsRefused."""


class Demonstration:
    """Sends nothing: the demonstration's telephones are invented. Pages show the words instead."""

    name = "demonstration"
    shows = True

    def send(self, phone: str, text: str, /, *, reference: str) -> Handed | None:
        """Do as if the carrier had taken it."""
        return Handed(self.name)


class NoSms:
    """What stands where the city has no carrier yet: it says so."""

    name = "none"
    shows = False

    def send(self, phone: str, text: str, /, *, reference: str) -> Handed | None:
        """Refuse. Raises: SmsAway."""
        raise SmsAway
