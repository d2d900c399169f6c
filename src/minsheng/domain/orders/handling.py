"""What units do with an order: sign, return, contribute, follow up, answer. More time: `extension.py`."""

from __future__ import annotations

from datetime import datetime

from minsheng.domain import clocks
from minsheng.domain.lifecycle import at_stage, hold_to_list, require
from minsheng.domain.orders import calling, dispatching, intake, timers
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, not_now
from minsheng.domain.orders.order import (
    DETERMINE,
    DISPATCHED,
    HANDLING,
    REPLIED,
    RETURN_REQUESTED,
    SUBMITTED,
    SUPPLEMENT,
    Order,
    Part,
)
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected

# So often the citizen's own channel must have failed before another one is used.
_FAILED_FIRST = 2


def own_part(case: Case) -> Part:
    """Return the part of the acting person's unit."""
    part = case.order.part(case.by.unit)
    if part is None:
        raise Rejected("not_your_unit", unit=case.by.unit)
    return part


@at_stage("state")
def unsigned(case: Case) -> None:
    """Refuse a second signature, but for turning a direct answer into an investigation."""
    part = own_part(case)
    assert isinstance(case.command, cmd.Sign)
    if case.order.on_track:
        raise not_now(case)
    again = case.command.investigate and case.order.direct and part.stage == HANDLING
    if (part.stage != DISPATCHED or part.signed) and not again:
        raise not_now(case)


@at_stage("window")
def investigation_in_time(case: Case) -> None:
    """Refuse to drop a direct answer after the limit for signing (SQ-10.3a, A-50)."""
    assert isinstance(case.command, cmd.Sign)
    sign = case.timer("sign", own_part(case).unit)
    if case.command.investigate and case.order.direct and sign is not None:
        if sign.due is not None and case.now > sign.due:
            raise Rejected("direct_answer_expired", due=sign.due)


def sign(case: Case) -> None:
    """Sign for the order. Source: SZ-15.3, JY-10.2a, SQ-10.3b."""
    assert isinstance(case.command, cmd.Sign)
    order, part = case.order, own_part(case)
    case.meet("sign", part.unit)
    investigate = bool(case.command.investigate) and order.direct
    if investigate:
        case.cancel("direct_answer", part.unit)
        case.cancel("ext_review", part.unit)
    late_start = case.rules.handle_starts_at == "signed" and order.round == 1 and not order.direct
    if investigate or (late_start and order.status != DETERMINE):
        dispatching.start_handle(case, part.unit, dispatched_at=order.dispatched_at)
    status = HANDLING if part.lead and order.status == DISPATCHED else order.status
    case.record(ev.Signed(part.unit, investigate), status=status)


@at_stage("state")
def may_hand_back(case: Case) -> None:
    """Refuse a return of an emergency, or of what the unit no longer holds (JY-36a, A-24)."""
    part = own_part(case)
    answered = part.lead and case.order.status not in (DISPATCHED, HANDLING)
    if case.order.is_emergency or answered or part.stage not in (DISPATCHED, HANDLING):
        raise not_now(case)


@at_stage("bar")
def return_not_barred(case: Case) -> None:
    """Refuse a second return, and any return by a lead named after a coordination (JY-10.2c, A-65)."""
    part = own_part(case)
    if case.order.designated and part.lead:
        raise Rejected("no_more_return", designated=True)
    if part.unit in case.order.no_more_return:
        raise Rejected("no_more_return")


@at_stage("window")
def return_in_time(case: Case) -> None:
    """Refuse a return after its limit (JY-10.2b, SQ-10.4b)."""
    limit = case.timer("return", own_part(case).unit)
    if limit is None or (limit.due is not None and case.now > limit.due) or limit.status == "missed":
        raise Rejected("return_too_late", due=limit.due if limit else None)


@at_stage("fields")
def return_explained(case: Case) -> None:
    """Refuse a return without what the pack wants of it (JY-10.2b, SQ-10.4b)."""
    require(case, tuple(case.rules.return_fields))


def request_return(case: Case) -> None:
    """Ask to give the order back. Source: JY-10.2b, SQ-10.4b; the clock of handling stops in suqian (A-07)."""
    assert isinstance(case.command, cmd.RequestReturn)
    form, part = case.command, own_part(case)
    case.meet("return", part.unit)
    case.meet("sign", part.unit)
    if case.rules.return_pauses_handling:
        for name in timers.WORK:
            _pause(case, name, part.unit)
    case.start("return_review", case.rules.return_review_limit, key="return_review_limit", unit=part.unit)
    case.tell("return_requested", "dispatcher", unit=part.unit)
    status = RETURN_REQUESTED if part.lead else case.order.status
    case.record(ev.ReturnRequested(part.unit, form.reason, form.basis, form.suggest), status=status)


