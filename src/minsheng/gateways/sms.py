"""Text messages: the port, the demonstration's adapter, and what stands where a city has no carrier yet.

A carrier's adapter is a class with `send`; `reference` lets it drop a message that is handed over twice.
"""

from __future__ import annotations

from typing import Protocol

from minsheng.domain.rejected import Rejected


class SmsAway(Rejected):
    """No message can be sent now."""

    def __init__(self) -> None:
        super().__init__("sms_away")


class Sms(Protocol):
    """Sends text messages. `shows` tells that the page may show what was sent, since nobody gets it."""

    name: str
    shows: bool

    def send(self, phone: str, text: str, *, reference: str) -> None:
        """Hand a message over to the carrier; the same reference twice is one message. Raises: SmsAway."""


class Demonstration:
    """Sends nothing: the demonstration's telephones are invented. Pages show the words instead."""

    name = "demonstration"
    shows = True

    def send(self, phone: str, text: str, *, reference: str) -> None:
        """Do as if the carrier had taken it."""


class NoSms:
    """What stands where the city has no carrier yet: it says so."""

    name = "none"
    shows = False

    def send(self, phone: str, text: str, *, reference: str) -> None:
        """Refuse. Raises: SmsAway."""
        raise SmsAway


def configured(*, demonstration: bool) -> Sms:
    """Return the carrier of this installation."""
    return Demonstration() if demonstration else NoSms()
