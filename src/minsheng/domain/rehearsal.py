"""Play a scenario with the real life cycles in memory: `decide`, `evolve` and the clocks, with a clock of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from minsheng.domain.actors import ROLES, SYSTEM, UNIT_ROLES, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.cycles import PLAYED, Played
from minsheng.domain.facts import Breach, Fact
from minsheng.domain.lifecycle import Onward, Standing
from minsheng.domain.matters import group_of, matter_of
from minsheng.domain.orders import apart, firing, joining, referral, timers
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Decision, Facts, Message
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.order import CLOSED, Joined, Order, UnitFacts
from minsheng.domain.orders.table import BY_COMMAND
from minsheng.domain.packs import Rules
from minsheng.domain.registers import bylaw
from minsheng.domain.rejected import Rejected
from minsheng.domain.scenario import ORDINARY_PHONE, LoadCalendar, Scenario, Step
from minsheng.domain.worktime import Calendar, CalendarYear

RulesAt = Callable[[date, Calendar], Rules]
Say = Callable[[Rejected | Message, Rules], str]


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that did not hold."""

    what: str
    expected: object
    found: object


@dataclass(frozen=True, slots=True)
class Result:
    """What a step led to. `outcome`: ok, refused or looked."""

    step: Step
    outcome: str
    code: str
    message: str
    status: str
    timers: Mapping[str, Timer]  # by the names of the contract
    violations: tuple[str, ...]
    flags: Mapping[str, object]
    notices: tuple[str, ...]
    facts: tuple[Fact, ...]
    rules: Rules
    failed: tuple[Failure, ...]


@dataclass(slots=True)
class World:
    """Everything that a rehearsal knows; it changes from step to step."""

    scenario: Scenario
    calendar: Calendar
    rules_at: RulesAt
    say: Say
    orders: dict[str, Order] = field(default_factory=dict)
    things: dict[str, Standing] = field(default_factory=dict)  # by stream, of registered life cycles
    violations: list[tuple[str, Breach]] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)
    caused: list[str] = field(default_factory=list)  # beside each fact, the command that it came from
    ranks: dict[str, int] = field(default_factory=dict)  # of the streams, in the order in which they were first named
    units: dict[str, UnitFacts] = field(default_factory=dict)
    named: tuple[str, ...] = ()  # every unit that the story speaks of


class _Units(dict[str, UnitFacts]):
    """A unit that the story does not describe is an ordinary joined city unit with contact, phone and roster."""

    def __missing__(self, name: str) -> UnitFacts:
        return UnitFacts(name, phone=ORDINARY_PHONE)

    def get(self, name: str, default: Any = None) -> UnitFacts:
        return self[name]


def play(scenario: Scenario, *, calendar: Calendar, rules_at: RulesAt, say: Say) -> tuple[Result, ...]:
    """Return what every step led to. `rules_at` gives the rules in force on a day under a calendar.

    Raises: whatever `rules_at` raises for a pack that is unknown or not in force.
    """
    world = World(scenario, calendar, rules_at, say)
    world.units = _Units(scenario.units)
    world.named = _units_named(scenario)
    return tuple(_play_step(world, step) for step in scenario.steps)


def _units_named(scenario: Scenario) -> tuple[str, ...]:
    """Return the units that a story describes, lets act, or expects something to be hidden from."""
    actors = (step.by.unit for step in scenario.steps if step.by is not None and step.by.unit)
    hidden = (step.expect.flags.get("hidden_from") for step in scenario.steps)
    expected = (name for names in hidden if isinstance(names, tuple) for name in names if name not in ROLES)
    return tuple(dict.fromkeys((*scenario.units, *actors, *expected)))


def _rules(world: World, moment: datetime) -> Rules:
    return world.rules_at(moment.date(), world.calendar)


def _play_step(world: World, step: Step) -> Result:
    rules = _rules(world, step.at)
    before = len(world.facts)
    _run_out(world, step.at, rules)
    if step.name:
        world.ranks.setdefault(_stream(step), len(world.ranks))
    outcome, code, message = "looked", "", ""
    if step.command is not None:
        try:
            messages = _act(world, step, rules)
            outcome = "ok"
            message = "".join(world.say(each, rules) for each in messages)
        except Rejected as rejected:
            outcome, code, message = "refused", rejected.code, world.say(rejected, rules)
        else:
            _hear(world, rules, step.at)
    facts = tuple(world.facts[before:])
    notices = tuple(str(notice) for fact in facts for notice in fact.notices)
    thing = _thing(world, step)
    violations = tuple(str(breach) for _, breach in world.violations)
    found = Result(
        step=step,
        outcome=outcome,
        code=code,
        message=message,
        status=status_of(thing),
        timers=timers_of(thing),
        violations=violations,
        flags=_flags(world, step, thing),
        notices=notices,
        facts=facts,
        rules=rules,
        failed=(),
    )
    return replace(found, failed=tuple(_failures(world, found)))


