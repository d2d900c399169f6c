"""A life cycle as a value: its states, its table of rows, how facts fold, what its clocks do.

`check` is the one order in which a row is checked, `decide` the one decision of whatever has one stream, `lint` holds
every table together. Orders use the row, the case, the checks and the lint; what moves several streams at once stays
theirs (`orders/decide.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar, cast

from minsheng.domain import clocks
from minsheng.domain.actors import ROLES, SYSTEM, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Breach, Event, Fact, Notice
from minsheng.domain.notices import unit_recipients
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount, WorkTime

# Checks run in this order (FORMAT.md, Readings); who must be somebody else is asked last.
STAGES = ("role", "unit", "state", "bar", "window", "fields", "consent", "cap", "apart")
NEW = ""  # where a stream stands before its first fact


class State(Protocol):
    """What the state of every life cycle has."""

    @property
    def id(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def timers(self) -> Mapping[str, Timer]: ...
    @property
    def breaches(self) -> tuple[Breach, ...]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """The part of a state that the envelopes of its facts make; a life cycle adds what its events say."""

    id: str
    status: str = NEW
    version: int = 0
    timers: Mapping[str, Timer] = field(default_factory=dict)
    breaches: tuple[Breach, ...] = ()


S = TypeVar("S", bound=State)
T = TypeVar("T", bound=Standing)
C = TypeVar("C", bound="Case[Any]")
Guard = Callable[[Any], None]


def enveloped(state: T, fact: Fact) -> T:
    """Return the state with what the envelope of one more fact says."""
    return replace(
        state,
        status=fact.status,
        version=state.version + 1,
        timers={**state.timers, **{timer.key: timer for timer in fact.clocks}},
        breaches=tuple(each for each in state.breaches if each not in fact.annulled) + fact.breaches,
    )


def next_running(state: State) -> Timer | None:
    """Return the running clock that runs out first."""
    running = [timer for timer in state.timers.values() if timer.status == "running" and timer.due is not None]
    return min(running, key=lambda each: (each.due, each.key)) if running else None


@dataclass(frozen=True)  # no slots: calling an alias of a generic class sets an attribute, and frozen slots raise
class Row(Generic[C]):
    """One line of a life cycle: who may do what, from where to where, under which checks and clauses.

    `unit`: how a unit's person must stand to the thing, a relation that the life cycle knows, or not at all.
    `starts`, `stops`: the clocks that the effect may start or stop; tests hold the effects to them. `asks`: fields that
    forms ask for although the decision does without them. `awaits`: the states in which the thing waits for this row,
    each with the clocks that say how long; `of`: in whose queue, where that is not everybody's who may do it. `reads`:
    events that change what is read before it is done; one since the actor looked refuses it.
    """

    no: str
    command: type[Any]
    sources: tuple[str, ...]
    targets: tuple[str, ...]  # `=`: the state stays
    who: tuple[str, ...]
    effect: Callable[[C], None]
    clause: tuple[str, ...]
    unit: str = ""
    guards: tuple[Guard, ...] = ()
    starts: tuple[str, ...] = ()
    stops: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    awaits: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    of: tuple[str, ...] = ()
    reads: tuple[type[Event], ...] = ()

    @property
    def desks(self) -> tuple[str, ...]:
        """Return the roles in whose queue the thing stands while it waits for this row."""
        return self.of or self.who

    @property
    def wants(self) -> tuple[str, ...]:
        """Return the fields that forms mark as wanted, under every pack."""
        wanted = [name for guard in self.guards for name in guard.wants]  # type: ignore[attr-defined]
        return tuple(dict.fromkeys((*wanted, *self.asks)))

    @property
    def roles(self) -> frozenset[str]:
        """Return who may do it, as a set."""
        return frozenset(self.who)

    @property
    def target(self) -> str | None:
        """Return the state that it always leads to; None where it stays, or where the effect says which."""
        return self.targets[0] if len(self.targets) == 1 and self.targets != ("=",) else None


@dataclass(slots=True)
class Case(Generic[S]):
    """One thing under one command. Not a value: effects write to it until `decide` takes the facts out.

    What is prepared (clocks, notices, breaches) goes into the next fact.
    """

    state: S
    command: Any
    by: Actor
    rules: Rules
    facts: Any  # what the decision needs to know from elsewhere, as the life cycle defines it
    now: datetime  # in the city's zone
    evolve: Callable[[S, Fact], S]
    target: str | None = None  # where the row leads
    out: list[Fact] = field(default_factory=list)
    _clocks: dict[str, Timer] = field(default_factory=dict)
    _notices: list[Notice] = field(default_factory=list)
    _breaches: list[Breach] = field(default_factory=list)

    def timer(self, name: str, unit: str = "") -> Timer | None:
        """Return a clock by its exact key, with the changes of this decision."""
        key = f"{name}@{unit}" if unit else name
        return self._clocks.get(key) or self.state.timers.get(key)

    def start(
        self,
        name: str,
        limit: Amount | None,
        *,
        key: str,
        unit: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        worktime: WorkTime | None = None,
    ) -> None:
        """Start a clock, unless the pack sets no limit for it."""
        if limit is None:
            return
        begun = clocks.started(
            name=name,
            unit=unit,
            start=since or self.now,
            limit=limit,
            key=key,
            rules=self.rules,
            until=until,
            worktime=worktime,
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

    def pause(self, name: str, unit: str = "") -> None:
        """Stop a running clock with its rest."""
        timer = self.timer(name, unit)
        if timer is not None and timer.status == "running":
            self.put(clocks.paused(timer, now=self.now, rules=self.rules))

    def resume(self, name: str, unit: str = "") -> None:
        """Let a stopped clock run again with its rest."""
        timer = self.timer(name, unit)
        if timer is not None and timer.status == "paused":
            self.put(clocks.resumed(timer, now=self.now, rules=self.rules))

    def cancel(self, name: str, unit: str = "") -> None:
        """Stop a clock since its thing is no longer wanted."""
        timer = self.timer(name, unit)
        if timer is not None and timer.status in ("running", "paused"):
            self.put(replace(timer, status="cancelled", due=None, rest=None))

    def tell(self, kind: str, to: str, /, **params: str) -> None:
        """Let the next fact carry a notice."""
        self._notices.append(Notice(kind, to, params))

    def tell_unit(self, kind: str, unit: str, /, **params: str) -> None:
        """Let the next fact carry a notice to whoever is at the unit at this hour."""
        worktime, roster = self.rules.worktime_of(unit), self.has_roster(unit)
        for to in unit_recipients(unit=unit, moment=self.now, worktime=worktime, roster=roster):
            self.tell(kind, to, **params)

    def has_roster(self, unit: str) -> bool:
        """Return whether somebody is on duty there out of office hours; facts that know it name units without."""
        return unit not in self.facts.rosterless

    def breach(self, code: str, party: str, *, timer: Timer | None = None) -> None:
        """Let the next fact carry a breach."""
        due, key = (timer.due, timer.key) if timer is not None else (None, "")
        self._breaches.append(Breach(code, party, self.now, due, key))

    def record(self, event: Event, *, status: str | None = None, annulled: tuple[Breach, ...] = ()) -> None:
        """Put the event on record with all that was prepared for it; it leads where the row says, or to `status`."""
        self.enter(event, status or self.target or self.state.status, reason=None, annulled=annulled)

    def enter(self, event: Event, status: str, *, reason: str | None, annulled: tuple[Breach, ...]) -> None:
        """Make the fact of the event and of all that was prepared, and let the state follow."""
        fact = Fact(
            stream=self.state.id,
            event=event,
            at=self.now,
            by=self.by,
            status=status,
            reason=reason,
            clocks=tuple(self._clocks.values()),
            notices=tuple(self._notices),
            breaches=tuple(self._breaches),
            annulled=annulled,
        )
        self._clocks, self._notices, self._breaches = {}, [], []
        self.take(fact)

    def take(self, fact: Fact) -> None:
        """Add a finished fact of this thing."""
        self.out.append(fact)
        self.state = self.evolve(self.state, fact)


@dataclass(frozen=True, slots=True)
class Onward:
    """A command that a fact sets off on an order, in the same transaction: a refusal there undoes both."""

    order: str
    command: Any
    by: Actor


def at_stage(stage: str, *, wants: tuple[str, ...] = ()) -> Callable[[Guard], Guard]:
    """Mark a guard with the place at which it is checked, and with the fields that it can't do without."""
    assert stage in STAGES

    def mark(guard: Guard) -> Guard:
        guard.stage, guard.wants = stage, wants  # type: ignore[attr-defined]
        return guard

    return mark


