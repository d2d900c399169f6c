"""A decision in the making: the order as it changes, the clocks, notices and breaches of the next fact.

Guards read a case, effects write to it. `Row` is one line of a life-cycle table.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from minsheng.domain import clocks as domain_clocks
from minsheng.domain import notices
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Breach, Event, Fact, Notice
from minsheng.domain.orders.commands import Command
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import Joined, Matter, Order, UnitFacts
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount

# Checks run in this order (FORMAT.md, Readings).
STAGES = ("role", "unit", "state", "bar", "window", "fields", "consent", "cap")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a decision needs to know from elsewhere."""

    units: Mapping[str, UnitFacts] = field(default_factory=dict)
    matter: Matter = Matter()
    late_signs: Mapping[str, tuple[datetime, ...]] = field(default_factory=dict)  # missed due moments by unit
    target: Order | None = None  # the order that a link or a mark as repeated points to
    parent: Order | None = None
    open_siblings: int = 0
    children: tuple[Order, ...] = ()  # the parts of a parallel dispatch, where a command reaches them too
    target_children: tuple[Order, ...] = ()  # and those of the target of a link
    joined: Joined | None = None  # the joined appeal that a command names
    category: str | None = None  # what the appeal is about; None where nobody asks, as in a rehearsal


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
class Case:
    """One order under one command. Not a value: effects write to it until `decide` takes the facts out."""

    order: Order
    command: Command
    by: Actor
    rules: Rules
    facts: Facts
    now: datetime
    out: list[Fact] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    others: dict[str, Order] = field(default_factory=dict)
    _clocks: dict[str, Timer] = field(default_factory=dict)
    _notices: list[Notice] = field(default_factory=list)
    _breaches: list[Breach] = field(default_factory=list)

    def timer(self, name: str, unit: str = "") -> Timer | None:
        """Return a clock by its exact key, with the changes of this decision."""
        key = f"{name}@{unit}" if unit else name
        return self._clocks.get(key) or self.order.timers.get(key)

    def start(
        self,
        name: str,
        limit: Amount | None,
        *,
        key: str,
        unit: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> None:
        """Start a clock, unless the pack sets no limit for it."""
        if limit is None:
            return
        begun = domain_clocks.started(
            name=name, unit=unit, start=since or self.now, limit=limit, key=key, rules=self.rules, until=until
        )
        self.put(begun)

    def put(self, timer: Timer) -> None:
        """Let the next fact carry this clock."""
        self._clocks[timer.key] = timer

    def meet(self, name: str, unit: str = "") -> bool:
        """Stop a clock since its thing is done; return whether that was in time. A missed one stays missed."""
        timer = self.timer(name, unit)
        if timer is None or timer.status == "met":
            return True
        if timer.status == "missed":
            self.put(replace(timer, done_at=timer.done_at or self.now))
            return False
        if timer.status in ("running", "paused"):
            self.put(replace(timer, status="met", rest=None))
        return True

    def cancel(self, name: str, unit: str = "") -> None:
        """Stop a clock since its thing is no longer wanted."""
        timer = self.timer(name, unit)
        if timer is not None and timer.status in ("running", "paused"):
            self.put(replace(timer, status="cancelled", due=None, rest=None))

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

    def tell(self, kind: str, to: str, **params: str) -> None:
        """Let the next fact carry a notice, and tell whom else the pack wants told; some it does not want sent."""
        if kind not in self.rules.notices_off:
            self._notices.append(Notice(kind, to, params))
        unit = to.partition("@")[2]
        for role in self.rules.notices_also.get(kind, ()):
            also = Notice(kind, f"{role}@{unit}" if role in UNIT_ROLES else role, params)
            if (unit or role not in UNIT_ROLES) and also not in self._notices:
                self._notices.append(also)

    def tell_unit(self, kind: str, unit: str, **params: str) -> None:
        """Let whoever is at the unit now be told."""
        for to in notices.unit_recipients(
            unit=unit, moment=self.now, worktime=self.rules.worktime_of(unit), roster=self.has_roster(unit)
        ):
            self.tell(kind, to, **params)

    def has_roster(self, unit: str) -> bool:
        """Return whether somebody is on duty there out of office hours."""
        known = self.facts.units.get(unit)
        return known is None or known.roster

    def breach(self, code: str, party: str, *, timer: Timer | None = None) -> None:
        """Let the next fact carry a breach."""
        due, key = (timer.due, timer.key) if timer is not None else (None, "")
        self._breaches.append(Breach(code, party, self.now, due, key))

    def say(self, code: str, **params: object) -> None:
        """Let the acting person be told something."""
        self.messages.append(Message(code, params))

    def record(
        self,
        event: Event,
        *,
        status: str | None = None,
        reason: str | None = None,
        annulled: tuple[Breach, ...] = (),
    ) -> None:
        """Put the event on record with all that was prepared for it, and let the order follow."""
        keeps = status is None
        fact = Fact(
            stream=self.order.id,
            event=event,
            at=self.now,
            by=self.by,
            status=self.order.status if status is None else status,
            reason=self.order.reason if keeps else reason,
            clocks=tuple(self._clocks.values()),
            notices=tuple(self._notices),
            breaches=tuple(self._breaches),
            annulled=annulled,
        )
        self._clocks, self._notices, self._breaches = {}, [], []
        self.take(fact)

    def record_annulled(self, event: Event, annulled: tuple[Breach, ...]) -> None:
        """Put an event on record that takes breaches back."""
        fact = Fact(
            stream=self.order.id,
            event=event,
            at=self.now,
            by=self.by,
            status=self.order.status,
            reason=self.order.reason,
            clocks=tuple(self._clocks.values()),
            annulled=annulled,
        )
        self._clocks = {}
        self.take(fact)

    def take(self, fact: Fact) -> None:
        """Add a finished fact of this order."""
        self.out.append(fact)
        self.order = evolve(self.order, fact)

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


Guard = Callable[[Case], None]
Effect = Callable[[Case], None]


def at_stage(stage: str) -> Callable[[Guard], Guard]:
    """Mark a guard with the place at which it is checked."""
    assert stage in STAGES

    def mark(guard: Guard) -> Guard:
        guard.stage = stage  # type: ignore[attr-defined]
        return guard

    return mark


def needs(*fields: str) -> Guard:
    """Return a guard that the named fields are filled in; the refusal names all that are not."""

    @at_stage("fields")
    def filled_in(case: Case) -> None:
        require(case, fields)

    return filled_in


def require(case: Case, fields: tuple[str, ...]) -> None:
    """Refuse unless the command's fields are filled in. Raises: Rejected `field_missing`."""
    missing = tuple(name for name in fields if getattr(case.command, name) in ("", None, ()))
    if missing:
        raise Rejected("field_missing", fields=missing, command=case.command.name)


def hold_to_list(value: str, known: Collection[str]) -> None:
    """Refuse a value that a list of the pack lacks; an empty one says nothing. Raises: Rejected `code_not_in_pack`."""
    if value and value not in known:
        raise Rejected("code_not_in_pack", value=value)


def not_now(case: Case) -> Rejected:
    """Return the refusal that the order does not stand where this could be done."""
    return Rejected("not_allowed_now", status=case.order.status, reason=case.order.reason)


@at_stage("fields")
def needs_reason(case: Case) -> None:
    """Refuse a decision without its reason."""
    if not case.command.reason:  # type: ignore[attr-defined]
        raise Rejected("reason_missing")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the life cycle: who may do what, from where to where, under which checks and clauses.

    `unit`: how a unit's person must stand to the order: `lead`, `part`, `handler`, `responsible`, or not at all.
    `starts`, `stops`: the clocks that the effect may start or stop; the lint holds the effects to them.
    """

    no: str
    command: type[Command]
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    who: tuple[str, ...]
    effect: Effect
    clause: tuple[str, ...]
    unit: str = ""
    guards: tuple[Guard, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()


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
