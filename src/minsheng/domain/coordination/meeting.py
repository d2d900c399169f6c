"""A meeting that coordinates: called, attended, minuted, decided; its tasks have clocks, its orders get their lead.

The pack names who convenes. A decision names the lead of every open order of the meeting in the same transaction, and
that lead cannot return them. Source: SZ-5, SZ-41b, JY-13.2, SQ-20b, JS-2.2a.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import (
    NEW,
    LifeCycle,
    Onward,
    Row,
    Standing,
    at_stage,
    hold_to_list,
    needs,
    needs_reason,
    require,
)
from minsheng.domain.notices import overdue_recipients
from minsheng.domain.orders import commands as orders
from minsheng.domain.orders import fields
from minsheng.domain.orders.order import DISPATCHED, HANDLING, SUBMITTED
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount

CALLED, MET, DECIDED, UNRESOLVED = "CALLED", "MET", "DECIDED", "UNRESOLVED"
TASK = "meeting_task"
LEAD, NO_LEAD = "lead", "unresolved"
CONVENERS: Final = ("joint_meeting", "office")
# What a meeting is, and the level that it is held at (AR-3.2: the unit's, the county's, the city's).
KINDS: Final = ("coordination", "joint", "leading", "style")
LEVELS: Final = ("unit", "county", "city")
Case = lifecycle.Case["Meeting"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallMeeting:
    """Call units together about a question, with the orders that it is about."""

    name: ClassVar[str] = "call_meeting"
    when: datetime | None = fields.moment()
    units: tuple[str, ...] = fields.names()
    question: str = fields.text(long=True)
    orders: tuple[str, ...] = fields.names()
    kind: str = fields.text(offers=KINDS)
    level: str = fields.text(offers=LEVELS)
    agenda: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAttendance:
    """Say that one's unit comes, perhaps by a substitute, or why it does not; `rank`: of whom it sends on air."""

    name: ClassVar[str] = "confirm_attendance"
    attends: bool | None = fields.flag(asked=True)
    substitute: str = fields.text()
    rank: str = fields.text(offers=("head", "leader"))
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMinutes:
    """Put the minutes on record, with the units that were there."""

    name: ClassVar[str] = "record_minutes"
    document: str = fields.text()
    present: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendMinutes:
    """Write the minutes anew, with the reason: the former ones stay as they are, beside them (SZ-31c)."""

    name: ClassVar[str] = "amend_minutes"
    text: str = fields.text(long=True)
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveMinutes:
    """Approve the minutes as they stand."""

    name: ClassVar[str] = "approve_minutes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What a unit is to do, until a moment or within working days."""

    unit: str = fields.text()
    text: str = fields.text(long=True)
    by: datetime | None = fields.moment()
    by_workdays: int | None = fields.count()


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideMeeting:
    """Record the outcome: who leads and who helps, or that there is no agreement; and tasks of units."""

    name: ClassVar[str] = "decide_meeting"
    outcome: str = fields.text(offers=(LEAD, NO_LEAD))
    lead: str = fields.text()
    co: tuple[str, ...] = fields.names()
    tasks: tuple[Task, ...] = fields.maps_of(Task)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportTask:
    """Report that one's unit has done its task."""

    name: ClassVar[str] = "report_task"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingEvent(Event):
    """Something that happened to a meeting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingCalled(MeetingEvent):
    when: datetime
    units: tuple[str, ...]
    orders: tuple[str, ...] = ()
    kind: str = "coordination"
    level: str = ""
    question: str = words()
    agenda: str = words()
    members: str = words(name=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttendanceConfirmed(MeetingEvent):
    unit: str
    attends: bool
    substitute: str = words(name=True)
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesRecorded(MeetingEvent):
    present: tuple[str, ...] = ()
    document: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesAmended(MeetingEvent):
    text: str = words()
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class MinutesApproved(MeetingEvent):
    """Approved as they stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingDecided(MeetingEvent):
    """`orders`: those that get their lead by it; `tasks`: units that have one; `texts`: what to do, a line each."""

    outcome: str
    lead: str = ""
    co: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    texts: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReported(MeetingEvent):
    unit: str
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMissed(MeetingEvent):
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingRecomputed(MeetingEvent):
    year: int


