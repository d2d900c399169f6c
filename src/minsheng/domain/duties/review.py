"""A rating of a service (好差评): a bad one is verified by the unit rated, rectified, checked, and returned.

Ratings come from the platform that collects them; from grade 3 on nothing follows. A rater with a name is contacted,
told of the measure, and called back before the check passes. Source: SZ-30b, JY-16, SQ-6.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.covering import covered
from minsheng.domain.facts import Event, Fact, words
from minsheng.domain.lifecycle import NEW, LifeCycle, Row, Standing, at_stage, hold_to_list, needs
from minsheng.domain.notices import overdue_recipients
from minsheng.domain.orders import fields
from minsheng.domain.orders.fields import Attestation
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

RECEIVED, ASSIGNED, VERIFIED = "RECEIVED", "ASSIGNED", "VERIFIED"
RECTIFIED, CHECKED, CLOSED = "RECTIFIED", "CHECKED", "CLOSED"
CONTACT, CLOCK = "review_contact", "review"
TRUE, PARTLY, UNTRUE = VERDICTS = ("true", "partly", "untrue")
HIGHEST, LOWEST_GOOD = 5, 3
Case = lifecycle.Case["Review"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveReview:
    """Take a rating: the service item, the unit, the grade, what was said.

    `named`: the rater can be reached, by `contact`; `source_no`: the rating's number where it was collected.
    """

    name: ClassVar[str] = "receive_review"
    item: str = fields.text()
    unit: str = fields.text()
    window: str = fields.text()
    grade: int | None = fields.count(most=HIGHEST)
    named: bool | None = fields.flag()
    contact: str = fields.text()
    words: str = fields.text(long=True)
    source_no: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignReview:
    """Give it to the unit that verifies it; without one, to the unit rated."""

    name: ClassVar[str] = "assign_review"
    unit: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReview:
    """Say what is true of it; or, for now, that the rater was contacted."""

    name: ClassVar[str] = "verify_review"
    verdict: str = fields.text(offers=VERDICTS)
    evidence: tuple[str, ...] = fields.names()
    contacted: Attestation | None = fields.kind_of("attest", None)
    text: str = fields.text(long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class RectifyReview:
    """Say what was done about it, and that the rater was told."""

    name: ClassVar[str] = "rectify_review"
    measure: str = fields.text(long=True)
    told: Attestation | None = fields.kind_of("attest", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReview:
    """Let it pass, or send it back with the reason; a rater with a name was called back."""

    name: ClassVar[str] = "check_review"
    passed: bool | None = fields.flag(asked=True)
    reason: str = fields.text(long=True)
    called_back: bool | None = fields.flag()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnReview:
    """Return the result to where the rating was collected, with the receipt."""

    name: ClassVar[str] = "return_review"
    receipt: str = fields.text()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewEvent(Event):
    """Something that happened to a rating."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReceived(ReviewEvent):
    """`item` with what is personal covered; `said` and `contact` as they came."""

    item: str
    unit: str
    grade: int
    named: bool = False
    window: str = ""
    source_no: str = ""
    contact: str = words(name=True)
    said: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewAssigned(ReviewEvent):
    unit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RaterContacted(ReviewEvent):
    moment: datetime
    channel: str = ""
    text: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewVerified(ReviewEvent):
    verdict: str
    moment: datetime | None = None
    channel: str = ""
    evidence: str = words()
    text: str = words()
    contacted: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRectified(ReviewEvent):
    moment: datetime | None = None
    channel: str = ""
    measure: str = words()
    told: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewChecked(ReviewEvent):
    called_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSentBack(ReviewEvent):
    reason: str = words()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewReturned(ReviewEvent):
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOverdue(ReviewEvent):
    clock: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecomputed(ReviewEvent):
    year: int