def _pause(case: Case, name: str, unit: str) -> None:
    timer = case.timer(name, unit)
    if timer is not None and timer.status == "running":
        case.put(clocks.paused(timer, now=case.now, rules=case.rules))


def returning_part(case: Case) -> Part:
    """Return the part whose return is to be decided: the named unit's, or the only one that asked."""
    assert isinstance(case.command, cmd.AcceptReturn | cmd.RefuseReturn)
    asked = [part for part in case.order.parts if part.stage == RETURN_REQUESTED]
    if case.command.unit:
        asked = [part for part in asked if part.unit == case.command.unit]
    if not asked:
        raise not_now(case)
    if len(asked) > 1:
        raise Rejected("field_missing", fields=("unit",))
    return asked[0]


@at_stage("state")
def return_waits(case: Case) -> None:
    """Refuse a decision on a return that nobody asked for."""
    returning_part(case)


def accept_return(case: Case) -> None:
    """Accept a return: the order waits for its next dispatch. Source: JY-10.2c, SQ-10.4b, JS-2.4a."""
    assert isinstance(case.command, cmd.AcceptReturn)
    part = returning_part(case)
    case.meet("return_review", part.unit)
    for name in (*timers.WORK, "sign", "return", "ext_review", "leader_follow_up"):
        case.cancel(name, part.unit)
    status = case.order.status
    if part.lead:
        case.cancel_units(keep=(part.unit,))
        intake.start_dispatch(case, lead_needed=case.order.lead_needed)
        status = SUBMITTED
    case.tell_unit("return_accepted", part.unit)
    case.record(ev.ReturnAccepted(part.unit, case.command.reason), status=status)


def refuse_return(case: Case) -> None:
    """Refuse a return: the unit handles, and may not ask again. Source: JY-10.2c; suqian's grace A-07."""
    assert isinstance(case.command, cmd.RefuseReturn)
    part = returning_part(case)
    case.meet("return_review", part.unit)
    for name in timers.WORK:
        timer = case.timer(name, part.unit)
        if timer is not None and timer.status == "paused":
            case.put(clocks.resumed(timer, now=case.now, rules=case.rules, least=case.rules.return_grace))
    status = case.order.status
    if part.lead:
        status = HANDLING if part.signed else DISPATCHED
    last = case.order.refused_returns.count(part.unit) >= case.rules.return_max_after_refusal
    case.tell_unit("return_refused", part.unit)
    case.record(ev.ReturnRefused(part.unit, case.command.reason, last), status=status)


def answered_at(order: Order) -> datetime | None:
    """Return when the unit answered, if its answer waits for the audit."""
    return order.unit_completed_at if order.status == REPLIED else None


@at_stage("state")
def co_unit_handles(case: Case) -> None:
    """Refuse a part from the lead, or from a co-unit that has not signed or has given it."""
    part = own_part(case)
    if part.lead or part.stage != HANDLING or case.order.on_track:
        raise not_now(case)


def contribute(case: Case) -> None:
    """Give a co-unit's part. Source: JY-13.2a, SZ-43.4."""
    assert isinstance(case.command, cmd.Contribute)
    unit = own_part(case).unit
    for name in timers.WORK:
        case.meet(name, unit)
    case.cancel("return", unit)
    case.tell_unit("contributed", case.order.lead)
    case.record(ev.Contributed(unit, case.command.text))


def request_coordination(case: Case) -> None:
    """Ask who is to lead; stops no clock. Source: JY-13.2a, SZ-41b, SQ-20b, A-12."""
    assert isinstance(case.command, cmd.RequestCoordination)
    unit = own_part(case).unit
    case.tell("coordination_requested", case.rules.coordination_convener, unit=unit)
    case.record(ev.CoordinationRequested(unit, case.command.question))


@at_stage("role")
def leader_of_rank(case: Case) -> None:
    """Keep the follow-up at a city unit to its head; elsewhere a deputy may do it (SQ-19b, A-64)."""
    if case.order.leader_duty == "head" and case.by.role != "head" and case.by.unit == case.order.responsible_unit:
        raise Rejected("wrong_authority")


def leader_follow_up(case: Case) -> None:
    """Record a leader's own follow-up of a repeated complaint. Source: SQ-19b."""
    assert isinstance(case.command, cmd.LeaderFollowUp)
    unit = case.by.unit or ""
    case.meet("leader_follow_up", unit)
    case.record(ev.LeaderFollowedUp(unit, case.command.text))


def approve_reply(case: Case) -> None:
    """Approve the unit's next reply. Source: JY-13.1c, SZ-22a."""
    case.record(ev.ReplyApproved(case.by.unit or ""))


