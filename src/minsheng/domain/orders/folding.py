"""How facts become the state of an order. Never refuses: what is in the ledger has happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from minsheng.domain.actors import UNIT_ROLES
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import watched
from minsheng.domain.orders.order import (
    CLOSED,
    DETERMINE,
    DISPATCHED,
    HANDLING,
    RETURN_REQUESTED,
    SEALING_CODES,
    SUBMITTED,
    Aside,
    Extension,
    Order,
    Part,
    Supervision,
)


def evolve(order: Order, fact: Fact) -> Order:
    """Return the order after one more fact. Never refuses: what is in the ledger has happened."""
    timers = order.timers
    if fact.clocks:
        timers = {**timers, **{timer.key: timer for timer in fact.clocks}}
    breaches = order.breaches
    if fact.annulled:
        breaches = tuple(breach for breach in breaches if breach not in fact.annulled)
    changed = _apply(order, fact)
    return replace(
        changed,
        status=fact.status,
        reason=fact.reason,
        version=order.version + 1,
        timers=timers,
        breaches=breaches + fact.breaches,
        extension=changed.extension if fact.status != CLOSED else None,
        urged_since=_urged_since(changed, fact),
        closed_at=fact.at if fact.status == CLOSED and order.status != CLOSED else changed.closed_at,
    )


def _urged_since(order: Order, fact: Fact) -> datetime | None:
    """Return since when the order's unit has been urged and has done nothing; the first of several urges counts."""
    if fact.by.role in UNIT_ROLES or fact.status == CLOSED or not order.responsible_unit:
        return None
    if isinstance(fact.event, ev.Urged | ev.LinkReceived):
        return order.urged_since or fact.at
    return order.urged_since


def _stage(order: Order, unit: str, **changes: object) -> tuple[Part, ...]:
    return tuple(replace(part, **changes) if part.unit == unit else part for part in order.parts)  # type: ignore[arg-type]


def _apply(order: Order, fact: Fact) -> Order:
    event = fact.event
    match event:
        case ev.Registered():
            return replace(
                order,
                type=event.type,
                channel=event.channel,
                appellant=event.appellant,
                publish=event.publish,
                target_unit=event.target_unit,
                line=event.line,
                system=event.system,
                upper_due=event.upper_due,
                utility=event.utility,
                matter=event.matter,
                real_name=event.real_name,
                has_content=event.has_content,
                has_place=event.has_place,
                written_opinion=event.written_opinion,
                confidential=event.confidential,
                programme=event.programme,
                level=event.level,
                ground=event.ground or order.ground,
                plan=event.plan or order.plan,
                emergency_stage="REGISTERED" if event.level else order.emergency_stage,
                parent=event.parent,
                registered_at=order.registered_at or fact.at,
            )
        case ev.NotAccepted():
            return replace(order, sealed=order.sealed or event.code in SEALING_CODES, rejection_proposed="")
        case ev.RejectionProposed():
            return replace(order, rejection_proposed=event.explanation)
        case ev.RejectionDismissed():
            return replace(order, rejection_proposed="")
        case ev.Restrained():
            return _restrain(order, event)
        case ev.ThreeWayHeld():
            return _after_talk(order, event)
        case ev.Submitted():
            return replace(order, submitted_at=fact.at, lead_needed=event.lead_needed, rejection_proposed="")
        case ev.AcceptanceAsked():
            return _ask_acceptance(order, fact, event)
        case ev.OpinionGiven():
            return replace(order, opinion_given=True)
        case ev.OpinionDecided():
            return replace(
                order,
                opinion_given=False,
                not_accepted=event.confirmed,
                excluded=event.excluded,
                parts=(),
                submitted_at=order.submitted_at or (None if event.confirmed else fact.at),
            )
        case ev.Linked():
            return replace(order, matter=event.matter)
        case ev.LinkReceived():
            return replace(order, urges=order.urges + 1, matter=order.matter or order.id)
        case ev.RepeatMarked():
            return replace(order, repeat=event.branch)
        case ev.RepeatUnmarked():
            return replace(order, repeat="", leader_duty="")
        case ev.LeaderDutyGiven():
            return replace(order, leader_duty=event.role)
        case ev.LeaderFollowedUp():
            return replace(order, leader_duty="")
        case ev.Reminded():
            return replace(order, reminders=order.reminders + 1)
        case ev.Urged():
            # Each citizen's urging holds back their own next one, not that of whoever was joined.
            own = fact.at if fact.by.role == "citizen" and not event.joined else order.urged_at
            return replace(order, urges=order.urges + 1, urged_at=own)
        case ev.ReplyApproved():
            return replace(order, approved=(*order.approved, event.unit))
        case ev.MessageUndelivered(kind=kind):
            return replace(order, undelivered=(*(each for each in order.undelivered if each != kind), kind))
        case ev.AppellantCalled():
            return replace(order, undelivered=())
        case _:
            return _apply_handling(order, fact)


