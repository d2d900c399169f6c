"""What has happened without a person: clocks that ran out, due moments that moved."""

from __future__ import annotations

from dataclasses import dataclass

from minsheng.domain.facts import Event


@dataclass(frozen=True, slots=True)
class TimerMissed(Event):
    """A clock has run out."""

    timer: str
    unit: str


@dataclass(frozen=True, slots=True)
class ManualCallbackWanted(Event):
    """Nobody answered the text message, and a wanted document is missing: a person must call."""


@dataclass(frozen=True, slots=True)
class OverdueWatched(Event):
    """From here on the order is watched for K5, since its limit has passed (SZ-40.5, SQ-18.5)."""


@dataclass(frozen=True, slots=True)
class RosterMissing(Event):
    """An order went out of office hours to a unit that has nobody on duty (SQ-11)."""

    unit: str


@dataclass(frozen=True, slots=True)
class DeadlineRecomputed(Event):
    """A due moment rested on a year that has now been loaded (decision A-48)."""

    year: int
    timer: str
    unit: str
