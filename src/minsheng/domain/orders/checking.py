"""After the answer: audit, callback and rating, research, the hotline's own decision; other systems' messages."""

from __future__ import annotations

from minsheng.domain import clocks
from minsheng.domain.lifecycle import at_stage, hold_to_list, require
from minsheng.domain.orders import calling, closing, handling
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case
from minsheng.domain.orders.order import (
    CALLBACK_MANUAL,
    DECISION,
    DISPATCHED,
    HANDLING,
    REDO,
    RESEARCH,
    SUPPLEMENT,
    WAIT_SYNC,
    Order,
)
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected


def pass_audit(case: Case) -> None:
    """Pass the answer: the limit is met as of the answer, the callback's begins. Source: SZ-15.4, JY-9.5, A-66."""
    case.meet("audit")
    calling.take_answer(case, ev.AuditPassed)


def reject_audit(case: Case) -> None:
    """Send the answer back: the limit goes on with its rest. Source: SZ-15.4, JY-9.5, SQ-10.4a, A-39."""
    assert isinstance(case.command, cmd.RejectAudit)
    order = case.order
    case.meet("audit")
    timer = case.timer(order.work_timer, order.lead)
    if timer is not None and timer.status == "paused":
        case.put(clocks.resumed(timer, now=case.now, rules=case.rules))
    case.tell_unit("audit_rejected", order.lead)
    case.record(ev.AuditRejected(case.command.defect, case.command.comment), status=SUPPLEMENT)
    again = case.order.audit_rejections == case.rules.supervision_rejections_k2
    if again and "K2" in case.rules.supervision_auto_rules:
        closing.suggest_supervision(case, "K2", "audit_rejected_again")


@at_stage("state")
def sms_waits(case: Case) -> None:
    """Refuse an answer to a text message that nobody waits for."""
    timer = case.timer("sms")
    if timer is None or timer.status != "running":
        raise Rejected("not_allowed_now", status=case.order.status)


@at_stage("state")
def rating_possible(case: Case) -> None:
    """Refuse a self-rating where the pack has none, or where a person must call (JY-9.6, JY-13.5)."""
    if calling.phone_only(case.order):
        raise Rejected("wrong_channel", channel="phone")
    if "self" not in case.rules.callback_chain:
        raise Rejected("not_allowed_now", status=case.order.status)


@at_stage("fields", wants=("satisfied",))
def result_given(case: Case) -> None:
    """Refuse a rating without its grade."""
    form = case.command
    assert isinstance(form, cmd.Rate | cmd.AnswerSms)
    hold_to_list(form.satisfied, case.rules.satisfaction_grades)
    require(case, ("satisfied",))


@at_stage("fields", wants=("reached",))
def call_answered(case: Case) -> None:
    """Refuse a call that reached somebody and learnt nothing (JY-9.7a)."""
    form = case.command
    assert isinstance(form, cmd.Callback)
    hold_to_list(form.satisfied, case.rules.satisfaction_grades)
    if form.reached is None and not form.satisfied and form.objection is None:
        raise Rejected("field_missing", fields=("reached",))
    if form.reached is not False and not form.satisfied and form.objection is None:
        raise Rejected("field_missing", fields=("satisfied",))


@at_stage("consent")
def document_given(case: Case) -> None:
    """Refuse to close without the written opinion that the appellant wants (SZ-15.5b, SQ-10.5d)."""
    if not lacks_document(case.order):
        return
    form = case.command
    if isinstance(form, cmd.Callback | cmd.Rate | cmd.AnswerSms) and not _closes(form, case.rules):
        return
    raise Rejected("document_missing")


def lacks_document(order: Order) -> bool:
    """Return whether a wanted written opinion is still missing."""
    return order.written_opinion and not order.documented


def _closes(form: cmd.Callback | cmd.Rate | cmd.AnswerSms, rules: Rules) -> bool:
    """Return whether what was said closes the order."""
    if isinstance(form, cmd.Callback):
        if form.reached is False or form.objection:
            return False
        if not form.satisfied:
            return form.objection is False
    return form.satisfied in rules.satisfied_grades


def answer_sms(case: Case) -> None:
    """Take the answer to the text message: dissatisfied ones are called by a person. Source: SQ-10.5a, SQ-10.5b."""
    form = case.command
    assert isinstance(form, cmd.AnswerSms)
    satisfied = form.satisfied in case.rules.satisfied_grades
    case.meet("sms")
    event = ev.SmsAnswered(form.satisfied, satisfied, form.resolved, form.cause, form.remark)
    if satisfied:
        case.record(event)
        closing.close(case, "satisfied")
        return
    case.start("callback", case.rules.callback_limit, key="callback_limit")
    case.tell("callback_task", "callback_agent")
    case.record(event, status=CALLBACK_MANUAL)


def rate(case: Case) -> None:
    """Take the appellant's own rating. Source: JY-9.6, SZ-15.5a (A-36)."""
    form = case.command
    assert isinstance(form, cmd.Rate)
    satisfied = form.satisfied in case.rules.satisfied_grades
    case.meet("callback")
    rated = ev.CalledBack("self", True, form.satisfied, satisfied, form.resolved, cause=form.cause, remark=form.remark)
    case.record(rated)
    _conclude(case, "satisfied" if satisfied else "")