def _restrain(order: Order, event: ev.Restrained) -> Order:
    return replace(
        order,
        confidential=order.confidential or event.confidential,
        sealed=order.sealed or event.sealed,
        also_private=order.also_private or event.private,
        also_about=tuple(dict.fromkeys((*order.also_about, *event.about))),
        withhold=order.withhold or event.withhold,
        publication=False if event.barred else order.publication,
        exception=event.exception if event.barred else order.exception,
    )


def _after_talk(order: Order, event: ev.ThreeWayHeld) -> Order:
    """Keep who answered in a talk of three, and which unit took the matter there (SZ-15.2, JY-13.5)."""
    if event.outcome == "unreached":
        return order
    helped = event.kind if event.outcome == "answered" else order.helped
    taken = (*order.confirmed, event.party) if event.kind == "unit" else order.confirmed
    return replace(order, helped=helped, confirmed=tuple(dict.fromkeys(taken)))


def _ask_acceptance(order: Order, fact: Fact, event: ev.AcceptanceAsked) -> Order:
    if fact.status != DETERMINE:
        return order
    return replace(order, parts=(Part(event.unit, True),), lead=event.unit)


def _apply_handling(order: Order, fact: Fact) -> Order:
    event = fact.event
    match event:
        case ev.Dispatched():
            # A lead that coordination named stays named through later rounds (SZ-41b).
            again = event.round > 1 and event.lead == order.lead
            return replace(
                order,
                parts=tuple(Part(unit, unit == event.lead) for unit in event.units),
                lead=event.lead,
                joint_lead=_joint_lead(order, event),
                first_unit=order.first_unit or event.lead,
                responsible_unit=event.lead,
                direct=event.direct,
                round=event.round,
                dispatched_at=fact.at,
                designated=again and order.designated,
                escalated=again and order.escalated,
                suspended=False,
                extension=None,
                extensions=0,
                in_extension=False,
                failed_attempts=(),
                approved=(),
            )
        case ev.UnitAdded():
            return replace(order, parts=(*order.parts, Part(event.unit, False)))
        case ev.Split():
            return replace(order, children=event.children, dispatched_at=fact.at)
        case ev.Signed():
            stage = DISPATCHED if fact.status == DETERMINE else HANDLING
            return replace(
                order,
                parts=_stage(order, event.unit, stage=stage, signed=True),
                direct=order.direct and not event.investigate,
                extension=None if event.investigate else order.extension,
            )
        case ev.ReturnRequested():
            return replace(order, parts=_stage(order, event.unit, stage=RETURN_REQUESTED))
        case ev.ReturnAccepted():
            return _accept_return(order, event)
        case ev.ReturnRefused():
            part = order.part(event.unit)
            stage = HANDLING if part is not None and part.signed else DISPATCHED
            return replace(
                order,
                parts=_stage(order, event.unit, stage=stage),
                refused_returns=(*order.refused_returns, event.unit),
                no_more_return=(*order.no_more_return, event.unit) if event.last else order.no_more_return,
            )
        case ev.ExtensionRequested():
            return replace(order, extension=Extension(event.unit, event.timer, event.until, event.length))
        case ev.ExtensionApproved():
            return replace(order, extension=None, extensions=order.extensions + 1, in_extension=True)
        case ev.ExtensionRefused():
            return replace(order, extension=None)
        case ev.Contributed():
            return replace(order, parts=_stage(order, event.unit, stage="DONE"))
        case ev.CoordinationRequested():
            return replace(order, coordination=True)
        case ev.Escalated():
            return replace(order, escalated=True)
        case ev.Instructed():
            return replace(order, suspended=event.suspended)
        case ev.LeadNamed():
            return replace(
                order,
                parts=(Part(event.lead, True), *(Part(unit, False) for unit in event.co)),
                lead=event.lead,
                joint_lead=event.lead if event.co else "",
                first_unit=order.first_unit or event.lead,
                responsible_unit=event.lead,
                leader_duty=order.leader_duty if event.lead == order.responsible_unit else "",
                designated=True,
                coordination=False,
                escalated=False,
                suspended=False,
                direct=False,
                extension=None,
                extensions=0,
                in_extension=False,
                dispatched_at=fact.at,
            )
        case ev.Replied():
            return replace(
                order,
                approved=tuple(unit for unit in order.approved if unit != event.unit),
                unit_completed_at=fact.at,
                final_reply=event.final_opinion,
                withhold=event.withhold,
                documented=order.documented or bool(event.document),
                messages=(*order.messages, event.message) if event.message else order.messages,
            )
        case ev.ProgressReported() if event.final:
            return replace(order, approved=tuple(unit for unit in order.approved if unit != event.unit))
        case ev.DocumentSupplied():
            return replace(
                order, documented=True, approved=tuple(unit for unit in order.approved if unit != event.unit)
            )
        case ev.ClosedElsewhere() | ev.SyncNoted():
            return replace(order, messages=(*order.messages, event.message))
        case _:
            return _apply_checking(order, fact)