@dataclass(frozen=True, slots=True)
class Review(Standing):
    """A rating as the facts up to now make it; `unit`: the one rated, then the one that verifies."""

    item: str = ""
    unit: str = ""
    grade: int = 0
    named: bool = False
    source_no: str = ""
    verdict: str = ""
    received_at: datetime | None = None
    verified_at: datetime | None = None
    rectified_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What a decision needs from elsewhere: units without duty; whether the rating was received before."""

    rosterless: frozenset[str] = frozenset()
    is_received: bool = False


def evolve(review: Review, fact: Fact) -> Review:
    """Return the rating after one more fact."""
    event = fact.event
    match event:
        case ReviewReceived():
            review = replace(
                review, item=event.item, unit=event.unit, grade=event.grade, named=event.named,
                source_no=event.source_no, received_at=fact.at,
            )  # fmt: skip
        case ReviewAssigned(unit=unit):
            review = replace(review, unit=unit)
        case ReviewVerified(verdict=verdict):
            review = replace(review, verdict=verdict, verified_at=fact.at)
        case ReviewRectified():
            review = replace(review, rectified_at=fact.at)
        case _:
            pass
    return lifecycle.enveloped(review, fact)


@at_stage("fields")
def _grade_fits(case: Case) -> None:
    if not 1 <= case.command.grade <= HIGHEST:
        raise Rejected("code_not_in_pack", value=str(case.command.grade))


@at_stage("fields")
def _not_received(case: Case) -> None:
    """Refuse a rating that came before, by its number."""
    if case.facts.is_received:
        raise Rejected("review_received", number=case.command.source_no)


def _verdict(case: Case) -> str:
    """Return the verdict; stories write the word `true`, which is read as truth."""
    said: str = case.command.verdict
    return {"yes": TRUE}.get(said, said)


@at_stage("fields")
def _verdict_whole(case: Case) -> None:
    """Refuse neither verdict nor contact, and a rating called untrue without evidence."""
    verdict = _verdict(case)
    if not verdict and case.command.contacted is None:
        raise Rejected("field_missing", fields=("verdict",), command=case.command.name)
    hold_to_list(verdict, VERDICTS)
    if verdict == UNTRUE and not any(each.strip() for each in case.command.evidence):
        raise Rejected("evidence_missing")


@at_stage("fields")
def _told_before_now(case: Case) -> None:
    """Refuse what is to have been told in the future."""
    form = case.command
    given = form.contacted if isinstance(form, VerifyReview) else form.told
    if given is not None and given.at is not None and given.at > case.now:
        raise Rejected("day_not_come")


@at_stage("bar")
def _may_be_rectified(case: Case) -> None:
    """Refuse to rectify what is said to be untrue: it goes to the check."""
    if case.state.verdict == UNTRUE:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("bar")
def _may_be_checked(case: Case) -> None:
    """Refuse to check what is true and not yet rectified."""
    if case.state.status == VERIFIED and case.state.verdict != UNTRUE:
        raise Rejected("not_allowed_now", status=case.state.status)


@at_stage("consent")
def _rater_told(case: Case) -> None:
    """Refuse a measure of which a rater with a name was not told."""
    if case.state.named and case.command.told is None:
        raise Rejected("citizen_not_informed")


@at_stage("fields")
def _check_whole(case: Case) -> None:
    """Refuse to send it back without reason, and to let pass a rater with a name who was not called back."""
    form = case.command
    if form.passed is False:
        if not form.reason:
            raise Rejected("reason_missing")
    elif case.state.named and not form.called_back:
        raise Rejected("field_missing", fields=("called_back",), command=form.name)


def _receive(case: Case) -> None:
    form = case.command
    event = ReviewReceived(
        item=covered(form.item), unit=form.unit, grade=form.grade, named=bool(form.named), window=covered(form.window),
        source_no=form.source_no, contact=form.contact, said=form.words,
    )  # fmt: skip
    case.record(event, status=RECEIVED if form.grade < LOWEST_GOOD else CLOSED)


def _assign(case: Case) -> None:
    unit = case.command.unit or case.state.unit
    if case.state.named:
        case.start(CONTACT, case.rules.bad_review_contact, key="bad_review_contact")
    case.start(CLOCK, case.rules.bad_review_limit, key="bad_review_limit")
    case.tell_unit("review_assigned", unit)
    case.record(ReviewAssigned(unit=unit))


def _contacted(case: Case, given: Attestation | None) -> dict[str, Any]:
    """Stop the clock of the contact; return the moment told and the channel."""
    if given is None:
        return {}
    case.meet(CONTACT)
    return {"moment": given.at or case.now, "channel": given.channel}


def _verify(case: Case) -> None:
    form, verdict = case.command, _verdict(case)
    told = _contacted(case, form.contacted)
    said = form.contacted.text if form.contacted is not None else ""
    if not verdict:
        case.record(RaterContacted(**told, text=said), status=ASSIGNED)
        return
    if verdict == UNTRUE:
        case.pause(CLOCK)
    evidence = "\n".join(each.strip() for each in form.evidence if each.strip())
    event = ReviewVerified(verdict=verdict, **told, evidence=evidence, text=form.text, contacted=said)
    case.record(event, status=VERIFIED)


def _rectify(case: Case) -> None:
    form = case.command
    told = _contacted(case, form.told)
    case.pause(CLOCK)
    case.record(ReviewRectified(**told, measure=form.measure, told=form.told.text if form.told is not None else ""))


def _check(case: Case) -> None:
    form = case.command
    if form.passed is not False:
        case.meet(CLOCK)
        case.cancel(CONTACT)
        case.record(ReviewChecked(called_back=bool(form.called_back)), status=CHECKED)
        return
    case.resume(CLOCK)
    case.tell_unit("review_returned", case.state.unit)
    back = ASSIGNED if case.state.status == VERIFIED else VERIFIED
    case.record(ReviewSentBack(reason=form.reason), status=back)


def _return(case: Case) -> None:
    case.tell("review_returned", "office")
    case.record(ReviewReturned(receipt=case.command.receipt))


def fire(review: Review, clock: Timer, rules: Rules, *, roster: bool = True) -> tuple[Fact, ...]:
    """Return the fact of a missed clock; of the contact it is no breach."""
    assert clock.due is not None
    case = lifecycle.by_system(evolve, review, clock.due, rules=rules)
    worktime = rules.worktime_of(review.unit)
    for to in overdue_recipients(unit=review.unit, moment=case.now, worktime=worktime, roster=roster):
        case.tell("overdue", to, timer=clock.name)
    case.put(replace(clock, status="missed"))
    if clock.name == CLOCK:
        case.breach("late_review", review.unit, timer=clock)
    case.record(ReviewOverdue(clock=clock.name))
    return tuple(case.out)


def recompute(review: Review, year: int, rules: Rules, now: datetime) -> tuple[Fact, ...]:
    """Return what loading a year's calendar does to its clocks (A-48)."""
    case = lifecycle.by_system(evolve, review, now, rules=rules)
    return lifecycle.recomputed(case, ReviewRecomputed(year=year), year=year)