@dataclass(frozen=True, slots=True)
class Meeting(Standing):
    """A meeting as the facts up to now make it. `tasks`: the units that have one, `reported`: those that did it."""

    when: datetime | None = None
    units: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    kind: str = ""
    level: str = ""
    attending: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    lead: str = ""
    co: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    is_approved: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: where each order named stands, by what it was called; units without duty.

    `orders`: the order's id by the name that was typed; `standing`: its state by id; `convener`: the pack's;
    `heads`: who heads each unit, by name.
    """

    orders: Mapping[str, str] = field(default_factory=dict)
    standing: Mapping[str, str] = field(default_factory=dict)
    rosterless: frozenset[str] = frozenset()
    convener: str = ""
    heads: Mapping[str, str] = field(default_factory=dict)


def evolve(meeting: Meeting, fact: Fact) -> Meeting:
    """Return the meeting after one more fact."""
    event = fact.event
    match event:
        case MeetingCalled():
            meeting = replace(
                meeting, when=event.when, units=event.units, orders=event.orders, kind=event.kind, level=event.level
            )
        case AttendanceConfirmed(unit=unit):
            others = tuple(each for each in meeting.attending if each != unit)
            refused = tuple(each for each in meeting.declined if each != unit)
            attending, declined = ((*others, unit), refused) if event.attends else (others, (*refused, unit))
            meeting = replace(meeting, attending=attending, declined=declined)
        case MinutesRecorded():
            meeting = replace(meeting, present=event.present, writers=_writer(fact))
        case MinutesAmended():
            meeting = replace(meeting, writers=_writer(fact), is_approved=False)
        case MinutesApproved():
            meeting = replace(meeting, is_approved=True)
        case MeetingDecided():
            meeting = replace(meeting, lead=event.lead, co=event.co, tasks=event.tasks)
        case TaskReported(unit=unit):
            meeting = replace(meeting, reported=tuple(dict.fromkeys((*meeting.reported, unit))))
        case _:
            pass
    return lifecycle.enveloped(meeting, fact)


def _writer(fact: Fact) -> tuple[str, ...]:
    return (fact.by.person,) if fact.by.person else ()


@at_stage("bar")
def _not_approved_yet(case: Case) -> None:
    """Refuse to approve the minutes twice, or one's own."""
    if case.state.is_approved:
        raise Rejected("not_allowed_now", status=case.state.status)
    if case.by.person is not None and case.by.person in case.state.writers:
        raise Rejected("self_approval")


@at_stage("role")
def _convener(case: Case) -> None:
    """Keep meetings to the pack's convener (SZ-41b, SQ-20b)."""
    convener = case.rules.coordination_convener if case.rules is not None else case.facts.convener
    if convener and case.by.role != convener:
        raise Rejected("wrong_authority")


@at_stage("fields")
def not_past(case: lifecycle.Case[Any]) -> None:
    """Refuse to call units together on a day that has passed."""
    when = case.command.when
    if when is not None and when.astimezone(case.now.tzinfo).date() < case.now.date():
        raise Rejected("moment_passed")


@at_stage("fields")
def _orders_known(case: Case) -> None:
    form = case.command
    for each in form.orders:
        if each not in case.facts.orders:
            raise Rejected("order_unknown", number=each)
    hold_to_list(form.kind, KINDS)
    hold_to_list(form.level, LEVELS)


def says_why_not(case: lifecycle.Case[Any]) -> None:
    """Refuse an answer that does not say whether the unit comes, or why it does not."""
    require(case, ("attends",) if case.command.attends is None else ())
    if not case.command.attends and not case.command.reason:
        raise Rejected("reason_missing")