def _joint_lead(order: Order, event: ev.Dispatched) -> str:
    """Return the lead of several units; in another round, which has the lead alone, what it was before."""
    if len(event.units) > 1:
        return event.lead
    return order.joint_lead if event.round > 1 and event.lead == order.joint_lead else ""


def _accept_return(order: Order, event: ev.ReturnAccepted) -> Order:
    rest = tuple(part for part in order.parts if part.unit != event.unit)
    if event.unit != order.lead:
        return replace(order, parts=rest, joint_lead=order.joint_lead if len(rest) > 1 else "")
    return replace(
        order,
        parts=(),
        joint_lead="",
        responsible_unit=None,
        leader_duty="",
        direct=False,
        extension=None,
        extensions=0,
        in_extension=False,
    )


def _apply_checking(order: Order, fact: Fact) -> Order:
    event = fact.event
    match event:
        case ev.AuditPassed():
            return replace(
                order,
                timely=(*order.timely, order.lead) if event.timely else order.timely,
                answered_by=order.lead,
                answered_jointly=order.joint_lead == order.lead,
                final_opinion=order.final_opinion or event.final_opinion,
                failed_attempts=(),
                extension=None,
            )
        case ev.AuditRejected():
            return replace(order, audit_rejections=order.audit_rejections + 1)
        case ev.SmsAnswered():
            return replace(order, satisfied=event.satisfied, grade=event.grade, resolved=event.resolved)
        case ev.CalledBack():
            if not event.reached:
                return replace(order, failed_attempts=(*order.failed_attempts, fact.at.date()))
            # Whoever was reached by a call has been told what no message brought.
            return replace(
                order,
                satisfied=event.satisfied,
                grade=event.grade,
                resolved=event.resolved,
                undelivered=() if event.how == "phone" else order.undelivered,
            )
        case ev.Reopened():
            return replace(
                order,
                round=event.round,
                parts=(Part(order.lead, True, HANDLING),),
                direct=False,
                in_extension=False,
                extensions=0,
                closed_at=None,
                branch="",
            )
        case ev.PublicationDecided():
            return replace(order, publication=event.publish, exception=event.exception or 0)
        case ev.ChoiceChanged():
            # A decision whose only ground was the appellant's no is none any more (JY-9.8.2, A-62).
            fallen = order.exception == 2 and event.publish == "yes"
            if fallen:
                order = replace(order, publication=None, exception=0)
            return replace(order, publish=event.publish)
        case ev.Published():
            return replace(order, published=True)
        case ev.Withdrawn():
            return replace(order, published=False)
        case _:
            return _apply_tracks(order, fact)


def _apply_tracks(order: Order, fact: Fact) -> Order:
    event = fact.event
    match event:
        case ev.EmergencyReported():
            return replace(order, emergency_stage="REPORTED")
        case ev.DecisionAsked():
            return replace(order, emergency_stage="PENDING")
        case ev.ResponseDecided():
            stage = "DECIDED" if event.respond else "NORMAL"
            return replace(order, emergency_stage=stage, submitted_at=order.submitted_at or fact.at)
        case ev.UnitPhoned():
            return replace(order, phoned=(*order.phoned, event.unit))
        case ev.Responded():
            return replace(order, parts=_stage(order, event.unit, stage=HANDLING, responded=True))
        case ev.UnitRelieved():
            rest = tuple(
                replace(part, lead=part.unit == event.successor) for part in order.parts if part.unit != event.unit
            )
            return replace(order, parts=rest, responsible_unit=event.successor, lead=event.successor)
        case ev.UnitSucceeded():
            return _succeed(order, event)
        case ev.EmergencyHandled():
            return replace(order, parts=_stage(order, event.unit, handled=True))
        case ev.ReferralProposed() if order.status != SUBMITTED:
            return _set_aside(order, fact)
        case ev.ReferralRefused() if order.aside is not None:
            return _take_up(order, order.aside)
        case ev.Referred():
            return replace(
                order if order.aside is None else _left(order, fact),
                aside=None,
                branch=event.branch,
                handler=event.handler,
                lead=event.handler,
                first_unit=event.handler,
                responsible_unit=event.handler,
                dispatched_at=fact.at,
            )
        case ev.ResultReturned():
            return replace(order, receipts=tuple(dict.fromkeys((*order.receipts, *event.to))))
        case ev.FindingRecorded():
            return replace(order, found=event.found, pushed=tuple(dict.fromkeys((*order.pushed, *event.organs))))
        case ev.DisciplineInformed():
            return replace(order, pushed=tuple(dict.fromkeys((*order.pushed, *event.receivers))))
        case ev.PushReceived():
            return replace(order, pushed=tuple(each for each in order.pushed if each != event.organ))
        case ev.Tagged():
            return replace(order, tags=(*order.tags, event.tag))
        case _:
            return watched.apply(order, fact)


