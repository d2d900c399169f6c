"""What somebody sent by a channel other than the telephone and the portal: a text message, a mail, a letter, a fax.

The platform takes it where it clearly belongs to an order; else a seat looks at it, registers it, puts it to an order,
asks the sender, or lays it aside. Source: SQ-10.5a, SQ-10.1, JY-2a, JY-9.6, SZ-2, SZ-15.5a.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs, needs_reason
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

WAITING, ASIDE, TAKEN, CLOSED = "WAITING", "ASIDE", "TAKEN", "CLOSED"
RATED, ADDED = TO_ORDERS = ("rated", "added")
UNSUBSCRIBED: Final = "unsubscribed"
# What a seat has done with it: registered an appeal, put it to an order, or nothing, with the reason.
REGISTERED: Final = "registered"
DONE: Final = (REGISTERED, "added", "nothing")
LOOK: Final = "look"
SMS: Final = "sms"
# What comes by post, paper or mail is looked at within another limit than what waits for an answer at once.
BY_POST: Final = ("mail", "fax", "letter", "visit")
# What a desk enters in its register: a letter of paper, somebody who came.
ON_PAPER: Final = ("letter", "visit")
# Where the sender can be asked by the channel itself.
ANSWERED: Final = (SMS, "mail", "fax", "wechat", "wecom", "alipay", "app")
# Why it was not taken by the platform: shown to the seat, and why it was laid aside at once.
ADVERTISING: Final = "advertising"
NOTES: Final = ("stranger", "unclear", "several", "refused", "automatic", "advertising", "frozen", "unreadable",
               "sheet_missing", "sheet_used", "sheet_foreign", "sheet_unread", "sheet_empty")  # fmt: skip
Case = lifecycle.Case["Incoming"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveIncoming:
    """Take something from its channel; the platform gives it. `phone`, `sender`: the number, or the address there.

    `quoted`: what it repeats of earlier words; `refused`: names of files that were not kept; `checked`: what the own
    mail server says of its origin; `note`: why it was not taken; `aside`: laid aside at once.
    """

    name: ClassVar[str] = "receive_incoming"
    source_no: str = fields.text()
    channel: str = fields.text()
    phone: str = fields.text()
    sender: str = fields.text()
    subject: str = fields.text()
    text: str = fields.text(long=True)
    quoted: str = fields.text(long=True)
    refused: str = fields.text(long=True)
    checked: str = fields.text()
    note: str = fields.text(offers=NOTES)
    aside: bool = fields.flag()
    arrived_on: date | None = fields.day()
    shelf: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLetter:
    """Enter a letter or a visit in the register: the day it came, who it is of, and where the original is kept.

    `from_name`, `address`, `phone`: the sender's, as the envelope or the visitor says; `shelf`: of the original.
    """

    name: ClassVar[str] = "record_letter"
    channel: str = fields.text(offers=ON_PAPER)
    arrived_on: date | None = fields.day()
    from_name: str = fields.text()
    phone: str = fields.text()
    address: str = fields.text()
    subject: str = fields.text()
    text: str = fields.text(long=True)
    shelf: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeIncoming:
    """Say to which order it went, and how, or that its sender wants no more news; the platform gives it."""

    name: ClassVar[str] = "take_incoming"
    order: str = fields.text()
    outcome: str = fields.text(offers=(*TO_ORDERS, UNSUBSCRIBED))


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseIncoming:
    """Say what was done with it: `number` of the order that was registered or that it was put to; or why nothing."""

    name: ClassVar[str] = "close_incoming"
    outcome: str = fields.text(offers=DONE)
    number: str = fields.text()
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskSender:
    """Ask the sender something by the channel that it came by."""

    name: ClassVar[str] = "ask_sender"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class LayAside:
    """Lay it aside as advertising or as made by a machine; nothing is lost."""

    name: ClassVar[str] = "lay_aside"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class BringBack:
    """Let it wait again: it was laid aside by mistake."""

    name: ClassVar[str] = "bring_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingEvent(Event):
    """Something that happened to what somebody sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingReceived(IncomingEvent):
    source_no: str
    channel: str = SMS
    note: str = ""
    checked: str = ""
    phone: str = words()
    sender: str = words()
    subject: str = words()
    text: str = words()
    quoted: str = words()
    refused: str = words()
    register_no: str = ""
    arrived_on: date | None = None
    shelf: str = ""
    from_name: str = words(name=True)
    address: str = words(name=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingTaken(IncomingEvent):
    order: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingClosed(IncomingEvent):
    outcome: str
    order: str = ""
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderAsked(IncomingEvent):
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingLaidAside(IncomingEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingBroughtBack(IncomingEvent):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingOverdue(IncomingEvent):
    clock: str


@dataclass(frozen=True, slots=True)
class Incoming(Standing):
    """What was sent as the facts up to now make it."""

    source_no: str = ""
    channel: str = SMS
    note: str = ""
    order: str = ""
    outcome: str = ""
    register_no: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: the id of the order that the command names, empty for none.

    `register_no`: the next number of the register that a letter or a visit is entered in.
    """

    order: str = ""
    register_no: str = ""


def evolve(incoming: Incoming, fact: Fact) -> Incoming:
    """Return what was sent after one more fact."""
    event = fact.event
    match event:
        case IncomingReceived():
            incoming = replace(
                incoming, source_no=event.source_no, channel=event.channel, note=event.note,
                register_no=event.register_no,
            )  # fmt: skip
        case IncomingTaken() | IncomingClosed():
            incoming = replace(incoming, order=event.order, outcome=event.outcome)
        case _:
            pass
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


@at_stage("fields")
def _came_by_now(case: Case) -> None:
    """Refuse another channel than the register's, and a day that is still to come."""
    form = case.command
    hold_to_list(form.channel, ON_PAPER)
    if form.arrived_on > case.now.date():
        raise Rejected("arrived_later", day=form.arrived_on.isoformat())


@at_stage("bar")
def _can_be_asked(case: Case) -> None:
    """Refuse to ask by a channel that goes one way."""
    if case.state.channel not in ANSWERED:
        raise Rejected("channel_one_way")


def _receive(case: Case) -> None:
    form = case.command
    channel = form.channel or SMS
    if not form.aside:
        _start_look(case, channel)
    received = IncomingReceived(
        source_no=form.source_no, channel=channel, note=form.note, checked=form.checked, phone=form.phone,
        sender=form.sender, subject=form.subject, text=form.text, quoted=form.quoted, refused=form.refused,
        register_no=case.facts.register_no, arrived_on=form.arrived_on, shelf=form.shelf,
    )  # fmt: skip
    case.record(received, status=ASIDE if form.aside else WAITING)


def _start_look(case: Case, channel: str) -> None:
    by_post = channel in BY_POST
    limit = case.rules.incoming_post_limit if by_post else case.rules.incoming_chat_limit
    case.start(LOOK, limit, key="incoming_post_limit" if by_post else "incoming_chat_limit")


def _record(case: Case) -> None:
    form = case.command
    _start_look(case, form.channel)
    received = IncomingReceived(
        source_no="", channel=form.channel, phone=form.phone, subject=form.subject, text=form.text,
        register_no=case.facts.register_no, arrived_on=form.arrived_on, shelf=form.shelf, from_name=form.from_name,
        address=form.address,
    )  # fmt: skip
    case.record(received, status=WAITING)


def _take(case: Case) -> None:
    case.meet(LOOK)
    case.record(IncomingTaken(order=case.command.order, outcome=case.command.outcome))


def _close(case: Case) -> None:
    form = case.command
    case.meet(LOOK)
    case.record(IncomingClosed(outcome=form.outcome, order=case.facts.order, reason=form.reason))


def _ask(case: Case) -> None:
    case.meet(LOOK)
    # Which of the thing's facts has the words, for whoever writes the message.
    case.tell("sender_asked", "citizen", version=str(case.state.version + 1))
    case.record(SenderAsked(text=case.command.text), status=WAITING)


def _lay_aside(case: Case) -> None:
    case.meet(LOOK)
    case.record(IncomingLaidAside(reason=case.command.reason))


def _bring_back(case: Case) -> None:
    case.record(IncomingBroughtBack())


def fire(incoming: Incoming, clock: Timer, rules: Rules) -> tuple[Fact, ...]:
    """Return the fact of what was not looked at in time; it is no unit's breach."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, incoming, clock.due, rules=rules)
    case.put(replace(clock, status="missed"))
    case.record(IncomingOverdue(clock=clock.name))
    return tuple(case.out)


CYCLE = LifeCycle(
    name="incoming",
    states=(WAITING, ASIDE, TAKEN, CLOSED),
    rows=(
        Row("I01", ReceiveIncoming, (NEW,), (WAITING, ASIDE), ("system",), _receive, ("SQ-10.5a", "JY-2a"),
            starts=(LOOK,)),
        Row("I02", TakeIncoming, (WAITING,), (TAKEN,), ("system",), _take, ("SQ-10.5a", "JY-9.6", "SZ-15.5a"),
            stops=(LOOK,)),
        Row("I03", CloseIncoming, (WAITING,), (CLOSED,), ("seat", "office"), _close, ("SQ-10.5a", "JY-2a"),
            guards=(needs("outcome"), _done_whole), stops=(LOOK,), awaits={WAITING: (LOOK,)}),
        Row("I04", AskSender, (WAITING,), (WAITING,), ("seat", "office", "system"), _ask, ("SQ-10.1",),
            guards=(_can_be_asked, needs("text")), stops=(LOOK,)),
        Row("I05", LayAside, (WAITING,), (ASIDE,), ("seat", "office"), _lay_aside, ("JY-2a",),
            guards=(needs_reason,), stops=(LOOK,)),
        Row("I06", BringBack, (ASIDE,), (WAITING,), ("seat", "office"), _bring_back, ("JY-2a",), awaits={ASIDE: ()}),
        Row("I07", RecordLetter, (NEW,), (WAITING,), ("seat", "office"), _record, ("JY-2a", "SZ-2"),
            guards=(needs("channel", "arrived_on"), _came_by_now), starts=(LOOK,)),
    ),
    events=tuple(IncomingEvent.__subclasses__()),
    start=Incoming,
    evolve=evolve,
    fire=fire,
    clocks=(LOOK,),
    ends=(TAKEN, CLOSED),
)  # fmt: skip
