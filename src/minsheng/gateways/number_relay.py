"""The relay between two telephones: who speaks with a citizen sees a number of the platform's, never the citizen's.

Real switches come with telephony; here are the port, the demonstration's adapter, and what stands where none is.
Source: A-15, SZ-15.3b, JY-9.4.
"""

from __future__ import annotations

from typing import Protocol

from minsheng.domain.rejected import Rejected


class RelayAway(Rejected):
    """No call can be relayed now."""

    def __init__(self) -> None:
        super().__init__("relay_away")


class Relay(Protocol):
    """Connects two telephones. `name` stands in the record of the call."""

    name: str

    def connect(self, *, own: str, other: str, reference: str) -> None:
        """Ring `own` and connect it with `other`; `reference` comes back with the call's result. Raises: RelayAway."""


class Demonstration:
    """Rings nobody: the demonstration's people are invented, and so are their numbers."""

    name = "demonstration"

    def connect(self, *, own: str, other: str, reference: str) -> None:
        """Do as if both had answered."""


class NoRelay:
    """What stands where the city has no relay yet: it says so."""

    name = "none"

    def connect(self, *, own: str, other: str, reference: str) -> None:
        """Refuse. Raises: RelayAway."""
        raise RelayAway


def configured(*, demonstration: bool) -> Relay:
    """Return the relay of this installation."""
    return Demonstration() if demonstration else NoRelay()
