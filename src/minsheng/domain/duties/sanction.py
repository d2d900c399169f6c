"""A sanction of the ladder against a unit: summoned to talk, criticized in a notice, reported, or pushed to organs.

Each rests on orders that carry its ground, is approved by somebody else, sent with receipts, and may be annulled, never
deleted. What it does to its orders is `measure` of theirs. Source: SZ-41c, SQ-21a, SQ-21b.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Final

from minsheng.domain import lifecycle
from minsheng.domain.actors import UNIT_ROLES, Actor
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
from minsheng.domain.orders import commands as orders
from minsheng.domain.orders import fields
from minsheng.domain.rejected import Rejected

PROPOSED, REFUSED, APPROVED, SENT = "PROPOSED", "REFUSED", "APPROVED", "SENT"
CLOSED, ANNULLED = "CLOSED", "ANNULLED"
INTERVIEW, NOTICE, SPECIAL_REPORT, PUSH = KINDS = ("interview", "notice", "special_report", "push")
ISSUERS: Final = ("supervisor", "joint_meeting")
Case = lifecycle.Case["Sanction"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeSanction:
    """Propose a sanction against a unit; `orders`: those that carry the ground, `when`: of a talk."""

    name: ClassVar[str] = "propose_sanction"
    unit: str = fields.text()
    kind: str = fields.text(offers=KINDS)
    ground: str = fields.text(offers=orders.GROUNDS)
    orders: tuple[str, ...] = fields.names()
    severity: str = fields.text(offers=("minor", "serious"))
    when: datetime | None = fields.moment()
    participants: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)
    is_public: bool | None = fields.flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseSanction:
    """Write its text anew."""

    name: ClassVar[str] = "revise_sanction"
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveSanction:
    """Approve it as it stands."""

    name: ClassVar[str] = "approve_sanction"


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseSanction:
    """Refuse it."""

    name: ClassVar[str] = "refuse_sanction"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSanction:
    """Send it to its unit and to whoever else is to have it; a push goes to the pack's organs."""

    name: ClassVar[str] = "send_sanction"
    recipients: tuple[str, ...] = fields.names()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReceipt:
    """Keep a recipient's receipt; a unit gives its own."""

    name: ClassVar[str] = "file_receipt"
    recipient: str = fields.text()
    receipt: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordInterview:
    """Keep what a talk came to: who was there, the minutes, what the unit undertook."""

    name: ClassVar[str] = "record_interview"
    document: str = fields.text()
    present: tuple[str, ...] = fields.names()
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnulSanction:
    """Annul it: it stays on record and counts no more."""

    name: ClassVar[str] = "annul_sanction"
    reason: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionEvent(Event):
    """Something that happened to a sanction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionProposed(SanctionEvent):
    unit: str
    kind: str
    ground: str
    orders: tuple[str, ...]
    severity: str = ""
    when: datetime | None = None
    is_public: bool = False
    participants: str = words(name=True)
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionRevised(SanctionEvent):
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionApproved(SanctionEvent):
    """Approved as it stood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionRefused(SanctionEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionSent(SanctionEvent):
    recipients: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptFiled(SanctionEvent):
    recipient: str
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InterviewRecorded(SanctionEvent):
    document: str = words()
    present: str = words(name=True)
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class SanctionAnnulled(SanctionEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True)
class Sanction(Standing):
    """A sanction as the facts up to now make it. `writers`: who wrote its text; `waiting`: who owes a receipt."""

    unit: str = ""
    kind: str = ""
    ground: str = ""
    orders: tuple[str, ...] = ()
    when: datetime | None = None
    is_public: bool = False
    writers: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    was_held: bool = False
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere.

    `orders`: ids of the unit's orders by what was typed; `grounds`: those that each carries, by its id; `names`:
    whether the text names somebody; `rosterless`: units with nobody on duty; `issuers`: the pack's;
    `is_apart`: one of its orders exists for few.
    """

    orders: Mapping[str, str] = field(default_factory=dict)
    grounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    names: bool = False
    rosterless: frozenset[str] = frozenset()
    issuers: tuple[str, ...] = ()
    is_apart: bool = False


def evolve(sanction: Sanction, fact: Fact) -> Sanction:
    """Return the sanction after one more fact."""
    event = fact.event
    match event:
        case SanctionProposed():
            sanction = replace(
                sanction, unit=event.unit, kind=event.kind, ground=event.ground, orders=event.orders, when=event.when,
                is_public=event.is_public, writers=_with(sanction.writers, fact.by.person),
            )  # fmt: skip
        case SanctionRevised():
            sanction = replace(sanction, writers=_with(sanction.writers, fact.by.person))
        case SanctionApproved():
            sanction = replace(sanction, approved_at=fact.at)
        case SanctionSent(recipients=recipients):
            sanction = replace(sanction, recipients=recipients, waiting=recipients)
        case ReceiptFiled(recipient=recipient):
            sanction = replace(sanction, waiting=tuple(each for each in sanction.waiting if each != recipient))
        case InterviewRecorded():
            sanction = replace(sanction, was_held=True)
        case _:
            pass
    return lifecycle.enveloped(sanction, fact)


def _with(writers: tuple[str, ...], person: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*writers, person))) if person else writers


@at_stage("role")
def _issuer(case: Case) -> None:
    """Keep sanctions to the pack's issuers (SZ-41c, SQ-21a; roles.md)."""
    issuers = case.rules.supervision_issuer if case.rules is not None else case.facts.issuers
    if case.by.role not in issuers:
        raise Rejected("wrong_authority")


@at_stage("fields")
def _listed(case: Case) -> None:
    form = case.command
    hold_to_list(form.kind, KINDS)
    hold_to_list(form.ground, orders.GROUNDS)
    hold_to_list(form.severity, ("minor", "serious"))
    require(case, ("when",) if form.kind == INTERVIEW else ())
    for each in form.orders:
        if each not in case.facts.orders:
            raise Rejected("order_unknown", number=each)


@at_stage("fields")
def _only_the_serious(case: Case) -> None:
    """Refuse to push to the organs what is not serious, or where the pack names none (SQ-21b)."""
    if case.command.kind != PUSH:
        return
    if not case.rules.severe_organs:
        raise Rejected("code_not_in_pack", value=PUSH)
    if case.command.severity != "serious":
        raise Rejected("severity_mismatch")


@at_stage("consent")
def _ground_stands(case: Case) -> None:
    """Refuse a ground that one of the orders does not carry against the unit (SZ-41c, SQ-21a)."""
    grounds, ground = case.facts.grounds, case.command.ground
    if not all(ground in grounds.get(each, ()) for each in case.facts.orders.values()):
        raise Rejected("ground_unfounded")


@at_stage("consent")
def _names_nobody(case: Case) -> None:
    """Refuse a text that tells who complained: it goes to the unit, and further (JY-8d)."""
    if case.facts.names:
        raise Rejected("text_names_somebody")


@at_stage("bar")
def _orders_are_known(case: Case) -> None:
    """Refuse to go on with what rests on an order that exists for few by now, or is another unit's (JY-12.1)."""
    if case.facts.is_apart:
        raise Rejected("orders_for_few")
    if not all(case.state.ground in case.facts.grounds.get(each, ()) for each in case.state.orders):
        raise Rejected("ground_unfounded")


@at_stage("bar")
def _somebody_else(case: Case) -> None:
    """Refuse a decision by whoever wrote it."""
    if case.by.person is not None and case.by.person in case.state.writers:
        raise Rejected("self_approval")


@at_stage("fields")
def _recipients_fit(case: Case) -> None:
    require(case, ("recipients",) if case.state.kind == SPECIAL_REPORT else ())
    if case.state.kind == PUSH:
        for each in case.command.recipients:
            hold_to_list(each, case.rules.severe_organs)
    if case.facts.names:
        raise Rejected("text_names_somebody")


@at_stage("fields")
def _receipt_owed(case: Case) -> None:
    """Refuse a receipt of nobody who owes one; an organ's has its number (SQ-21b)."""
    if case.by.role in UNIT_ROLES:
        hold_to_list(case.by.unit or "", case.state.waiting)
        return
    require(case, ("recipient", "receipt"))
    hold_to_list(case.command.recipient, case.state.waiting)


@at_stage("bar")
def _is_talk(case: Case) -> None:
    """Refuse minutes of what is no talk, or has them."""
    if case.state.kind != INTERVIEW or case.state.was_held:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("window")
def _was_held(case: Case) -> None:
    """Refuse minutes before the talk has begun."""
    if case.state.when is not None and case.now < case.state.when:
        raise Rejected("not_allowed_now", status=case.state.status)


def _propose(case: Case) -> None:
    form = case.command
    for role in case.rules.supervision_issuer:
        case.tell("sanction_proposed", role)
    case.record(SanctionProposed(
        unit=form.unit, kind=form.kind, ground=form.ground, severity=form.severity, when=form.when,
        orders=tuple(dict.fromkeys(case.facts.orders[each] for each in form.orders)),
        is_public=bool(form.is_public), participants="\n".join(form.participants), text=form.text,
    ))  # fmt: skip


def _revise(case: Case) -> None:
    case.record(SanctionRevised(text=case.command.text))


def _approve(case: Case) -> None:
    case.record(SanctionApproved())


def _refuse(case: Case) -> None:
    case.record(SanctionRefused(reason=case.command.reason))


def _send(case: Case) -> None:
    state = case.state
    # What is serious goes to each of the organs, whichever were named (SQ-21b).
    others = case.rules.severe_organs if state.kind == PUSH else case.command.recipients
    # A push is between the office and the organs: what they make of it they tell the unit themselves.
    own = () if state.kind == PUSH else (state.unit,)
    if own:
        case.tell_unit("sanction_sent", state.unit)
        for role in ("leader", "head"):
            case.tell("sanction_sent", f"{role}@{state.unit}")
    case.record(SanctionSent(recipients=tuple(dict.fromkeys((*own, *others)))))


def _file_receipt(case: Case) -> None:
    form, state = case.command, case.state
    recipient = (case.by.unit or "") if case.by.role in UNIT_ROLES else form.recipient
    others = tuple(each for each in state.waiting if each != recipient)
    over = not others and (state.kind != INTERVIEW or state.was_held)
    case.record(ReceiptFiled(recipient=recipient, receipt=form.receipt), status=CLOSED if over else SENT)


def _record_interview(case: Case) -> None:
    form = case.command
    event = InterviewRecorded(document=form.document, present="\n".join(form.present), text=form.text)
    case.record(event, status=SENT if case.state.waiting else CLOSED)


def _annul(case: Case) -> None:
    state = case.state
    if state.unit in state.recipients:
        case.tell_unit("sanction_annulled", state.unit)
    case.record(SanctionAnnulled(reason=case.command.reason))


def _onward(sanction: Sanction, fact: Fact) -> tuple[Onward, ...]:
    """Put the measure on record of its orders once it is sent, so that its unit hears of it no sooner.

    A push is the order's own finding.
    """
    if not isinstance(fact.event, SanctionSent) or sanction.kind == PUSH:
        return ()
    command = orders.Measure(kind=sanction.kind, ground=sanction.ground)
    return tuple(Onward(each, command, fact.by) for each in sanction.orders)


def _owns(sanction: Sanction, by: Actor, relation: str) -> bool:
    return relation != "own" or by.unit is None or by.unit == sanction.unit


CYCLE = LifeCycle(
    name="sanction",
    states=(PROPOSED, REFUSED, APPROVED, SENT, CLOSED, ANNULLED),
    rows=(
        Row("L01", ProposeSanction, (NEW,), (PROPOSED,), ISSUERS, _propose, ("SZ-41c", "SQ-21a", "SQ-21b"),
            guards=(_issuer, needs("unit", "kind", "ground", "orders", "text"), _listed, _only_the_serious,
                    _ground_stands, _names_nobody)),
        Row("L02", ReviseSanction, (PROPOSED,), ("=",), ISSUERS, _revise, ("SZ-41c",),
            guards=(_issuer, needs("text"), _names_nobody)),
        Row("L03", ApproveSanction, (PROPOSED,), (APPROVED,), ISSUERS, _approve, ("SZ-41c", "SQ-21a"),
            guards=(_issuer, _somebody_else, _orders_are_known), awaits={PROPOSED: ()}),
        Row("L04", RefuseSanction, (PROPOSED,), (REFUSED,), ISSUERS, _refuse, ("SZ-41c",),
            guards=(_issuer, _somebody_else, needs_reason), awaits={PROPOSED: ()}),
        Row("L05", SendSanction, (APPROVED,), (SENT,), ISSUERS, _send, ("SZ-41c", "SQ-21b"),
            guards=(_issuer, _orders_are_known, _recipients_fit), awaits={APPROVED: ()}),
        Row("L06", FileReceipt, (SENT,), (SENT, CLOSED), (*ISSUERS, "office", "leader", "head"), _file_receipt,
            ("SQ-21b",), unit="own", guards=(_receipt_owed,), awaits={SENT: ()}),
        Row("L07", RecordInterview, (SENT,), (SENT, CLOSED), (*ISSUERS, "office"), _record_interview, ("SZ-41c",),
            guards=(_is_talk, _was_held, needs("document", "present", "text")), awaits={SENT: ()}),
        Row("L08", AnnulSanction, (PROPOSED, APPROVED, SENT, CLOSED), (ANNULLED,), ISSUERS, _annul, ("SZ-41c",),
            guards=(_issuer, needs_reason)),
    ),
    events=tuple(SanctionEvent.__subclasses__()),
    start=Sanction,
    evolve=evolve,
    ends=(REFUSED, CLOSED, ANNULLED),
    owns=_owns,
    onward=_onward,
)  # fmt: skip