def flags(review: Review) -> Mapping[str, Any]:
    """Return the flags of a rating by the names of the contract."""
    return {"verdict": review.verdict or None, "responsible_unit": review.unit}


def _owns(review: Review, by: Actor, relation: str) -> bool:
    return relation != "rated" or by.unit == review.unit


CYCLE = LifeCycle(
    name="review",
    states=(RECEIVED, ASSIGNED, VERIFIED, RECTIFIED, CHECKED, CLOSED),
    rows=(
        Row("W01", ReceiveReview, (NEW,), (RECEIVED, CLOSED), ("connector", "office", "citizen"), _receive,
            ("SZ-30b", "JY-16", "SQ-6.7"), guards=(needs("item", "unit", "grade"), _grade_fits, _not_received)),
        Row("W02", AssignReview, (RECEIVED,), (ASSIGNED,), ("office",), _assign, ("SZ-30b", "JY-16"),
            starts=(CONTACT, CLOCK), awaits={RECEIVED: ()}),
        Row("W03", VerifyReview, (ASSIGNED,), (ASSIGNED, VERIFIED), ("officer",), _verify, ("SZ-30b", "JY-16"),
            unit="rated", guards=(_verdict_whole, _told_before_now), stops=(CONTACT, CLOCK),
            awaits={ASSIGNED: (CLOCK,)}, asks=("verdict",)),
        Row("W04", RectifyReview, (VERIFIED,), (RECTIFIED,), ("officer",), _rectify, ("SZ-30b", "JY-16"), unit="rated",
            guards=(_may_be_rectified, needs("measure"), _told_before_now, _rater_told), stops=(CONTACT, CLOCK),
            awaits={VERIFIED: (CLOCK,)}),
        Row("W05", CheckReview, (VERIFIED, RECTIFIED), (ASSIGNED, VERIFIED, CHECKED), ("office",), _check,
            ("SZ-30b", "JY-16"), guards=(_may_be_checked, _check_whole), starts=(CLOCK,), stops=(CONTACT, CLOCK),
            awaits={RECTIFIED: ()}),
        Row("W06", ReturnReview, (CHECKED,), (CLOSED,), ("connector", "office"), _return, ("SZ-30b", "JY-16"),
            guards=(needs("receipt"),), awaits={CHECKED: ()}),
    ),
    events=tuple(ReviewEvent.__subclasses__()),
    start=Review,
    evolve=evolve,
    fire=lambda review, clock, rules: fire(review, clock, rules),
    recompute=recompute,
    clocks=(CONTACT, CLOCK),
    ends=(CLOSED,),
    owns=_owns,
)  # fmt: skip
