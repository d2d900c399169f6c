"""Who carries messages to people, by channel: the port, and what this installation has.

A carrier's adapter is a class with `send`; `reference` lets it drop a message that is handed over twice.
"""

from __future__ import annotations

from typing import Final, Protocol

from minsheng.gateways import sms

# Seconds within which a carrier has taken a message, or has refused it.
PATIENCE: Final = 60.0


class Carrier(Protocol):
    """Hands messages of one channel over. It is called by several threads at once."""

    name: str

    def send(self, address: str, text: str, /, *, reference: str) -> None:
        """Hand a message over, within `PATIENCE`; the same reference twice is one message. Raises: Rejected."""


def configured(channel: str, *, demonstration: bool) -> Carrier | None:
    """Return the carrier of a channel in this installation, or None where it has none."""
    found = sms.configured(demonstration=demonstration) if channel == "sms" else None
    return None if isinstance(found, sms.NoSms) else found
