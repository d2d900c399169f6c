"""What the floor wants done: by the switch, and at a desk. The controller carries each out, in this order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Do:
    """Something to be done for a call."""

    call: str


@dataclass(frozen=True, slots=True)
class Answer(Do):
    """Take the caller's line."""

    channel: str


@dataclass(frozen=True, slots=True)
class Play(Do):
    """Let the caller hear a prompt by its name."""

    channel: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Music(Do):
    """Let the caller hear music, or no more."""

    channel: str
    on: bool


@dataclass(frozen=True, slots=True)
class RingAgent(Do):
    """Show the call at an agent's desk, then let their phone ring as a leg."""

    agent: str
    leg: str


@dataclass(frozen=True, slots=True)
class DialCaller(Do):
    """Call the citizen back as a leg, with the number that was kept for `of`."""

    leg: str
    of: str


@dataclass(frozen=True, slots=True)
class DialParty(Do):
    """Call whom a seat brings into the talk, as a leg: `kind` and `party` as `parties.read` gives them; `by`: the seat.

    What they see is the platform's number.
    """

    leg: str
    kind: str
    party: str
    by: str


@dataclass(frozen=True, slots=True)
class HangUp(Do):
    """End a channel or a leg; one that is gone already is well."""

    channel: str


@dataclass(frozen=True, slots=True)
class Join(Do):
    """Put channels into the call's mixing bridge, which is made where there is none."""

    channels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part(Do):
    """Take a channel out of the call's bridge."""

    channel: str


@dataclass(frozen=True, slots=True)
class Clear(Do):
    """Destroy the call's bridge."""