def _stream(step: Step) -> str:
    """Return the stream of what a step speaks of."""
    return PLAYED[step.thing].stream(step.name) if step.thing in PLAYED else step.name


def _thing(world: World, step: Step) -> Order | Standing | None:
    return world.things.get(_stream(step)) if step.thing in PLAYED else world.orders.get(step.name)


def _played(stream: str) -> Played[Any]:
    return PLAYED[stream.partition("/")[0]]


def _run_out(world: World, now: datetime, rules: Rules) -> None:
    """Fire whatever ran out before `now`, in order of due moments over all objects."""
    while (first := _first_due(world, rules)) is not None:
        name, timer = first
        if timer.due is None or timer.due >= now:
            return
        at_the_time = _rules(world, timer.due.astimezone(now.tzinfo))
        if name in world.things:
            thing = world.things[name]
            _keep_thing(world, thing, _played(name).fire(thing, timer, at_the_time, world))
        else:
            order = world.orders[name]
            fired = firing.fire(order, timer, rules=at_the_time, facts=_facts(world, order))
            _keep(world, fired.facts, fired.orders)
        _hear(world, at_the_time, timer.due.astimezone(now.tzinfo))


def _first_due(world: World, rules: Rules) -> tuple[str, Timer] | None:
    clocks = {name: timers.next_due(order, rules) for name, order in world.orders.items()}
    clocks |= {name: _played(name).cycle.next_due(thing) for name, thing in world.things.items()}
    waiting: list[Any] = [((clock.due, world.ranks[name]), name, clock) for name, clock in clocks.items() if clock]
    return min(waiting, key=lambda each: each[0])[1:] if waiting else None


def _facts(world: World, order: Order, *, target: str = "") -> Facts:
    parent = world.orders.get(order.parent) if order.parent else None
    siblings = parent.children if parent else ()
    signs: dict[str, tuple[datetime, ...]] = {}
    for _, breach in world.violations:
        if breach.code == "late_sign" and breach.due is not None:
            signs[breach.party] = (*signs.get(breach.party, ()), breach.due)
    pointed_to = world.orders.get(target)
    return Facts(
        units=world.units,
        matter=matter_of(order, world.orders.values()),
        late_signs=signs,
        target=pointed_to,
        parent=parent,
        open_siblings=sum(name != order.id and world.orders[name].is_open for name in siblings),
        children=tuple(world.orders[name] for name in order.children),
        target_kin=_kin(world, pointed_to) if pointed_to else (),
        own_limits=bylaw.limits(each for each in world.things.values() if isinstance(each, bylaw.Bylaw)),
    )


def _kin(world: World, order: Order) -> tuple[Order, ...]:
    """Return the whole of a parallel dispatch and its parts, without the order itself."""
    return tuple(each for each in world.orders.values() if each.whole == order.whole and each.id != order.id)


def _act(world: World, step: Step, rules: Rules) -> tuple[Message, ...]:
    command = step.command
    by = step.by or _default_actor(world, step, rules)
    match command:
        case LoadCalendar():
            _load_calendar(world, command, by, step.at)
            return ()
        case _ if step.thing in PLAYED:
            _give(world, _begun(world, step), command, by, rules, step.at, do=step.do)
            return ()
        case _:
            assert isinstance(command, cmd.Command)
            order = world.orders.get(step.name, Order(step.name))
            decision = _decide(world, order, command, by, rules, step.at)
            _keep(world, decision.facts, decision.orders, step.do)
            return decision.messages


def _give(world: World, thing: Standing, command: Any, by: Actor, rules: Rules, now: datetime, *, do: str = "") -> None:
    """Carry out a command on a thing, and what it sets off; where that is refused, nothing has happened."""
    played = _played(thing.id)
    facts = played.decide(thing, command, by=by, rules=rules, around=world, now=now)
    before = (dict(world.orders), dict(world.things), list(world.violations), len(world.facts))
    try:
        _keep_thing(world, thing, facts, do)
        own = [each for each in world.facts if each.stream == thing.id]
        for each in (*played.cycle.set_off(thing, facts), *played.begins(command, own, rules)):
            _go_on(world, each, rules, now)
    except Rejected:
        world.orders, world.things, world.violations, count = before
        del world.facts[count:], world.caused[count:]
        raise