@at_stage("fields", wants=("attends",))
def _says_why_not(case: Case) -> None:
    says_why_not(case)


@at_stage("window")
def _is_held(case: Case) -> None:
    """Refuse minutes before the meeting has begun."""
    if case.state.when is not None and case.now < case.state.when:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("fields", wants=("document",))
def _minutes_given(case: Case) -> None:
    if not case.command.document:
        raise Rejected("document_missing")


@at_stage("fields", wants=("outcome",))
def _outcome_whole(case: Case) -> None:
    form = case.command
    require(case, ("outcome",))
    hold_to_list(form.outcome, (LEAD, NO_LEAD))
    require(case, ("lead",) if form.outcome == LEAD else ())
    for task in form.tasks:
        if not task.unit or not task.text or (task.by is None) == (not task.by_workdays):
            raise Rejected("field_missing", fields=("tasks",), command=form.name)
        if task.by is not None and task.by <= case.now:
            raise Rejected("moment_passed")
    if len({task.unit for task in form.tasks}) < len(form.tasks):
        raise Rejected("task_twice")


def _call(case: Case) -> None:
    form = case.command
    units = tuple(dict.fromkeys(form.units))
    for unit in units:
        case.tell_unit("meeting_called", unit)
    case.record(MeetingCalled(
        when=form.when, units=units, orders=tuple(dict.fromkeys(case.facts.orders[each] for each in form.orders)),
        kind=form.kind or KINDS[0], level=form.level, question=form.question, agenda="\n".join(form.agenda),
        members="\n".join(f"{unit}：{case.facts.heads[unit]}" for unit in units if unit in case.facts.heads),
    ))  # fmt: skip


def _confirm(case: Case) -> None:
    form = case.command
    substitute = form.substitute if form.attends else ""
    reason = "" if form.attends else form.reason
    case.tell("attendance_confirmed" if form.attends else "attendance_declined", case.rules.coordination_convener)
    case.record(AttendanceConfirmed(
        unit=case.by.unit or "", attends=bool(form.attends), substitute=substitute, reason=reason
    ))  # fmt: skip


def _record(case: Case) -> None:
    present = tuple(dict.fromkeys(case.command.present))
    case.record(MinutesRecorded(document=case.command.document, present=present, text=case.command.text))


def _amend(case: Case) -> None:
    case.record(MinutesAmended(text=case.command.text, reason=case.command.reason))


def _approve(case: Case) -> None:
    case.record(MinutesApproved())


def _decide(case: Case) -> None:
    form, meeting = case.command, case.state
    decided = form.outcome == LEAD
    for task in form.tasks:
        limit = Amount(task.by_workdays or 1, "WD")
        case.start(TASK, limit, key="coordination_convener", unit=task.unit, until=task.by)
        case.tell_unit("meeting_task", task.unit)
    if not decided:
        higher = "command" if case.rules.coordination_convener == "joint_meeting" else "joint_meeting"
        case.tell("meeting_unresolved", higher)
    moved = tuple(each for each in meeting.orders if case.facts.standing.get(each) in (SUBMITTED, DISPATCHED, HANDLING))
    event = MeetingDecided(
        outcome=form.outcome, lead=form.lead if decided else "",
        co=tuple(each for each in dict.fromkeys(form.co) if each != form.lead) if decided else (),
        orders=moved if decided else (), tasks=tuple(task.unit for task in form.tasks),
        texts="\n".join(f"{task.unit}：{task.text}" for task in form.tasks),
    )  # fmt: skip
    case.record(event, status=DECIDED if decided else UNRESOLVED)


def _report(case: Case) -> None:
    unit = case.by.unit or ""
    case.meet(TASK, unit)
    case.tell("task_reported", case.rules.coordination_convener)
    case.record(TaskReported(unit=unit, text=case.command.text))


