"""The life cycles beside orders that a story may tell: a step names its thing by the cycle's name (`report: 月报`).

A feature that keeps a life cycle registers it here, and `minsheng rehearse` plays it with the same decide, evolve and
clocks as the platform. A name that stands here not yet is no thing of a story.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

from minsheng.domain import lifecycle
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.duties import contact, report
from minsheng.domain.facts import Fact
from minsheng.domain.lifecycle import LifeCycle, Standing
from minsheng.domain.rules import Rules

S = TypeVar("S", bound=Standing)
Roster = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Played(Generic[S]):
    """A life cycle as a story plays it.

    `facts`: what decisions need from elsewhere; `fires`: what a clock does where it asks who is on duty.
    """

    cycle: LifeCycle[S]
    facts: Any = None
    fires: Callable[[S, Timer, Rules, Roster], tuple[Fact, ...]] | None = None

    @property
    def commands(self) -> Mapping[str, type[Any]]:
        """Return its commands by their names."""
        return {row.command.name: row.command for row in self.cycle.rows}

    def stream(self, name: str) -> str:
        """Return the stream of what a story calls by a name; an order and a report may have one name."""
        return f"{self.cycle.name}/{name}"

    def begun(self, stream: str) -> S:
        """Return what has no fact yet."""
        return replace(self.cycle.start(stream), id=stream)

    def actor(self, state: S, command: Any) -> Actor:
        """Return the role that the table names first for the command; a unit's is the one that it speaks of."""
        role = self.cycle.row(type(command)).who[0]
        unit = getattr(command, "unit", "") or getattr(state, "unit", "")
        return Actor(role, unit if role in UNIT_ROLES else None)

    def decide(self, state: S, command: Any, *, by: Actor, rules: Rules, now: Any) -> tuple[Fact, ...]:
        """Return the facts that follow. Raises: Rejected."""
        return lifecycle.decide(self.cycle, state, command, by=by, rules=rules, facts=self.facts, now=now)

    def fire(self, state: S, clock: Timer, rules: Rules, roster: Roster) -> tuple[Fact, ...]:
        """Return the facts of a clock that ran out."""
        return self.fires(state, clock, rules, roster) if self.fires else self.cycle.fire(state, clock, rules)


def _contact_fires(state: contact.Contact, clock: Timer, rules: Rules, roster: Roster) -> tuple[Fact, ...]:
    return (contact.fire(state, clock, rules, roster=roster(state.unit)),)


PLAYED: Final[Mapping[str, Played[Any]]] = MappingProxyType(
    {
        each.cycle.name: each
        for each in (
            Played(contact.CYCLE, fires=_contact_fires),
            Played(report.CYCLE, facts=report.APPROVERS),
        )
    }
)
