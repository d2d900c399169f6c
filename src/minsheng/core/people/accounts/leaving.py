"""What somebody has in hand when they leave the house or their unit, and to whom it goes; each feature says its own.

A feature names its `Work` in its `feature.py` (`leaves`); nothing is forgotten because a list was not kept up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from minsheng.core.features import queries as features
from minsheng.domain.actors import Actor


class HandOver(Protocol):
    """Gives the work of an account to another, or, without one, back to those who share it.

    Inside the caller's transaction. Raises: Rejected where the other can't have it.
    """

    def __call__(self, staff: int, to: int | None, *, city: str, actor: Actor, now: datetime) -> None:
        """Hand it over."""


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of open work: its code and name, what of it an account has (in words), how it is handed over.

    `taken`: what becomes of it with somebody who takes over, `alone`: without; `of_unit`: it ends with the unit, too.
    """

    code: str
    name: str
    open: Callable[[str, int, datetime], list[str]]
    hand_over: HandOver
    taken: str
    alone: str
    of_unit: bool = False


@dataclass(frozen=True, slots=True)
class Open:
    """What an account has of a kind of work."""

    work: Work
    things: tuple[str, ...]


def works() -> list[Work]:
    """Return the kinds of work that features bring."""
    found: list[Work] = features.leaves()
    return found


def of(city: str, staff: int, *, of_unit: bool = False, now: datetime) -> list[Open]:
    """Return what an account has in hand, kinds without anything left out. `of_unit`: only what ends with the unit."""
    found = [Open(work, tuple(work.open(city, staff, now))) for work in works() if work.of_unit or not of_unit]
    return [each for each in found if each.things]