def needs(*names: str) -> Guard:
    """Return a guard that the named fields are filled in; the refusal names all that are not."""

    @at_stage("fields", wants=names)
    def filled_in(case: Case[Any]) -> None:
        require(case, names)

    return filled_in


def require(case: Case[Any], names: tuple[str, ...]) -> None:
    """Refuse unless the command's fields are filled in. Raises: Rejected `field_missing`."""
    missing = tuple(name for name in names if getattr(case.command, name) in ("", None, ()))
    if missing:
        raise Rejected("field_missing", fields=missing, command=case.command.name)


def hold_to_list(value: str, known: Collection[str]) -> None:
    """Refuse a value that a list of the pack lacks; an empty one says nothing. Raises: Rejected `code_not_in_pack`."""
    if value and value not in known:
        raise Rejected("code_not_in_pack", value=value)


@at_stage("fields", wants=("reason",))
def needs_reason(case: Case[Any]) -> None:
    """Refuse a decision without its reason."""
    if not case.command.reason:
        raise Rejected("reason_missing")


def check(case: C, row: Row[C], *, is_own: bool, not_now: Rejected, through: str = STAGES[-1]) -> None:
    """Check what a row asks, stage by stage, up to `through`; the first that does not hold is the refusal.

    `is_own`: the actor's unit stands to the thing as the row wants; `not_now`: the refusal of a state that it has no
    way from. Raises: Rejected.
    """
    for stage in STAGES[: STAGES.index(through) + 1]:
        if stage == "role" and case.by.role not in row.who:
            raise Rejected("not_your_role", role=case.by.role)
        if stage == "unit" and not is_own:
            raise Rejected("not_your_unit", unit=case.by.unit)
        if stage == "state" and case.state.status not in row.sources:
            raise not_now
        for guard in row.guards:
            if guard.stage == stage:  # type: ignore[attr-defined]
                guard(case)


