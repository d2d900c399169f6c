"""A text message that somebody sent: taken by the platform where it answers what was asked, else looked at by a seat.

Source: SQ-10.5a, JY-9.6, SZ-15.5a.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected

WAITING, TAKEN, CLOSED = "WAITING", "TAKEN", "CLOSED"
RATED, ADDED = TO_ORDERS = ("rated", "added")
# What a seat has done with it: registered an appeal, put it to an order, or nothing, with the reason.
DONE: Final = ("registered", "added", "nothing")
Case = lifecycle.Case["Incoming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveIncoming:
    """Take a message from its carrier; the platform gives it."""

    name: ClassVar[str] = "receive_incoming"
    source_no: str = fields.text()
    phone: str = fields.text()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIncoming:
    """Say to which order it went, and how; the platform gives it."""

    name: ClassVar[str] = "take_incoming"
    order: str = fields.text()
    outcome: str = fields.text(offers=TO_ORDERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIncoming:
    """Say what was done with it: `number` of the order that was registered or that it was put to; or why nothing."""

    name: ClassVar[str] = "close_incoming"
    outcome: str = fields.text(offers=DONE)
    number: str = fields.text()
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingEvent(Event):
    """Something that happened to a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingReceived(IncomingEvent):
    source_no: str
    phone: str = words()
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingTaken(IncomingEvent):
    order: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingClosed(IncomingEvent):
    outcome: str
    order: str = ""
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Incoming(Standing):
    """A message as the facts up to now make it."""

    source_no: str = ""
    order: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: the id of the order that the command names, empty for none."""

    order: str = ""


def evolve(incoming: Incoming, fact: Fact) -> Incoming:
    """Return the message after one more fact."""
    event = fact.event
    match event:
        case IncomingReceived(source_no=source_no):
            incoming = replace(incoming, source_no=source_no)
        case _:
            assert isinstance(event, IncomingTaken | IncomingClosed)
            incoming = replace(incoming, order=event.order, outcome=event.outcome)
    return lifecycle.enveloped(incoming, fact)


@at_stage("fields")
def _done_whole(case: Case) -> None:
    """Refuse what is not listed, an order that does not exist, and nothing done without a reason."""
    form = case.command
    hold_to_list(form.outcome, DONE)
    if form.outcome == "nothing":
        if not form.reason:
            raise Rejected("reason_missing")
    elif not case.facts.order:
        raise Rejected("order_unknown", number=form.number)


def _receive(case: Case) -> None:
    form = case.command
    case.record(IncomingReceived(source_no=form.source_no, phone=form.phone, text=form.text))


def _take(case: Case) -> None:
    case.record(IncomingTaken(order=case.command.order, outcome=case.command.outcome))


def _close(case: Case) -> None:
    form = case.command
    case.record(IncomingClosed(outcome=form.outcome, order=case.facts.order, reason=form.reason))


CYCLE = LifeCycle(
    name="incoming",
    states=(WAITING, TAKEN, CLOSED),
    rows=(
        Row("I01", ReceiveIncoming, (NEW,), (WAITING,), ("system",), _receive, ("SQ-10.5a",)),
        Row("I02", TakeIncoming, (WAITING,), (TAKEN,), ("system",), _take, ("SQ-10.5a", "JY-9.6", "SZ-15.5a")),
        Row("I03", CloseIncoming, (WAITING,), (CLOSED,), ("seat", "office"), _close, ("SQ-10.5a",),
            guards=(needs("outcome"), _done_whole), awaits={WAITING: ()}),
    ),
    events=tuple(IncomingEvent.__subclasses__()),
    start=Incoming,
    evolve=evolve,
    ends=(TAKEN, CLOSED),
)  # fmt: skip
