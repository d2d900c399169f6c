"""A decision on an order in the making: what `lifecycle.Case` has, what packs say of notices, and orders beside it.

Guards read a case, effects write to it. `Row` is one line of the orders' table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from minsheng.domain import lifecycle
from minsheng.domain.actors import UNIT_ROLES
from minsheng.domain.approval import Draft
from minsheng.domain.claiming import Claim
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Breach, Event, Fact, Notice
from minsheng.domain.orders.commands import Command
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import Joined, Matter, Order, UnitFacts
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision needs to know from elsewhere."""

    units: Mapping[str, UnitFacts] = field(default_factory=dict)
    matter: Matter = Matter()
    late_signs: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)  # missed due moments by unit
    unit_urges: tuple[datetime, ...] = ()  # when the office has urged the order's unit within the last hour
    target: Order | None = None  # the order that a link or a mark as repeated points to
    parent: Order | None = None
    open_siblings: int = 0
    children: tuple[Order, ...] = ()  # the parts of a parallel dispatch, where a command reaches them too
    target_kin: tuple[Order, ...] = ()  # of the target of a link: its whole, and every other part of that
    goes_on: tuple[Order, ...] = ()  # what the order and its parts were joined to, where a command reaches it too
    received: tuple[Order, ...] = ()  # the appeals that were joined to it, where a command reaches them too
    joined: Joined | None = None  # the joined appeal that a command names
    category: str | None = None  # what the appeal is about; None where nobody asks, as in a rehearsal
    author: str = ""  # the person who did what a command decides on
    plans: tuple[str, ...] = ()  # the center's emergency plans in force, the newest first, with their versions
    own_limits: Mapping[str, Mapping[str, Amount]] = field(default_factory=dict)  # by unit and clock (JY-37)
    session: str = "ON_AIR"  # where the session stands that is said to have collected the appeal; empty: no such one
    citation: str | None = None  # what an answer keeps of the article that it names; None where nobody asks
    citation_fault: str = ""  # the code of the refusal where the article may not be cited today
    draft: Draft | None = None  # of the acting unit
    claim: Claim | None = None  # of a colleague of the acting person


@dataclass(frozen=True, slots=True)
class Message:
    """Something that the acting person is told although the command is accepted."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """What follows from a command: facts in order, over one stream or several, and what to say."""

    facts: tuple[Fact, ...]
    messages: tuple[Message, ...] = ()
    orders: Mapping[str, Order] = field(default_factory=dict)


@dataclass(slots=True)
class Case(lifecycle.Case[Order]):
    """One order under one command; what is said, and what the command does to other orders, comes beside its facts."""

    command: Command
    facts: Facts
    evolve: Callable[[Order, Fact], Order] = field(default=evolve)
    messages: list[Message] = field(default_factory=list)
    others: dict[str, Order] = field(default_factory=dict)

    @property
    def order(self) -> Order:
        """Return the order with the facts of this decision."""
        return self.state

    def cancel_units(self, *, keep: tuple[str, ...] = (), names: frozenset[str] | None = None) -> None:
        """Cancel what runs for units other than `keep`, but for a supervision order."""
        for timer in in_order(self.order.timers):
            if timer.unit and timer.unit not in keep and timer.name != "supervision":
                if names is None or timer.name in names:
                    self.cancel(timer.name, timer.unit)

    def cancel_all(self) -> None:
        """Cancel whatever still runs; a supervision order goes on beside a closed order."""
        for timer in in_order({**self.order.timers, **self._clocks}):
            if timer.name != "supervision":
                self.cancel(timer.name, timer.unit)

    def tell(self, kind: str, to: str, /, **params: str) -> None:
        """Let the next fact carry a notice, and tell whom else the pack wants told; some it does not want sent."""
        if kind not in self.rules.notices_off:
            self._notices.append(Notice(kind, to, params))
        unit = to.partition("@")[2]
        for role in self.rules.notices_also.get(kind, ()):
            also = Notice(kind, f"{role}@{unit}" if role in UNIT_ROLES else role, params)
            if (unit or role not in UNIT_ROLES) and also not in self._notices:
                self._notices.append(also)

    def has_roster(self, unit: str) -> bool:
        """Return whether somebody is on duty there out of office hours."""
        known = self.facts.units.get(unit)
        return known is None or known.roster

    def say(self, code: str, **params: object) -> None:
        """Let the acting person be told something."""
        self.messages.append(Message(code, params))

    def record(
        self,
        event: Event,
        *,
        status: str | None = None,
        annulled: tuple[Breach, ...] = (),
        reason: str | None = None,
    ) -> None:
        """Put the event on record with all that was prepared for it, and let the order follow."""
        if status is None:
            self.enter(event, self.order.status, reason=self.order.reason, annulled=annulled)
        else:
            self.enter(event, status, reason=reason, annulled=annulled)

    def beside(self, order: Order) -> Case:
        """Return a case about another order; `merge` brings its facts back."""
        return Case(order, self.command, self.by, self.rules, self.facts, self.now)

    def merge(self, other: Case) -> None:
        """Take over the facts of a case about another order."""
        self.out.extend(other.out)
        self.messages.extend(other.messages)
        self.others.update({**other.others, other.order.id: other.order})


def in_order(clocks: Mapping[str, Timer]) -> list[Timer]:
    """Return clocks by their keys: a state that was stored and read again has them in no order of its own."""
    return [clocks[key] for key in sorted(clocks)]


Row = lifecycle.Row[Case]


def not_now(case: Case) -> Rejected:
    """Return the refusal that the order does not stand where this could be done."""
    return Rejected("not_allowed_now", status=case.order.status, reason=case.order.reason)


def usable_unit(case: Case, name: str) -> UnitFacts:
    """Return the unit, if an order can go there. Raises: Rejected (SZ-8a, JY-6.7)."""
    unit = case.facts.units.get(name)
    if unit is None or not unit.joined:
        raise Rejected("unit_not_joined", unit=name)
    if not unit.contact:
        raise Rejected("unit_without_contact", unit=name)
    return unit


def digest(text: str) -> str:
    """Return what binds an event to words that are kept elsewhere."""
    return hashlib.sha256(text.encode()).hexdigest()
