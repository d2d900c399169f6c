"""What looks from outside say of the platform: outages, and the share of the time in which it answered.

Source: AR-2.6.3, E-15.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

# One miss may be the network on the way; two in a row are the platform.
LEAST_MISSES: Final = 2
# Looks that are further apart than this many intervals say nothing of the time between them.
WIDEST: Final = 3


@dataclass(frozen=True, slots=True)
class Look:
    """One look from outside: when, whether the platform answered, after how many milliseconds, else what was wrong."""

    at: datetime
    is_up: bool
    milliseconds: int = 0
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which the platform did not answer: from the first miss to the first answer, None while it goes on."""

    began: datetime
    ended: datetime | None
    misses: int


@dataclass(frozen=True, slots=True)
class Availability:
    """How long the platform answered, how long not, and how long nobody looked."""

    up: timedelta
    down: timedelta
    unseen: timedelta

    @property
    def share(self) -> float | None:
        """Return the share of the seen time in which it answered; None if nobody looked."""
        seen = self.up + self.down
        return self.up / seen if seen else None


def outages(looks: Sequence[Look]) -> list[Outage]:
    """Return the outages that looks show, in order of time."""
    found: list[Outage] = []
    missed: list[Look] = []
    for look in looks:
        if not look.is_up:
            missed.append(look)
            continue
        if len(missed) >= LEAST_MISSES:
            found.append(Outage(missed[0].at, look.at, len(missed)))
        missed = []
    if len(missed) >= LEAST_MISSES:
        found.append(Outage(missed[0].at, None, len(missed)))
    return found


def availability(looks: Sequence[Look], *, every: timedelta) -> Availability:
    """Return how long it answered between the first and the last look; `every`: the interval of the looks."""
    up = down = unseen = timedelta()
    failed = [(each.began, each.ended) for each in outages(looks)]
    for before, after in itertools.pairwise(looks):
        span = after.at - before.at
        if span > WIDEST * every:
            unseen += span
        elif any(began <= before.at and (ended is None or before.at < ended) for began, ended in failed):
            down += span
        else:
            up += span
    return Availability(up, down, unseen)


def between(looks: Iterable[Look], since: datetime | None, until: datetime | None) -> list[Look]:
    """Return the looks of a time, its end left out, in order of time."""
    inside = (each for each in looks if (since is None or each.at >= since) and (until is None or each.at < until))
    return sorted(inside, key=lambda each: each.at)
