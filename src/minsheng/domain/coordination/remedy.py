"""One remedy for a class of orders (一类事): what is done about their common cause, followed until it has helped.

Source: AR-3.2.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import (
    NEW,
    LifeCycle,
    Row,
    Standing,
    at_stage,
    hold_to_list,
    needs,
    needs_reason,
    require,
)
from minsheng.domain.notices import overdue_recipients
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Amount

OPENED, REPORTED, FOLLOWED, DONE = "OPENED", "REPORTED", "FOLLOWED", "DONE"
REMEDY, LOOK = "remedy", "remedy_look"
HELPED, CAME_BACK = FINDINGS = ("helped", "came_back")
LEAST_ORDERS: Final = 2  # one order is no class
Case = lifecycle.Case["Remedy"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRemedy:
    """Give a unit the common cause of several orders to remedy, until a moment; `co`: units that help."""

    name: ClassVar[str] = "open_remedy"
    title: str = fields.text()
    orders: tuple[str, ...] = fields.names()
    unit: str = fields.text()
    co: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)
    by: datetime | None = fields.moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOrders:
    """Link further orders of the same class."""

    name: ClassVar[str] = "link_orders"
    orders: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRemedy:
    """Report what was done about the cause, for all of its orders."""

    name: ClassVar[str] = "report_remedy"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptRemedy:
    """Accept the report; `look_in_days`: calendar days until somebody looks whether it has helped."""

    name: ClassVar[str] = "accept_remedy"
    look_in_days: int | None = fields.count(most=366)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBackRemedy:
    """Send the report back with the reason, and a new end."""

    name: ClassVar[str] = "send_back_remedy"
    reason: str = fields.text(long=True)
    by: datetime | None = fields.moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtRemedy:
    """Record whether it has helped; what came back is remedied again until a moment."""

    name: ClassVar[str] = "look_at_remedy"
    finding: str = fields.text(offers=FINDINGS)
    text: str = fields.text(long=True)
    by: datetime | None = fields.moment()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyEvent(Event):
    """Something that happened to a remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyOpened(RemedyEvent):
    title: str
    unit: str
    orders: tuple[str, ...]
    co: tuple[str, ...] = ()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrdersLinked(RemedyEvent):
    orders: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyReported(RemedyEvent):
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyAccepted(RemedyEvent):
    """Accepted; it is looked at when the clock ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedySentBack(RemedyEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyLookedAt(RemedyEvent):
    finding: str
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyOverdue(RemedyEvent):
    """The report was not there in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookDue(RemedyEvent):
    """It is time to look whether the remedy has helped."""