def _go_on(world: World, onward: Onward, rules: Rules, now: datetime) -> None:
    """Carry out what a fact of a thing sets off on an order."""
    order = world.orders.get(onward.order, Order(onward.order))
    decision = _decide(world, order, onward.command, onward.by, rules, now)
    _keep(world, decision.facts, decision.orders, onward.command.name)


def _hear(world: World, rules: Rules, now: datetime) -> None:
    """Let things follow what happened elsewhere, in the order in which they were first named."""
    for stream in sorted(world.things, key=lambda each: world.ranks[each]):
        while (command := _played(stream).hears(world.things[stream], world)) is not None:
            _give(world, world.things[stream], command, SYSTEM, rules, now)


def _begun(world: World, step: Step) -> Standing:
    """Return the thing that a step speaks of, one without facts if nothing has happened to it."""
    stream = _stream(step)
    return world.things.get(stream) or PLAYED[step.thing].begun(stream)


def _decide(world: World, order: Order, command: cmd.Command, by: Actor, rules: Rules, now: datetime) -> Decision:
    target = ""
    if isinstance(command, cmd.Link):
        target = command.to
    elif isinstance(command, cmd.MarkRepeat):
        target = command.of
    if isinstance(command, cmd.AppealFields) and command.matter and not order.matter:
        # The label says which matter it is before the order knows.
        facts = _facts(world, replace(order, matter=command.matter), target=target)
    else:
        facts = _facts(world, order, target=target)
    if isinstance(command, cmd.AppealFields) and (held := world.things.get(f"programme/{command.programme}")):
        facts = replace(facts, session=held.status)
    if isinstance(command, cmd.AddMaterial | cmd.Urge | cmd.RateJoined) and command.joined:
        facts = replace(facts, joined=_joined(world, order, command.joined))
    if isinstance(command, cmd.SetPublish):
        facts = replace(facts, goes_on=joining.goes_on_for(order, world.orders.values(), _joins(world)))
    if isinstance(command, cmd.Reject):
        facts = replace(facts, received=joining.received_by(order, world.orders.values(), _joins(world)))
    own = (fact for fact in reversed(world.facts) if fact.stream == order.id)
    facts = replace(facts, author=apart.author_of(command, own))
    return decide(order, command, by=by, rules=rules, facts=facts, now=now)


def _joins(world: World) -> dict[str, str]:
    """Return what was joined to what."""
    return {fact.stream: fact.event.to for fact in world.facts if isinstance(fact.event, ev.Linked)}


def _joined(world: World, order: Order, appeal: str) -> Joined | None:
    """Return what was said on the order in an appeal that was joined to it, or None where it was not."""
    joins = _joins(world)
    if appeal not in joins or joining.end_of(joins, appeal) not in (order.id, order.parent):
        return None
    return joining.joined_of((fact for fact in world.facts if fact.stream == order.id), appeal)


def _keep(world: World, facts: tuple[Fact, ...], orders: Mapping[str, Order], do: str = "") -> None:
    world.orders.update(orders)
    for fact in facts:
        world.facts.append(fact)
        world.caused.append(do)
        world.ranks.setdefault(fact.stream, len(world.ranks))  # a child is named by the dispatch that makes it
        gone = {(fact.stream, breach) for breach in fact.annulled}
        world.violations[:] = [each for each in world.violations if each not in gone]
        world.violations.extend((fact.stream, breach) for breach in fact.breaches)


def _keep_thing(world: World, thing: Standing, facts: tuple[Fact, ...], do: str = "") -> None:
    if facts:
        world.things[thing.id] = _played(thing.id).cycle.fold(thing, facts)
        _keep(world, facts, {}, do)


