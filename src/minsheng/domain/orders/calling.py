"""Once an answer stands: whether it is in time, and how the appellant is asked, if at all."""

from __future__ import annotations

from minsheng.domain.lifecycle import at_stage
from minsheng.domain.orders import closing
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, Order
from minsheng.domain.rejected import Rejected


def in_time(case: Case) -> bool:
    """Return whether the answer is in time; where the limit is measured at the closing, its clock goes on (A-66)."""
    order = case.order
    if case.rules.limit_measured_at == "unit_completed_at":
        timer = case.timer(order.work_timer, order.lead)
        if timer is not None and timer.status == "missed" and timer.done_at is None:
            case.breach("late_handle", order.lead, timer=timer)  # it ran out while the answer was audited
        return case.meet(order.work_timer, order.lead)
    timer = case.timer(order.work_timer, order.lead)
    return timer is None or timer.status != "missed"


def take_answer(case: Case, kind: type[ev.AuditPassed]) -> None:
    """Let the answer stand, as `kind` says, and ask the appellant. Source: SZ-15.4, SZ-15.5a, JY-9.5, JY-9.6, A-66."""
    order = case.order
    event = kind(in_time(case), order.final_reply)
    if order.extension is not None:
        case.cancel("ext_review", order.extension.unit)
    if asks_nobody(case):
        case.record(event, status=CALLBACK)
        closing.close(case, "no_callback")
        return
    status = start_callback(case)
    case.record(event, status=status)


def asks_nobody(case: Case) -> bool:
    """Return whether the pack has no callback for such an appeal; a wanted document still has to be given."""
    order = case.order
    lacks_document = order.written_opinion and not order.documented
    return order.type in case.rules.callback_skip_types and not phone_only(order) and not lacks_document


def start_callback(case: Case) -> str:
    """Start asking the appellant, and return the state in which the order waits.

    A text message first where the pack has it; otherwise working days from the answer that passed (A-49), and whoever
    may rate by themselves is told that there is something to rate (JY-9.6).
    Emergencies and utilities are called by a person (JY-13.5, D09).
    """
    rules, order = case.rules, case.order
    by_sms = rules.callback_chain[0] == "sms"
    if by_sms and not phone_only(order):
        case.start("sms", rules.sms_answer_window, key="sms_answer_window")
        case.tell("sms_callback", "citizen")
        return CALLBACK
    since = case.now if by_sms else order.unit_completed_at
    case.start("callback", rules.callback_limit, key="callback_limit", since=since)
    case.tell("callback_task", "callback_agent")
    if "self" in rules.callback_chain and not phone_only(order):
        case.tell("answered", "citizen")
    return CALLBACK


def phone_only(order: Order) -> bool:
    """Return whether only a call by a person counts (JY-13.5)."""
    return order.utility or order.is_emergency


def note_undelivered(case: Case) -> None:
    """Let somebody call the appellant, whom no message reaches. Source: JY-9.4, JY-12.4, SZ-15.3c; A-70."""
    form = case.command
    assert isinstance(form, cmd.NoteUndelivered)
    case.tell("undelivered", "callback_agent")
    case.record(ev.MessageUndelivered(form.kind, form.channels))


@at_stage("bar")
def asked_by_message(case: Case) -> None:
    """Refuse where no message asks the appellant now."""
    timer = case.timer("sms")
    if timer is None or timer.status != "running":
        raise Rejected("not_allowed_now", status=case.order.status)


@at_stage("fields")
def channels_tried(case: Case) -> None:
    """Refuse to call for a message that was tried by no channel."""
    assert isinstance(case.command, cmd.CallInstead)
    if not case.command.channels:
        raise Rejected("field_missing", fields=("channels",))


def call_instead(case: Case) -> None:
    """Ask by a call who can't be asked by a message. Source: SQ-10.5a, SQ-10.5b; A-70."""
    form = case.command
    assert isinstance(form, cmd.CallInstead)
    case.cancel("sms")
    case.start("callback", case.rules.callback_limit, key="callback_limit")
    case.tell("callback_task", "callback_agent")
    case.record(ev.MessageUndelivered("sms_callback", form.channels), status=CALLBACK_MANUAL)


@at_stage("bar")
def not_yet_called(case: Case) -> None:
    """Refuse where every message arrived, or somebody has called."""
    if not case.order.undelivered:
        raise Rejected("not_allowed_now", status=case.order.status)


def told_by_phone(case: Case) -> None:
    """Note that the appellant was told by a call. Source: JY-9.4, JY-12.4; A-70."""
    form = case.command
    assert isinstance(form, cmd.ToldByPhone)
    case.record(ev.AppellantCalled(form.text))
