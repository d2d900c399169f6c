"""A unit's duty to bring articles up to date, or to write the answer that is wanted, in time.

Rows K01 to K06 of B.6: what the rules changed, what the office asks for, what needs no change, and complaints about
what was left as it was. Source: SZ-30a, SZ-43.6, JY-17, JY-20.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import SYSTEM, UNIT_ROLES, Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, needs, needs_reason, require
from minsheng.domain.notices import overdue_recipients
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

DUE, DONE, OVERDUE = "DUE", "DONE", "OVERDUE"
CLOCK: Final = "kb_update"
Case = lifecycle.Case["Duty"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePolicy:
    """Say that rules changed, and which articles of a unit have to follow (K01)."""

    name: ClassVar[str] = "change_policy"
    unit: str = fields.text()
    entries: tuple[str, ...] = fields.names()
    document: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAnswer:
    """Ask a unit for a standard answer: to a question, or in articles that it has (K02)."""

    name: ClassVar[str] = "request_answer"
    unit: str = fields.text()
    entries: tuple[str, ...] = fields.names()
    question: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateEntry:
    """Say that an article is up to date now: its new version is published (K03)."""

    name: ClassVar[str] = "update_entry"
    entry: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChangeNeeded:
    """Say that an article holds as it is; all that are still open where none is named (K04)."""

    name: ClassVar[str] = "no_change_needed"
    entry: str = fields.text()
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmNoChange:
    """Agree that what was named needs no change, or not; `confirmed`: silence agrees (K05)."""

    name: ClassVar[str] = "confirm_no_change"
    confirmed: bool | None = fields.flag(asked=True)
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplainEntry:
    """Put on record that somebody complained about an article that was left as it was, or had a loss by it (K06)."""

    name: ClassVar[str] = "complain_entry"
    entry: str = fields.text()
    loss: bool | None = fields.flag(asked=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyEvent(Event):
    """Something that happened to a duty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged(DutyEvent):
    unit: str
    entries: tuple[str, ...]
    document: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRequested(DutyEvent):
    unit: str
    entries: tuple[str, ...] = ()
    question: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryUpdated(DutyEvent):
    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChangeClaimed(DutyEvent):
    entries: tuple[str, ...]
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChangeConfirmed(DutyEvent):
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoChangeRefused(DutyEvent):
    entries: tuple[str, ...]
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryComplained(DutyEvent):
    entry: str
    loss: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyOverdue(DutyEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyRecomputed(DutyEvent):
    year: int


@dataclass(frozen=True, slots=True)
class Duty(Standing):
    """A duty as the facts up to now make it.

    `settled`: entries that are updated, or confirmed as they are; `claimed`: those that wait for a confirmation.
    """

    unit: str = ""
    entries: tuple[str, ...] = ()
    settled: tuple[str, ...] = ()
    claimed: tuple[str, ...] = ()
    begun_at: datetime | None = None

    @property
    def open_entries(self) -> tuple[str, ...]:
        """Return the entries for which something is still to be done by the unit."""
        return tuple(each for each in self.entries if each not in (*self.settled, *self.claimed))

    @property
    def to_verify(self) -> tuple[str, ...]:
        """Return the entries that nobody may rely on: neither updated nor confirmed in time."""
        return tuple(each for each in self.entries if each not in self.settled) if self.status == OVERDUE else ()


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere.

    `entries`: the number of each article that was typed, of the duty's unit; None where every name is one (a story).
    `fresh`: whether the article that is said to be updated has a version published since the duty began.
    """

    entries: Mapping[str, str] | None = None
    fresh: bool = True
    unit_known: bool = True
    rosterless: frozenset[str] = field(default_factory=frozenset)


def evolve(duty: Duty, fact: Fact) -> Duty:
    """Return the duty after one more fact."""
    match fact.event:
        case PolicyChanged(unit=unit, entries=entries) | AnswerRequested(unit=unit, entries=entries):
            duty = replace(duty, unit=unit, entries=entries, begun_at=fact.at)
        case EntryUpdated(entry=entry):
            claimed = tuple(each for each in duty.claimed if each != entry)
            duty = replace(duty, settled=tuple(dict.fromkeys((*duty.settled, entry))), claimed=claimed)
        case NoChangeClaimed(entries=entries):
            duty = replace(duty, claimed=(*duty.claimed, *entries))
        case NoChangeConfirmed(entries=entries):
            duty = replace(duty, settled=(*duty.settled, *entries), claimed=())
        case NoChangeRefused():
            duty = replace(duty, claimed=())
        case _:
            pass
    return lifecycle.enveloped(duty, fact)


@at_stage("unit")
def _for_the_own_unit(case: Case) -> None:
    unit = case.command.unit if case.command is not None else ""  # None: the page asks what may be done at all
    if case.by.role in UNIT_ROLES and unit and unit != case.by.unit:
        raise Rejected("not_your_unit", unit=case.by.unit)


@at_stage("fields")
def _unit_known(case: Case) -> None:
    if not case.facts.unit_known:
        raise Rejected("unit_unknown", unit=case.command.unit)


@at_stage("fields")
def _entries_known(case: Case) -> None:
    """Refuse articles that the unit does not have."""
    known = case.facts.entries
    for each in case.command.entries:
        if known is not None and each not in known:
            raise Rejected("entry_unknown", value=each, unit=case.command.unit)


@at_stage("fields")
def _asks_something(case: Case) -> None:
    if not case.command.entries:
        require(case, ("question",))


def _entry(case: Case, named: str) -> str:
    """Return an entry by the name that was typed."""
    known: Mapping[str, str] | None = case.facts.entries
    return known.get(named, named) if known is not None else named


@at_stage("fields")
def _of_this_duty(case: Case) -> None:
    """Refuse an article that the duty does not name; the answer to a question is any that the unit has."""
    named, state = case.command.entry, case.state
    if not named:
        return
    entry, known = _entry(case, named), case.facts.entries
    is_answer = not state.entries and isinstance(case.command, UpdateEntry) and (known is None or named in known)
    if entry not in state.entries and not is_answer:
        raise Rejected("not_found", status="")


@at_stage("fields")
def _is_fresh(case: Case) -> None:
    """Refuse to call up to date what nobody has touched since the duty began."""
    if not case.facts.fresh:
        raise Rejected("entry_not_updated")


@at_stage("bar")
def _something_open(case: Case) -> None:
    if not case.state.open_entries:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("fields")
def _still_open(case: Case) -> None:
    """Refuse to claim what is settled or claimed already."""
    if case.command.entry and _entry(case, case.command.entry) not in case.state.open_entries:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("bar")
def _something_claimed(case: Case) -> None:
    if not case.state.claimed:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("fields")
def _refusal_says_why(case: Case) -> None:
    if case.command.confirmed is False and not case.command.reason:
        raise Rejected("reason_missing")


@at_stage("cap")
def _left_as_it_was(case: Case) -> None:
    """Refuse a complaint about an article that is up to date."""
    if _entry(case, case.command.entry) not in case.state.to_verify:
        raise Rejected("not_allowed_now", status=case.state.status)


def _entries(case: Case) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_entry(case, each) for each in case.command.entries))


def _change(case: Case) -> None:
    form = case.command
    case.start(CLOCK, case.rules.kb_update_limit, key="kb_update_limit", worktime=case.rules.worktime_of(form.unit))
    if case.by.role not in UNIT_ROLES:
        case.tell_unit("knowledge_duty", form.unit)
    case.record(PolicyChanged(unit=form.unit, entries=_entries(case), document=form.document))


def _request(case: Case) -> None:
    form, rules = case.command, case.rules
    worktime = rules.worktime_of(form.unit)
    case.start(CLOCK, rules.kb_standard_answer_limit, key="kb_standard_answer_limit", worktime=worktime)
    case.tell_unit("knowledge_duty", form.unit)
    case.record(AnswerRequested(unit=form.unit, entries=_entries(case), question=form.question))


def _update(case: Case) -> None:
    entry, state = _entry(case, case.command.entry), case.state
    rest = tuple(each for each in state.entries if each not in (*state.settled, entry))
    if not rest:
        case.meet(CLOCK)
        case.record(EntryUpdated(entry=entry), status=DONE)
        return
    if all(each in state.claimed for each in rest):
        case.pause(CLOCK)
    case.record(EntryUpdated(entry=entry), status=state.status)


def _claim(case: Case) -> None:
    form, state = case.command, case.state
    entries = (_entry(case, form.entry),) if form.entry else state.open_entries
    if set(state.open_entries) == set(entries):
        case.pause(CLOCK)
    case.tell("no_change_claimed", "office")
    case.record(NoChangeClaimed(entries=entries, reason=form.reason))


def _confirm(case: Case) -> None:
    form, state = case.command, case.state
    if form.confirmed is False:
        case.resume(CLOCK)
        case.tell_unit("no_change_refused", state.unit)
        case.record(NoChangeRefused(entries=state.claimed, reason=form.reason), status=state.status)
        return
    is_done = not state.open_entries
    if is_done:
        case.meet(CLOCK)
    case.record(NoChangeConfirmed(entries=state.claimed), status=DONE if is_done else state.status)


def _complain(case: Case) -> None:
    form = case.command
    if form.loss:
        case.breach("knowledge_loss", case.state.unit)
    case.tell("entry_complained", f"leader@{case.state.unit}")
    case.record(EntryComplained(entry=_entry(case, form.entry), loss=bool(form.loss)))


def fire(duty: Duty, clock: Timer, rules: Rules, *, roster: bool = True) -> tuple[Fact, ...]:
    """Return the fact that the duty is overdue, dated at its due moment (JY-20.9)."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, duty, clock.due, rules=rules)
    worktime = rules.worktime_of(duty.unit)
    for to in overdue_recipients(unit=duty.unit, moment=case.now, worktime=worktime, roster=roster):
        case.tell("overdue", to, timer=CLOCK)
    case.breach("late_knowledge", duty.unit, timer=clock)
    case.put(replace(clock, status="missed"))
    case.record(DutyOverdue(), status=OVERDUE)
    return tuple(case.out)


def recompute(duty: Duty, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to its clock (A-48)."""
    case = lifecycle.by_system(evolve, duty, now, rules=rules)
    worktime, told = rules.worktime_of(duty.unit), f"officer@{duty.unit}"
    return lifecycle.recomputed(case, DutyRecomputed(year=year), year=year, worktime=worktime, told=told)


def flags(duty: Duty) -> Mapping[str, Any]:
    """Return the flags of a duty by the names of the contract."""
    return {"responsible_unit": duty.unit, "to_verify": duty.to_verify}


def _owns(duty: Duty, by: Actor, relation: str) -> bool:
    return relation != "own" or by.role == SYSTEM.role or duty.unit == by.unit


_CLAUSES: Final = ("SZ-30a", "SZ-43.6", "JY-17", "JY-20.9")
CYCLE = LifeCycle(
    name="duty",
    states=(DUE, DONE, OVERDUE),
    rows=(
        Row("K01", ChangePolicy, (NEW,), (DUE,), ("officer", "office", SYSTEM.role), _change, _CLAUSES,
            guards=(_for_the_own_unit, needs("unit", "entries", "document"), _unit_known, _entries_known),
            starts=(CLOCK,)),
        Row("K02", RequestAnswer, (NEW,), (DUE,), ("office",), _request, _CLAUSES,
            guards=(needs("unit"), _asks_something, _unit_known, _entries_known), starts=(CLOCK,)),
        Row("K03", UpdateEntry, (DUE, OVERDUE), ("=", DONE), ("officer", SYSTEM.role), _update, _CLAUSES, unit="own",
            guards=(needs("entry"), _of_this_duty, _is_fresh), stops=(CLOCK,), awaits={DUE: (CLOCK,), OVERDUE: ()}),
        Row("K04", NoChangeNeeded, (DUE, OVERDUE), ("=",), ("officer",), _claim, _CLAUSES, unit="own",
            guards=(_something_open, _of_this_duty, _still_open, needs_reason), stops=(CLOCK,)),
        Row("K05", ConfirmNoChange, (DUE, OVERDUE), ("=", DONE), ("office",), _confirm, _CLAUSES,
            guards=(_something_claimed, _refusal_says_why), starts=(CLOCK,), stops=(CLOCK,)),
        Row("K06", ComplainEntry, (OVERDUE,), ("=",), ("office",), _complain, ("JY-20.9",),
            guards=(needs("entry"), _of_this_duty, _left_as_it_was)),
    ),
    events=tuple(DutyEvent.__subclasses__()),
    start=Duty,
    evolve=evolve,
    fire=lambda duty, clock, rules: fire(duty, clock, rules),
    recompute=recompute,
    clocks=(CLOCK,),
    ends=(DONE,),
    owns=_owns,
    by_the_clock=((DUE, OVERDUE),),
)  # fmt: skip