def anybody(state: State, by: Actor, relation: str) -> bool:
    """Return that a unit's person may act: of a life cycle whose rows name no relation."""
    return True


def not_from_here(state: State) -> Rejected:
    """Return the refusal of a command that has no way from where the thing stands."""
    return Rejected("not_allowed_now" if state.status else "not_found", status=state.status)


def _no_fact(*_: Any) -> tuple[Fact, ...]:
    """Return what a life cycle without clocks says of them."""
    return ()


def _nothing_else(state: Any, fact: Fact) -> tuple[Onward, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class LifeCycle(Generic[S]):
    """A life cycle: everything that the machine, the rehearsal and the lint need to know of it.

    `start` makes the state that has no fact yet, `clocks` are all that rows start, `ends` the states that nothing
    leaves. `fire` and `recompute` give the facts of a clock that ran out and of a year's calendar that was loaded.
    `onward`: what a fact of a command sets off on orders; the state is the one after it. `by_the_clock`: moves
    that clocks make by themselves.
    """

    name: str
    states: tuple[str, ...]
    rows: tuple[Row[Case[S]], ...]
    events: tuple[type[Event], ...]
    start: Callable[[str], S]
    evolve: Callable[[S, Fact], S]
    fire: Callable[[S, Timer, Rules], tuple[Fact, ...]] = _no_fact
    recompute: Callable[[S, int, Rules, datetime], tuple[Fact, ...]] = _no_fact
    clocks: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    next_due: Callable[[S], Timer | None] = next_running
    owns: Callable[[S, Actor, str], bool] = anybody
    not_now: Callable[[S], Rejected] = not_from_here
    onward: Callable[[S, Fact], tuple[Onward, ...]] = _nothing_else
    by_the_clock: tuple[tuple[str, str], ...] = ()

    def row(self, command: type[Any]) -> Row[Case[S]]:
        """Return the row of a command."""
        return next(row for row in self.rows if row.command is command)

    def fold(self, state: S, facts: Iterable[Fact]) -> S:
        """Return the state after more facts."""
        for fact in facts:
            state = self.evolve(state, fact)
        return state

    def set_off(self, state: S, facts: Iterable[Fact]) -> tuple[Onward, ...]:
        """Return what the facts of a command set off on orders; `state` is the one before them."""
        found: list[Onward] = []
        for fact in facts:
            state = self.evolve(state, fact)
            found.extend(self.onward(state, fact))
        return tuple(found)


def decide(
    cycle: LifeCycle[S], state: S, command: Any, *, by: Actor, rules: Rules, facts: Any = None, now: datetime
) -> tuple[Fact, ...]:
    """Return the facts that follow from a command; clocks that ran out before `now` must have been fired.

    Raises: Rejected with a stable code.
    """
    row = cycle.row(type(command))
    case = Case(state, command, by, rules, facts, now.astimezone(rules.worktime.zone), cycle.evolve, row.target)
    check(case, row, is_own=cycle.owns(state, by, row.unit), not_now=cycle.not_now(state))
    row.effect(case)
    return tuple(case.out)


def ask(cycle: LifeCycle[S], state: S, command: type[Any], *, by: Actor, facts: Any = None) -> None:
    """Check a command before it is filled in: role, unit, state and standing bar. Raises: Rejected.

    Up to the standing bar guards look at the thing, the actor and the facts alone; rules and moment are not there.
    """
    row = cycle.row(command)
    case = Case(state, None, by, cast(Rules, None), facts, cast(datetime, None), cycle.evolve)
    check(case, row, is_own=cycle.owns(state, by, row.unit), not_now=cycle.not_now(state), through="bar")


def run_out(cycle: LifeCycle[S], state: S, *, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return the facts of every clock that ran out before `now`, the earliest first."""
    found: list[Fact] = []
    while (clock := cycle.next_due(state)) is not None and clock.due is not None and clock.due < now:
        fired = cycle.fire(state, clock, rules)
        found.extend(fired)
        state = cycle.fold(state, fired)
    return tuple(found)


def recomputed(
    case: Case[S], event: Event, *, year: int, worktime: WorkTime | None = None, told: str = ""
) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to the clocks of a thing, by the same rule as an order's (A-48).

    A miss that does not stand is taken back by a fact of its own. `told`: who hears of a due moment that moved.
    """
    for key in sorted(case.state.timers):
        timer = case.state.timers[key]
        if timer.due is None or not timer.basis.start.year <= year <= timer.due.year:
            continue
        moved = clocks.recomputed(timer, rules=case.rules, now=case.now, worktime=worktime)
        if moved is None:
            continue
        if timer.status == "missed" and moved.status != "missed":
            gone = tuple(each for each in case.state.breaches if each.timer == timer.key and each.due == timer.due)
            case.put(replace(timer, status="annulled"))
            case.record(event, annulled=gone)
        if told and moved.due != timer.due:
            case.tell("due_changed", told)
        case.put(moved)
        case.record(event)
    return tuple(case.out)


def by_system(evolve: Callable[[S, Fact], S], state: S, moment: datetime, *, rules: Rules | None = None) -> Case[S]:
    """Return the case of what happens without a person; `rules` where its effect needs them."""
    now = moment if rules is None else moment.astimezone(rules.worktime.zone)
    return Case(state, None, SYSTEM, cast(Rules, rules), None, now, evolve)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table is held to: its states, those that nothing leaves, all its commands and all its clocks.

    `by_the_clock`: moves that clocks make by themselves; `wound`: clocks that clocks start, and closing stops.
    """

    states: tuple[str, ...]
    ends: tuple[str, ...]
    commands: frozenset[type[Any]]
    clocks: tuple[str, ...]
    by_the_clock: tuple[tuple[str, str], ...] = ()
    wound: tuple[str, ...] = ()


def shape_of(cycle: LifeCycle[Any]) -> Shape:
    """Return what the rows of a life cycle are held to."""
    commands = frozenset(row.command for row in cycle.rows)
    return Shape(cycle.states, cycle.ends, commands, cycle.clocks, cycle.by_the_clock)


def lint(table: Iterable[Row[Any]], shape: Shape) -> list[str]:
    """Return what is wrong with a table: unreachable states, rows without roles, clocks that nothing stops…"""
    rows = tuple(table)
    return [*_lint_rows(rows, shape), *_lint_states(rows, shape), *_lint_clocks(rows, shape)]


def _lint_rows(rows: tuple[Row[Any], ...], shape: Shape) -> list[str]:
    faults = []
    commands = [row.command for row in rows]
    numbers = [row.no for row in rows]
    for row in rows:
        if not row.who:
            faults.append(f"{row.no}: nobody may do it")
        if not row.clause:
            faults.append(f"{row.no}: no clause")
        if set(row.who) - {*ROLES, SYSTEM.role}:
            faults.append(f"{row.no}: unknown role")
        if set(row.sources) - {NEW, *shape.states} or set(row.targets) - {"=", *shape.states}:
            faults.append(f"{row.no}: unknown state")
        places = [STAGES.index(guard.stage) for guard in row.guards]  # type: ignore[attr-defined]
        if places != sorted(places):
            faults.append(f"{row.no}: guards out of order")
        if set(row.wants) - {each.name for each in fields(row.command)}:
            faults.append(f"{row.no}: wants a field that the command lacks")
        if set(row.awaits) - set(row.sources) or set(row.of) - set(row.who):
            faults.append(f"{row.no}: awaited where it cannot be done")
        clocks_awaited = {clock for each in row.awaits.values() for clock in each}
        if clocks_awaited - set(row.stops) and "*" not in row.stops:
            faults.append(f"{row.no}: awaited by a clock that it does not stop")
        if commands.count(row.command) > 1 or numbers.count(row.no) > 1:
            faults.append(f"{row.no}: stands twice")
    missing = shape.commands - set(commands)
    return faults + [f"{each.name}: a command without a row" for each in missing]


def _lint_states(rows: tuple[Row[Any], ...], shape: Shape) -> list[str]:
    moves = {(source, target) for row in rows for source in row.sources for target in row.targets if target != "="}
    moves |= set(shape.by_the_clock)
    reached = {NEW}
    while more := {target for source, target in moves if source in reached} - reached:
        reached |= more
    faults = [f"{state}: nothing reaches it" for state in shape.states if state not in reached]
    left = {source for source, target in moves if source != target}
    return faults + [f"{state}: nothing leaves it" for state in shape.states if state not in (*shape.ends, *left)]


def _lint_clocks(rows: tuple[Row[Any], ...], shape: Shape) -> list[str]:
    starts = {name for row in rows for name in row.starts if name != "*"}
    stops = {name for row in rows for name in row.stops if name != "*"}
    faults = [f"{name}: nothing stops this clock" for name in sorted(starts - stops - set(shape.wound))]
    faults += [f"{name}: nothing starts this clock" for name in sorted(stops - starts)]
    return faults + [f"{name}: not in the list of clocks" for name in sorted((starts | stops) - set(shape.clocks))]