def _default_actor(world: World, step: Step, rules: Rules) -> Actor:
    """Return the role that the table names for the command, narrowed by the pack; a unit's is the one in charge."""
    command = step.command
    if isinstance(command, LoadCalendar):
        return Actor("admin")
    if step.thing in PLAYED:
        return PLAYED[step.thing].actor(_begun(world, step), command, world, rules)
    assert isinstance(command, cmd.Command)
    order = world.orders.get(step.name, Order(step.name))
    role = BY_COMMAND[type(command)].who[0]
    match command:
        case cmd.Supervise() | cmd.AcceptFeedback() | cmd.RejectFeedback() | cmd.Measure():
            role = rules.supervision_issuer[0]
        case cmd.NameLead():
            role = rules.coordination_convener
        case cmd.Decide() if order.level == "critical":
            role = "command"
        case cmd.Reject() if command.code == "R9":
            role = "supervisor"
        case cmd.LeaderFollowUp() if order.leader_duty:
            role = order.leader_duty
        case cmd.ApproveExtension() | cmd.RefuseExtension():
            role = rules.ext_approver
        case cmd.Close():
            role = rules.close_after_redo
        case cmd.Urge():
            role = "citizen"
        case _:
            pass
    unit = order.responsible_unit or order.lead
    return Actor(role, unit if role in UNIT_ROLES else None)


def _load_calendar(world: World, command: LoadCalendar, by: Actor, now: datetime) -> None:
    if by.role != "admin":
        raise Rejected("not_your_role", role=by.role)
    year = calendar_year(command.year, command.holidays, command.workdays)
    world.calendar = world.calendar.with_year(year)
    rules = _rules(world, now)
    for order in list(world.orders.values()):
        moved = firing.recompute(order, year=year.year, rules=rules, now=now)
        _keep(world, moved.facts, moved.orders)
    for stream, thing in list(world.things.items()):
        _keep_thing(world, thing, _played(stream).cycle.recompute(thing, year.year, rules, now))


def calendar_year(year: str, holidays: tuple[str, ...], workdays: tuple[str, ...], source: str = "") -> CalendarYear:
    """Return a final year from what somebody wrote. Raises: Rejected `field_missing` or `calendar_malformed`."""
    if not year:
        raise Rejected("field_missing", fields=("year",))
    if not year.isdecimal() or len(year) != 4:
        raise Rejected("calendar_malformed", value=year)
    off, worked = _days_of(int(year), holidays), _days_of(int(year), workdays)
    wrong = (off & worked) | {day for day in worked if day.weekday() < 5}
    if wrong:
        raise Rejected("calendar_malformed", value=min(wrong).isoformat())
    return CalendarYear(int(year), off, worked, True, source)


def _days_of(year: int, texts: tuple[str, ...]) -> frozenset[date]:
    days = []
    for text in texts:
        try:
            day = date.fromisoformat(text.strip()[:10])
        except ValueError:
            raise Rejected("calendar_malformed", value=text) from None
        if day.year != year or day in days:
            raise Rejected("calendar_malformed", value=text)
        days.append(day)
    return frozenset(days)


def status_of(thing: Order | Standing | None) -> str:
    """Return where a thing stands, as scenarios write it: `CLOSED(satisfied)`."""
    if thing is None:
        return ""
    if isinstance(thing, Order) and thing.status == CLOSED:
        return f"{CLOSED}({thing.reason})"
    return thing.status


def timers_of(thing: Order | Standing | None) -> dict[str, Timer]:
    """Return the clocks by the names of the contract: `sign@UNIT` with several units, else `sign`."""
    named: dict[str, Timer] = {}
    for timer in thing.timers.values() if thing is not None else ():
        if timer.name not in timers.UNTOLD:
            several = isinstance(thing, Order) and len(thing.parts) > 1
            only = timer.unit and not several and find_timer(thing, timer.name) == timer
            named[timer.name if only else timer.key] = timer
    return named


def _flags(world: World, step: Step, thing: Order | Standing | None) -> Mapping[str, object]:
    if isinstance(thing, Order):
        return flags_of(thing, world.named)
    return PLAYED[step.thing].flags(thing) if thing is not None else {}


def flags_of(order: Order, units: tuple[str, ...]) -> dict[str, object]:
    """Return an order's flags by the names of the contract."""
    return {
        "no_more_return": order.no_more_return,
        "repeat": order.repeat or False,
        "in_extension": order.in_extension,
        "extension_pending": order.extension is not None,
        "coordination": order.coordination,
        "escalated": order.escalated,
        "suspended": order.suspended,
        "first_unit": order.first_unit,
        "responsible_unit": order.responsible_unit,
        "published": order.published,
        "excluded": order.excluded,
        "tags": order.tags,
        "final_opinion": order.final_opinion,
        "satisfied": order.satisfied,
        "resolved": order.resolved,
        "hidden_from": referral.hidden_from(order, units),
    }


def find_timer(thing: Order | Standing | None, name: str) -> Timer | None:
    """Return the clock that `sign@UNIT` or `sign` names."""
    if thing is None:
        return None
    base, _, unit = name.partition("@")
    if isinstance(thing, Order):
        return thing.timer(base, unit or None)
    return thing.timers.get(name) or thing.timers.get(base)


