"""An inquiry by those who supervise the hotline from outside: received with a due moment, answered, its answer shown.

People's congress, consultative conference, parties, media and the public ask; the office answers, a unit may give its
part. The day before it is due somebody is reminded. Source: SZ-42, JY-18.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount

RECEIVED, ANSWERED, CLOSED = "RECEIVED", "ANSWERED", "CLOSED"
CLOCK, REMINDER = "inquiry", "inquiry_reminder"
ORGANS: Final = ("congress", "conference", "party", "media", "public")
Case = lifecycle.Case["Inquiry"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveInquiry:
    """Put an inquiry on record: who asks, what, by when; `unit`: whose part is wanted, if any."""

    name: ClassVar[str] = "receive_inquiry"
    organ: str = fields.text(offers=ORGANS)
    asker: str = fields.text()
    content: str = fields.text(long=True)
    due: datetime | None = fields.moment()
    unit: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class GivePart:
    """Give the unit's part of the answer."""

    name: ClassVar[str] = "give_part"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerInquiry:
    """Answer the inquiry."""

    name: ClassVar[str] = "answer_inquiry"
    text: str = fields.text(long=True)
    document: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseInquiry:
    """Close it; `opinion`: what whoever asked said to the answer."""

    name: ClassVar[str] = "close_inquiry"
    opinion: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryEvent(Event):
    """Something that happened to an inquiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryReceived(InquiryEvent):
    organ: str
    unit: str = ""
    asker: str = words(name=True)
    content: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartGiven(InquiryEvent):
    unit: str
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryAnswered(InquiryEvent):
    text: str = words()
    document: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryClosed(InquiryEvent):
    opinion: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryReminded(InquiryEvent):
    """The day before it is due, somebody was reminded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryOverdue(InquiryEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryRecomputed(InquiryEvent):
    year: int


@dataclass(frozen=True, slots=True)
class Inquiry(Standing):
    """An inquiry as the facts up to now make it."""

    organ: str = ""
    unit: str = ""
    has_part: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: the units that have nobody on duty."""

    rosterless: frozenset[str] = frozenset()


def evolve(inquiry: Inquiry, fact: Fact) -> Inquiry:
    """Return the inquiry after one more fact."""
    match fact.event:
        case InquiryReceived(organ=organ, unit=unit):
            inquiry = replace(inquiry, organ=organ, unit=unit)
        case PartGiven():
            inquiry = replace(inquiry, has_part=True)
        case _:
            pass
    return lifecycle.enveloped(inquiry, fact)


@at_stage("fields")
def _due_later(case: Case) -> None:
    hold_to_list(case.command.organ, ORGANS)
    if case.command.due <= case.now:
        raise Rejected("moment_passed")


def reminded_at(due: datetime, rules: Rules) -> datetime:
    """Return when somebody is reminded: the same time so many working days before, as the pack says."""
    moment, left = due, rules.inquiry_reminder_workdays
    while left:
        moment -= timedelta(days=1)
        left -= rules.worktime.calendar.is_workday(rules.worktime.local_day(moment))
    return moment


def _receive(case: Case) -> None:
    form, rules = case.command, case.rules
    due = form.due.astimezone(rules.worktime.zone)
    remind = reminded_at(due, rules)
    if remind > case.now:
        case.start(REMINDER, Amount(1, "WD"), key="inquiry_reminder_workdays", until=remind)
    case.start(CLOCK, Amount(1, "WD"), key="inquiry_reminder_workdays", until=due)
    if form.unit:
        case.tell_unit("inquiry_received", form.unit)
    case.record(InquiryReceived(organ=form.organ, unit=form.unit, asker=form.asker, content=form.content))


def _give_part(case: Case) -> None:
    case.tell("inquiry_part", "office")
    case.record(PartGiven(unit=case.by.unit or "", text=case.command.text))


def _answer(case: Case) -> None:
    case.cancel(REMINDER)
    case.meet(CLOCK)
    case.record(InquiryAnswered(text=case.command.text, document=case.command.document))


def _close(case: Case) -> None:
    case.record(InquiryClosed(opinion=case.command.opinion))


def fire(inquiry: Inquiry, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    """Return the fact that somebody is reminded, or that the answer is overdue; it is told and no breach."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, inquiry, clock.due, rules=rules)
    case.put(replace(clock, status="missed"))
    kind = "inquiry_due" if clock.name == REMINDER else "overdue"
    told = ("office", f"leader@{inquiry.unit}") if inquiry.unit and not inquiry.has_part else ("office",)
    for to in told:
        case.tell(kind, to, timer=CLOCK)
    case.record(InquiryReminded() if clock.name == REMINDER else InquiryOverdue())
    return tuple(case.out)


def recompute(inquiry: Inquiry, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does: the reminder moves with the working days before."""
    clock, due = inquiry.timers.get(REMINDER), inquiry.timers.get(CLOCK)
    if clock is None or clock.status != "running" or due is None or due.due is None or due.due.year != year:
        return ()
    moved = reminded_at(due.due, rules)
    if moved == clock.due:
        return ()
    case = lifecycle.by_system(evolve, inquiry, now, rules=rules)
    case.put(replace(clock, due=max(moved, case.now)))
    case.record(InquiryRecomputed(year=year))
    return tuple(case.out)


def _owns(inquiry: Inquiry, by: Actor, relation: str) -> bool:
    return relation != "own" or inquiry.status == NEW or inquiry.unit == by.unit


CYCLE = LifeCycle(
    name="inquiry",
    states=(RECEIVED, ANSWERED, CLOSED),
    rows=(
        Row("I01", ReceiveInquiry, (NEW,), (RECEIVED,), ("office",), _receive, ("SZ-42", "JY-18"),
            guards=(needs("organ", "asker", "content", "due"), _due_later), starts=(REMINDER, CLOCK)),
        Row("I02", GivePart, (RECEIVED,), ("=",), ("officer", "leader", "head"), _give_part, ("SZ-42",), unit="own",
            guards=(needs("text"),), awaits={RECEIVED: ()}),
        Row("I03", AnswerInquiry, (RECEIVED,), (ANSWERED,), ("office",), _answer, ("SZ-42", "JY-18"),
            guards=(needs("text"),), stops=(REMINDER, CLOCK), awaits={RECEIVED: (CLOCK,)}),
        Row("I04", CloseInquiry, (ANSWERED,), (CLOSED,), ("office",), _close, ("SZ-42",), awaits={ANSWERED: ()}),
    ),
    events=tuple(InquiryEvent.__subclasses__()),
    start=Inquiry,
    evolve=evolve,
    fire=fire,
    recompute=recompute,
    clocks=(REMINDER, CLOCK),
    ends=(CLOSED,),
    owns=_owns,
)  # fmt: skip