@dataclass(frozen=True, slots=True)
class Remedy(Standing):
    """A remedy as the facts up to now make it."""

    title: str = ""
    unit: str = ""
    co: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: each order's id by what was typed, but of those that few may read; units
    without duty; whether the title names somebody."""

    orders: Mapping[str, str] = field(default_factory=dict)
    rosterless: frozenset[str] = frozenset()
    names: bool = False


def evolve(remedy: Remedy, fact: Fact) -> Remedy:
    """Return the remedy after one more fact."""
    event = fact.event
    match event:
        case RemedyOpened():
            remedy = replace(remedy, title=event.title, unit=event.unit, co=event.co, orders=event.orders)
        case OrdersLinked(orders=more):
            remedy = replace(remedy, orders=tuple(dict.fromkeys((*remedy.orders, *more))))
        case RemedyLookedAt(finding=finding):
            remedy = replace(remedy, finding=finding)
        case _:
            pass
    return lifecycle.enveloped(remedy, fact)


@at_stage("fields", wants=("orders",))
def _orders_known(case: Case) -> None:
    """Refuse orders that do not exist, and a class of one."""
    for each in case.command.orders:
        if each not in case.facts.orders:
            raise Rejected("order_unknown", number=each)
    least = LEAST_ORDERS if case.state.status == NEW else 1
    if len({case.facts.orders[each] for each in case.command.orders}) < least:
        raise Rejected("field_missing", fields=("orders",), command=case.command.name)


@at_stage("fields")
def _title_names_nobody(case: Case) -> None:
    if case.facts.names:
        raise Rejected("title_names_somebody")


@at_stage("fields")
def _is_ahead(case: Case) -> None:
    """Refuse an end that has passed."""
    if case.command.by is not None and case.command.by <= case.now:
        raise Rejected("moment_passed")


@at_stage("fields", wants=("finding", "text"))
def _finding_whole(case: Case) -> None:
    require(case, ("finding", "text"))
    hold_to_list(case.command.finding, FINDINGS)
    require(case, ("by",) if case.command.finding == CAME_BACK else ())


def _begin(case: Case, until: datetime, *, unit: str) -> None:
    case.start(REMEDY, Amount(1, "WD"), key="coordination_convener", unit=unit, until=until)
    case.tell_unit("remedy_opened", unit)


def _open(case: Case) -> None:
    form = case.command
    _begin(case, form.by, unit=form.unit)
    co = tuple(each for each in dict.fromkeys(form.co) if each != form.unit)
    for each in co:
        case.tell_unit("remedy_opened", each)
    named = tuple(dict.fromkeys(case.facts.orders[each] for each in form.orders))
    case.record(RemedyOpened(title=form.title, unit=form.unit, orders=named, co=co, text=form.text))


def _link(case: Case) -> None:
    case.record(OrdersLinked(orders=tuple(dict.fromkeys(case.facts.orders[each] for each in case.command.orders))))


def _report(case: Case) -> None:
    case.meet(REMEDY, case.state.unit)
    case.tell("remedy_reported", "office")
    case.record(RemedyReported(text=case.command.text))


def _accept(case: Case) -> None:
    case.start(LOOK, Amount(case.command.look_in_days, "CD"), key="coordination_convener")
    case.record(RemedyAccepted())


def _send_back(case: Case) -> None:
    _begin(case, case.command.by, unit=case.state.unit)
    case.record(RemedySentBack(reason=case.command.reason))


def _look(case: Case) -> None:
    form = case.command
    case.meet(LOOK)
    if form.finding == CAME_BACK:
        _begin(case, form.by, unit=case.state.unit)
    case.record(
        RemedyLookedAt(finding=form.finding, text=form.text), status=OPENED if form.finding == CAME_BACK else DONE
    )


def fire(remedy: Remedy, clock: Timer, rules: Rules, *, roster: bool = True) -> tuple[Fact, ...]:
    """Return the fact of a clock that ran out: the report is overdue, or it is time to look."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, remedy, clock.due, rules=rules)
    case.put(replace(clock, status="missed"))
    if clock.name == LOOK:
        case.tell("remedy_look", "office")
        case.record(LookDue())
        return tuple(case.out)
    worktime = rules.worktime_of(clock.unit)
    for to in overdue_recipients(unit=clock.unit, moment=case.now, worktime=worktime, roster=roster):
        case.tell("overdue", to, timer=REMEDY)
    case.record(RemedyOverdue())
    return tuple(case.out)


def _owns(remedy: Remedy, by: Actor, relation: str) -> bool:
    return relation != "remedies" or by.unit == remedy.unit


_KEEPERS: Final = ("office", "joint_meeting", "supervisor")
_OPEN: Final = (OPENED, REPORTED, FOLLOWED)
CYCLE = LifeCycle(
    name="remedy",
    states=(*_OPEN, DONE),
    rows=(
        Row("Y01", OpenRemedy, (NEW,), (OPENED,), _KEEPERS, _open, ("AR-3.2",), starts=(REMEDY,),
            guards=(needs("title", "unit", "text", "by"), _orders_known, _title_names_nobody, _is_ahead)),
        Row("Y02", LinkOrders, _OPEN, ("=",), _KEEPERS, _link, ("AR-3.2",), guards=(_orders_known,)),
        Row("Y03", ReportRemedy, (OPENED,), (REPORTED,), ("officer",), _report, ("AR-3.2",), unit="remedies",
            guards=(needs("text"),), stops=(REMEDY,), awaits={OPENED: (REMEDY,)}),
        Row("Y04", AcceptRemedy, (REPORTED,), (FOLLOWED,), _KEEPERS, _accept, ("AR-3.2",), starts=(LOOK,),
            guards=(needs("look_in_days"),), awaits={REPORTED: ()}),
        Row("Y05", SendBackRemedy, (REPORTED,), (OPENED,), _KEEPERS, _send_back, ("AR-3.2",), starts=(REMEDY,),
            guards=(needs_reason, needs("by"), _is_ahead), awaits={REPORTED: ()}),
        Row("Y06", LookAtRemedy, (FOLLOWED,), (OPENED, DONE), _KEEPERS, _look, ("AR-3.2",), starts=(REMEDY,),
            stops=(LOOK,), guards=(_finding_whole, _is_ahead), awaits={FOLLOWED: (LOOK,)}),
    ),
    events=tuple(RemedyEvent.__subclasses__()),
    start=Remedy,
    evolve=evolve,
    fire=lambda remedy, clock, rules: fire(remedy, clock, rules),
    clocks=(REMEDY, LOOK),
    ends=(DONE,),
    owns=_owns,
)  # fmt: skip