def _failures(world: World, found: Result) -> list[Failure]:
    step, expect = found.step, found.step.expect
    thing = _thing(world, step)
    failed: list[Failure] = []

    def compare(what: str, expected: object, actual: object, *, holds: bool | None = None) -> None:
        if not (expected == actual if holds is None else holds):
            failed.append(Failure(what, expected, actual))

    refused = found.code if found.outcome == "refused" else False
    compare("refused", expect.refused, refused, holds=_refusal_holds(expect.refused, refused))
    if expect.status is not None:
        closed = expect.status == CLOSED and found.status.startswith(CLOSED)
        compare("status", expect.status, found.status, holds=closed or expect.status == found.status)
    for name, due in expect.due.items():
        timer = find_timer(thing, name)
        compare(f"due.{name}", due, timer.due if timer else None)
    for name, standing in expect.timers.items():
        timer = find_timer(thing, name)
        compare(f"timers.{name}", standing, timer.status if timer else "absent")
    if expect.provisional is not None:
        compare("provisional", sorted(expect.provisional), sorted(_provisional(thing, expect.provisional)))
    if expect.says:
        compare("says", expect.says, found.message, holds=expect.says in found.message)
    if expect.violations is not None:
        compare("violations", expect.violations, found.violations)
    for name, value in expect.flags.items():
        actual = found.flags.get(name)
        if name == "satisfied" and isinstance(value, str) and isinstance(thing, Order):
            actual = thing.grade
        compare(f"flags.{name}", value, actual, holds=_flag_holds(name, value, actual))
    missing = [notice for notice in expect.notices if notice not in found.notices]
    if missing:
        failed.append(Failure("notices", tuple(missing), found.notices))
    for name, count in expect.count.items():
        compare(f"count.{name}", count, counts_of(world, thing).get(name))
    if expect.history is not None:
        history = history_of(world, _stream(step))
        shown = tuple(" ".join(names) for names in history)
        compare("history", expect.history, shown, holds=_in_order(expect.history, history))
    return failed


def _refusal_holds(expected: str | bool, refused: str | bool) -> bool:
    if isinstance(expected, bool):
        return expected == bool(refused)
    return expected == refused


def _provisional(thing: Order | Standing | None, expected: tuple[str, ...]) -> list[str]:
    """Return the clocks whose due moment is provisional, named as the expectation names them."""
    names = []
    for timer in thing.timers.values() if thing is not None else ():
        if timer.provisional and timer.due is not None and timer.name not in timers.UNTOLD:
            full = timer.key in expected or find_timer(thing, timer.name) != timer
            names.append(timer.key if full else timer.name)
    return names


def _flag_holds(name: str, expected: object, actual: object) -> bool:
    if isinstance(expected, str) and isinstance(actual, tuple):
        expected = (expected,)
    if isinstance(expected, tuple):
        there = actual if isinstance(actual, tuple) else ()
        return set(expected) <= set(there) if name in ("hidden_from", "to_verify") else set(expected) == set(there)
    return expected == actual


def _in_order(expected: tuple[str, ...], history: tuple[tuple[str, ...], ...]) -> bool:
    """Return whether the expected steps stand in the history in their order, others between them."""
    rest = iter(history)
    return all(any(step in names for names in rest) for step in expected)


def history_of(world: World, stream: str) -> tuple[tuple[str, ...], ...]:
    """Return the steps that the order's timeline shows: the kind, and the command where that has another name."""
    steps = zip(world.facts, world.caused, strict=True)
    return tuple(
        tuple(dict.fromkeys((fact.event.step, do) if do else (fact.event.step,)))
        for fact, do in steps
        if fact.stream == stream and fact.event.step
    )


def counts_of(world: World, thing: Order | Standing | None) -> dict[str, int]:
    """Return the counters of the contract; `orders` is of the whole rehearsal."""
    submitted = [
        order
        for order in world.orders.values()
        if order.submitted_at is not None and not order.parent and order.reason not in ("linked", "emergency_referral")
    ]
    counts = {"orders": len(submitted)}
    if isinstance(thing, Order):
        group = group_of(thing, world.orders.values())
        counts.update(
            urges=thing.urges,
            round=thing.round,
            timely_answers=sum(each.timely_answers for each in group),
            appeals=len(group),
        )
    elif thing is not None:
        counts.update(_played(thing.id).counts(thing, world))
    return counts