def _onward(meeting: Meeting, fact: Fact) -> tuple[Onward, ...]:
    """Name the lead of every open order of a meeting that has decided on one."""
    event = fact.event
    if not isinstance(event, MeetingDecided):
        return ()
    command = orders.NameLead(lead=event.lead, co=event.co)
    return tuple(Onward(each, command, fact.by) for each in event.orders)


def fire(meeting: Meeting, clock: Timer, rules: Rules, *, roster: bool = True) -> tuple[Fact, ...]:
    """Return the fact that a unit's task is overdue: told as of any missed clock, and no breach."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, meeting, clock.due, rules=rules)
    worktime = rules.worktime_of(clock.unit)
    for to in overdue_recipients(unit=clock.unit, moment=case.now, worktime=worktime, roster=roster):
        case.tell("overdue", to, timer=TASK)
    case.put(replace(clock, status="missed"))
    case.record(TaskMissed(unit=clock.unit))
    return tuple(case.out)


def recompute(meeting: Meeting, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to the clocks of tasks (A-48)."""
    case = lifecycle.by_system(evolve, meeting, now, rules=rules)
    return lifecycle.recomputed(case, MeetingRecomputed(year=year), year=year)


def flags(meeting: Meeting) -> Mapping[str, object]:
    """Return the flags of a meeting by the names of the contract."""
    return {"attending": meeting.attending, "lead": meeting.lead}


def _owns(meeting: Meeting, by: Actor, relation: str) -> bool:
    match relation:
        case "called":
            return meeting.status == NEW or by.unit in meeting.units
        case "tasked":
            return by.unit in meeting.tasks
        case _:
            return True


CYCLE = LifeCycle(
    name="meeting",
    states=(CALLED, MET, DECIDED, UNRESOLVED),
    rows=(
        Row("M01", CallMeeting, (NEW,), (CALLED,), CONVENERS, _call, ("SZ-41b", "JY-13.2a", "SQ-20b", "SZ-5"),
            guards=(_convener, needs("when", "units", "question"), not_past, _orders_known)),
        Row("M02", ConfirmAttendance, (CALLED,), ("=",), ("officer",), _confirm, ("SZ-41b",),
            unit="called", guards=(_says_why_not,), awaits={CALLED: ()}),
        Row("M03", RecordMinutes, (CALLED,), (MET,), CONVENERS, _record, ("SZ-5", "JY-13.2a"),
            guards=(_convener, _is_held, _minutes_given), awaits={CALLED: ()}),
        Row("M03a", AmendMinutes, (MET, DECIDED, UNRESOLVED), ("=",), CONVENERS, _amend, ("SZ-31c",),
            guards=(_convener, needs("text"), needs_reason)),
        Row("M03b", ApproveMinutes, (MET, DECIDED, UNRESOLVED), ("=",), (*CONVENERS, "command"), _approve,
            ("SZ-5", "SZ-31c"), guards=(_not_approved_yet,)),
        Row("M04", DecideMeeting, (MET,), (DECIDED, UNRESOLVED), CONVENERS, _decide, ("SZ-41b", "SZ-41c", "JY-13.2a"),
            guards=(_convener, _outcome_whole), starts=(TASK,), awaits={MET: ()}),
        Row("M05", ReportTask, (DECIDED, UNRESOLVED), ("=",), ("officer",), _report, ("SZ-41b",),
            unit="tasked", guards=(needs("text"),), stops=(TASK,), awaits={DECIDED: (TASK,), UNRESOLVED: (TASK,)}),
    ),
    events=tuple(MeetingEvent.__subclasses__()),
    start=Meeting,
    evolve=evolve,
    fire=lambda meeting, clock, rules: fire(meeting, clock, rules),
    recompute=recompute,
    clocks=(TASK,),
    ends=(DECIDED, UNRESOLVED),
    owns=_owns,
    onward=_onward,
)  # fmt: skip