def callback(case: Case) -> None:
    """Record a call. Source: JY-9.6, JY-9.7, SZ-15.5a, SQ-10.5c; unreached ones A-55."""
    form = case.command
    assert isinstance(form, cmd.Callback)
    if form.reached is False:
        case.record(ev.CalledBack("phone", False))
        return
    case.meet("callback")
    case.cancel("sms")
    satisfied = form.satisfied in case.rules.satisfied_grades if form.satisfied else None
    if form.objection:
        satisfied = False if satisfied is None else satisfied
    case.record(
        ev.CalledBack("phone", True, form.satisfied, satisfied, form.resolved, form.objection, form.cause, form.remark)
    )
    if form.objection or satisfied is False:
        _conclude(case, "")
    else:
        _conclude(case, "satisfied" if satisfied else "no_objection")


def _conclude(case: Case, closes_as: str) -> None:
    if closes_as:
        closing.close(case, closes_as)
        return
    status = after_dissatisfaction(case.order, case.rules)
    case.tell("dissatisfied", case.rules.close_after_redo if status == DECISION else "dispatcher")
    case.record(ev.Dissatisfied(status), status=status)
    if "dissatisfied" in case.rules.supervision_auto_rules:
        closing.suggest_supervision(case, "K2", "dissatisfied")


def after_dissatisfaction(order: Order, rules: Rules) -> str:
    """Return where a dissatisfied appellant leads: another round, the panel, or the hotline's decision.

    Source: SZ-15.5a, JY-9.7b, JY-9.7c, SQ-10.5c, JS-2.4b (A-17, A-67).
    """
    if order.round >= 1 + rules.redo_max:
        return DECISION
    return RESEARCH if rules.research_panel else REDO


@at_stage("fields")
def enough_attempts(case: Case) -> None:
    """Refuse to give up before enough attempts on enough days (A-55)."""
    attempts = case.order.failed_attempts
    rules = case.rules
    if len(attempts) < rules.callback_attempts or len(set(attempts)) < rules.callback_attempt_days:
        raise Rejected(
            "attempts_missing",
            attempts=len(attempts),
            wanted=rules.callback_attempts,
            days=rules.callback_attempt_days,
        )


def close_unreached(case: Case) -> None:
    """Close since nobody can be reached; outside the satisfaction rate. Source: JY-9.7a, A-55."""
    case.meet("callback")
    closing.close(case, "unreached")


def judge(case: Case) -> None:
    """Record the panel's verdict on a dissatisfied appellant. Source: JS-2.4b, A-67."""
    assert isinstance(case.command, cmd.Judge)
    status = REDO if case.command.verdict == "reasonable" else DECISION
    case.record(ev.Judged(case.command.verdict, case.command.adviser), status=status)


@at_stage("role")
def closing_authority(case: Case) -> None:
    """Keep the hotline's own decision to the pack's desk (JY-9.7c, A-17)."""
    if case.by.role != case.rules.close_after_redo:
        raise Rejected("not_your_role", role=case.by.role)


def close_by_decision(case: Case) -> None:
    """Close by the hotline's own decision. Source: JY-9.7c, SZ-41a (A-17)."""
    assert isinstance(case.command, cmd.Close)
    closing.close(case, "decision", ground=case.command.reason)


@at_stage("state")
def handled_elsewhere(case: Case) -> None:
    """Refuse messages about an order that no other system handles (JS-2.1c)."""
    if case.order.system != "original":
        raise Rejected("not_allowed_now", status=case.order.status)


@at_stage("fields", wants=("message",))
def message_named(case: Case) -> None:
    """Refuse a message without its id, or a result without words."""
    form = case.command
    assert isinstance(form, cmd.SyncClosed)
    require(case, ("message",) if type(form) is cmd.SyncClosed else ("message", "result"))


def sync_closed(case: Case) -> None:
    """Hear that the other system has closed: without the result nothing closes here. Source: JS-2.1c."""
    form = case.command
    assert isinstance(form, cmd.SyncClosed)
    if form.message in case.order.messages:
        return
    if case.order.status not in (DISPATCHED, HANDLING):
        case.record(ev.SyncNoted(form.message, form.result))
        return
    if form.result:
        _take_result(case, form)
        return
    case.start("sync", case.rules.upload_lag_alert, key="upload_lag_alert")
    case.record(ev.ClosedElsewhere(form.message), status=WAIT_SYNC)


def sync_result(case: Case) -> None:
    """Hear the result: it is the answer, once. Later messages are kept and move nothing. Source: JS-2.1c."""
    form = case.command
    assert isinstance(form, cmd.SyncClosed)
    if form.message in case.order.messages:
        return
    if case.order.status in (DISPATCHED, HANDLING, WAIT_SYNC, SUPPLEMENT):
        _take_result(case, form)
    else:
        case.record(ev.SyncNoted(form.message, form.result))


def _take_result(case: Case, form: cmd.SyncClosed) -> None:
    case.meet("sync")
    case.meet("sign", case.order.lead)
    handling.answer(
        case,
        ev.Replied(
            unit=case.order.lead,
            text=form.result,
            channel=case.order.channel,
            kind="final",
            message=form.message,
        ),
    )