def _set_aside(order: Order, fact: Fact) -> Order:
    """Return the order as no unit's: nobody is told of it, and nobody acts on it (A-80)."""
    stopped = tuple(timer.key for timer in fact.clocks if timer.status == "paused")
    kept = Aside(order.status, fact.by.unit or "", order.parts, order.responsible_unit, order.extension, stopped)
    return replace(order, aside=kept, parts=(), responsible_unit=None, extension=None)


def _take_up(order: Order, kept: Aside) -> Order:
    return replace(
        order, aside=None, parts=kept.parts, responsible_unit=kept.responsible_unit, extension=kept.extension
    )


def _left(order: Order, fact: Fact) -> Order:
    """Return the order without what its former units had: an approval of another answer, a supervision of theirs.

    Source: JY-13.1c, A-80.
    """
    given = order.supervision
    ended = replace(given, status="CLOSED", closed_at=fact.at) if given is not None and given.is_open else given
    return replace(order, approved=(), supervision=ended)


def _succeed(order: Order, event: ev.UnitSucceeded) -> Order:
    """Return the order with the successor in the unit's place."""
    was, new = event.unit, event.successor
    supervised = _supervision_of(order.supervision, was, new)
    if order.status == CLOSED:
        return replace(order, supervision=supervised)

    def named(unit: str) -> str:
        return new if unit == was else unit

    def joined(units: tuple[str, ...]) -> tuple[str, ...]:
        """Return the units with the successor behind: what held for the unit holds for it."""
        return (*units, *(new for unit in units if unit == was))

    kept = (was,) if was in order.about else ()
    return replace(
        order,
        parts=_parts_after(order.parts, was, new),
        aside=_aside_after(order.aside, was, new),
        lead=named(order.lead),
        first_unit=named(order.first_unit) if order.first_unit else order.first_unit,
        responsible_unit=named(order.responsible_unit) if order.responsible_unit else order.responsible_unit,
        handler=named(order.handler),
        timely=tuple(map(named, order.timely)),
        joint_lead=named(order.joint_lead),
        answered_by=named(order.answered_by),
        # Who was complained about stays so under either name.
        target_unit=named(order.target_unit),
        also_about=tuple(dict.fromkeys((*joined(order.also_about), *kept))),
        no_more_return=tuple(dict.fromkeys(joined(order.no_more_return))),
        refused_returns=joined(order.refused_returns),
        approved=tuple(dict.fromkeys(map(named, order.approved))),
        phoned=tuple(dict.fromkeys(joined(order.phoned))),
        extension=_extension_after(order.extension, was, new),
        supervision=supervised,
    )


def _parts_after(parts: tuple[Part, ...], was: str, new: str) -> tuple[Part, ...]:
    """Return the parts with one for the successor: the lead's where both had one, else the successor's own."""
    held = {part.unit: part for part in parts}
    old, own = held.get(was), held.get(new)
    if old is None:
        return parts
    if own is None:
        return tuple(replace(part, unit=new) if part is old else part for part in parts)
    stays = replace(old, unit=new) if old.lead else own
    return tuple(stays if part is own else part for part in parts if part is not old)


def _extension_after(extension: Extension | None, was: str, new: str) -> Extension | None:
    return replace(extension, unit=new) if extension is not None and extension.unit == was else extension


def _aside_after(aside: Aside | None, was: str, new: str) -> Aside | None:
    """Return what was set aside with the successor in the unit's place."""
    if aside is None:
        return None
    return replace(
        aside,
        proposer=new if aside.proposer == was else aside.proposer,
        parts=_parts_after(aside.parts, was, new),
        responsible_unit=new if aside.responsible_unit == was else aside.responsible_unit,
        extension=_extension_after(aside.extension, was, new),
        clocks=tuple(f"{key.partition('@')[0]}@{new}" if key.endswith(f"@{was}") else key for key in aside.clocks),
    )


def _supervision_of(supervision: Supervision | None, was: str, new: str) -> Supervision | None:
    if supervision is None or supervision.unit != was or supervision.status == "CLOSED":
        return supervision
    return replace(supervision, unit=new)
