"""The envelope of an event and what it carries: clocks, notices, breaches; the same for every life cycle.

A `Fact` says when, by whom, where the order stands afterwards, which clocks changed, who is to be told and which
breaches were found. Folding them gives the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer


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


def words(*, name: bool = False) -> Any:
    """Return a field of an event for what may name somebody: words as typed, a person, what a document is called.

    The ledger and the state keep a digest of it; the words themselves are kept sealed beside them (SZ-26, JY-8d).
    `name`: it is a person's name, or where they live, and nothing else: pages show its first letter alone.
    """
    return field(default="", metadata={"words": True, "name": name})


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