@at_stage("state")
def may_reply(case: Case) -> None:
    """Refuse an answer before the unit handles, or to an emergency that is not handled yet (JY-36b)."""
    order = case.order
    part = own_part(case)
    assert isinstance(case.command, cmd.Reply)
    if order.status in ("CALLBACK", "CALLBACK_MANUAL"):
        if not (order.written_opinion and not order.documented and case.command.document):
            raise not_now(case)
        return
    if order.status in (DISPATCHED, HANDLING) and part.stage != HANDLING and not _answers_directly(case):
        raise not_now(case)
    if order.on_track and case.command.kind != "preliminary" and not part.handled:
        raise not_now(case)


def _answers_directly(case: Case) -> bool:
    """Return whether a direct answer stands and is given: it needs no signature (A-76)."""
    assert isinstance(case.command, cmd.Reply)
    return case.order.direct and own_part(case).stage == DISPATCHED and case.command.kind != "preliminary"


@at_stage("unit")
def lead_answers(case: Case) -> None:
    """Refuse an answer by a co-unit: the lead answers for all (JY-13.2a); emergencies differ."""
    if not own_part(case).lead and not case.order.is_emergency:
        raise Rejected("not_your_unit", unit=case.by.unit)


@at_stage("fields", wants=("text",))
def reply_complete(case: Case) -> None:
    """Refuse an answer without words, or by another channel than the appeal came by without its reason.

    Another one needs a reason, and attempts that failed by the citizen's own. Source: JY-9.4, A-70.
    """
    form = case.command
    assert isinstance(form, cmd.Reply)
    if not form.text and not form.document:
        raise Rejected("field_missing", fields=("text",))
    hold_to_list(form.channel, case.rules.channels)
    if not case.rules.reply_same_channel or form.kind == "preliminary":
        return
    if form.channel in ("", case.order.channel):
        return
    if not form.channel_reason or (form.channel_attempts or 0) < _FAILED_FIRST:
        raise Rejected("wrong_channel", channel=case.order.channel, wanted=_FAILED_FIRST)


@at_stage("consent")
def reply_agreed(case: Case) -> None:
    """Refuse an answer that lacks a leader's follow-up or approval (SQ-19b, JY-13.1c, A-71)."""
    form, order = case.command, case.order
    assert isinstance(form, cmd.Reply)
    if form.kind == "preliminary":
        return
    if order.leader_duty:
        raise Rejected("leader_follow_up_missing", role=order.leader_duty)
    wanted = case.rules.reply_approval != "none" or form.final_opinion
    if wanted and (case.by.unit or "") not in order.approved:
        raise Rejected("reply_not_approved")


def reply(case: Case) -> None:
    """Answer: the clock of work stops until the audit. Source: SZ-15.5, JY-9.4, SQ-10.3; A-39, A-66."""
    form, order, part = case.command, case.order, own_part(case)
    assert isinstance(form, cmd.Reply)
    if order.status in ("CALLBACK", "CALLBACK_MANUAL"):
        case.record(ev.DocumentSupplied(part.unit, form.document))
        return
    if form.kind == "preliminary":
        case.record(ev.ProgressReported(part.unit, form.text, form.channel))
        return
    case.meet("emergency_result", part.unit)
    if order.direct:
        case.meet("sign", part.unit)
    if not part.lead:
        case.record(ev.ProgressReported(part.unit, form.text, form.channel, final=True))
        return
    another = form.channel not in ("", order.channel)
    replied = ev.Replied(
        unit=part.unit,
        text=form.text,
        channel=form.channel or order.channel,
        kind=form.kind or "final",
        document=form.document,
        final_opinion=bool(form.final_opinion),
        withhold=form.withhold,
        channel_reason=form.channel_reason if another else "",
        channel_attempts=(form.channel_attempts or 0) if another else 0,
    )
    answer(case, replied)


def answer(case: Case, replied: ev.Replied) -> None:
    """Put a final answer on record: stop the clock of work, breach if late, start the audit's."""
    order, unit = case.order, replied.unit
    timer = case.timer(order.work_timer, unit)
    if timer is not None and timer.status == "missed":
        case.meet(timer.name, unit)
        if timer.done_at is None:  # an answer that had to be completed is late once
            case.breach("late_handle", unit, timer=timer)
    elif timer is not None and timer.status == "running" and _stops_work(case.rules):
        case.put(clocks.paused(timer, now=case.now, rules=case.rules))
    case.cancel("return", unit)
    case.cancel("emergency_open")
    if case.rules.audit == "none":
        case.record(replied, status=REPLIED)
        calling.take_answer(case, ev.AuditWaived)
        return
    case.start("audit", case.rules.audit_limit, key="audit_limit")
    case.tell("replied", "auditor")
    case.record(replied, status=REPLIED)


def _stops_work(rules: Rules) -> bool:
    """Return whether the unit's clock stands while its answer is audited (A-39, A-66, A-87)."""
    return rules.audit_pauses_handling and rules.limit_measured_at == "unit_completed_at"


REPLY_SOURCES = (DISPATCHED, HANDLING, SUPPLEMENT, "CALLBACK", "CALLBACK_MANUAL")
