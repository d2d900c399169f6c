"""The envelope of an event and what it carries: clocks, notices, breaches.

A `Fact` says when, by whom, where the order stands afterwards, which clocks changed, who is to be told and which
breaches were found. Folding facts with `folding.evolve` gives the order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar

from minsheng.domain.actors import Actor


@dataclass(frozen=True, slots=True)
class Basis:
    """What a due moment rests on: enough to derive it again."""

    start: datetime
    length: str  # an amount, `rest 12600` (seconds), or `until`
    key: str  # the pack's parameter
    clause: str
    pack: str  # pack@version, with overlays


@dataclass(frozen=True, slots=True)
class Timer:
    """A clock of an order as it stands. `unit` is empty for the hotline's own clocks.

    `working`: whether its limit is set in working time. `rest`: seconds left while paused, of the same kind
    of time. `done_at`: when the thing was done although the timer had been missed.
    """

    name: str
    unit: str
    status: str
    due: datetime | None
    basis: Basis
    working: bool
    provisional: bool = False
    original_due: datetime | None = None
    rest: int | None = None
    done_at: datetime | None = None

    @property
    def key(self) -> str:
        """`name@unit`, or the name alone."""
        return f"{self.name}@{self.unit}" if self.unit else self.name


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody who is to be told something."""

    kind: str
    to: str
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.kind}>{self.to}"


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a party did not keep; `due` is the missed moment where a clock was missed."""

    code: str
    party: str
    at: datetime
    due: datetime | None = None
    timer: str = ""

    def __str__(self) -> str:
        return f"{self.code}@{self.party}"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that has happened. `step` is its kind on the timeline; an empty one is not shown as a step."""

    step: ClassVar[str] = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event in its envelope."""

    stream: str
    event: Event
    at: datetime
    by: Actor
    status: str
    reason: str | None = None
    clocks: tuple[Timer, ...] = ()
    notices: tuple[Notice, ...] = ()
    breaches: tuple[Breach, ...] = ()
    annulled: tuple[Breach, ...] = ()
