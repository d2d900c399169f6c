"""Orders to rectify with their criticism, and the hotline's order that a thread is joined to. Source: SZ-25b."""

from __future__ import annotations

from dataclasses import replace

from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.facts import Fact
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum import events as ev
from minsheng.domain.forum.shared import ADMIN, Case, miss, not_now, order_rectification
from minsheng.domain.forum.state import FAILED, FINAL, ORDERED, RECTIFICATION, Thread
from minsheng.domain.lifecycle import Onward, at_stage, hold_to_list, require
from minsheng.domain.orders import commands as orders
from minsheng.domain.rejected import Rejected


@at_stage("bar")
def none_rectified(case: Case) -> None:
    """Refuse a second order to rectify while one is open, or a report on the last one waits."""
    if case.state.rectifies or case.state.to_accept:
        raise not_now(case)


@at_stage("window")
def has_rectification(case: Case) -> None:
    """Refuse it where the pack has none."""
    if case.rules.forum_rectification is None:
        raise not_now(case)


def rectify(case: Case) -> None:
    """Order it by hand. Source: SZ-25b."""
    order_rectification(case, ground=case.command.ground)


@at_stage("bar")
def is_to_rectify(case: Case) -> None:
    """Refuse a report where nothing is to be put right, or one waits."""
    if case.state.to_accept or case.state.rectification not in (ORDERED, FAILED):
        raise not_now(case)


def report_rectified(case: Case) -> None:
    """Report what was put right; the time stops. Source: SZ-25b."""
    case.pause(RECTIFICATION)
    case.tell("rectified", ADMIN)
    case.record(ev.RectificationReported(unit=case.state.unit, text=case.command.text))


@at_stage("bar")
def report_waits(case: Case) -> None:
    """Refuse a decision on a report that nobody made."""
    if not case.state.to_accept:
        raise not_now(case)


@at_stage("fields")
def refusal_says_why(case: Case) -> None:
    """Ask for the reason where the report is not accepted."""
    if case.command.accepted is False and not case.command.reason:
        raise Rejected("reason_missing")


def accept_rectified(case: Case) -> None:
    """Agree, or let the rest of the time run. Source: SZ-25b."""
    form = case.command
    if form.accepted is not False:
        case.meet(RECTIFICATION)
        case.record(ev.RectificationAccepted())
        return
    case.resume(RECTIFICATION)
    case.tell_unit("rectify", case.state.unit)
    case.record(ev.RectificationSentBack(reason=form.reason))


@at_stage("role")
def issuer(case: Case) -> None:
    """Keep measures to the pack's issuers (SZ-41c, SQ-21a, A-75)."""
    issuers = case.rules.supervision_issuer if case.rules is not None else case.facts.issuers
    if case.by.role not in issuers:
        raise Rejected("wrong_authority")


@at_stage("bar")
def was_not_rectified(case: Case) -> None:
    """Refuse a measure before an order to rectify was not kept (SZ-25b)."""
    if not case.state.has_failed:
        raise not_now(case)


@at_stage("fields", wants=("kind", "ground"))
def measure_listed(case: Case) -> None:
    """Hold the measure to the three that there are."""
    require(case, ("kind", "ground"))
    hold_to_list(case.command.kind, cmd.MEASURES)


def measure(case: Case) -> None:
    """Summon, publish or report the unit. Source: SZ-25b, SZ-41c."""
    form = case.command
    case.tell("measure", f"head@{case.state.unit}")
    case.record(ev.UnitMeasured(kind=form.kind, ground=form.ground))


# The hotline's order of the same matter


@at_stage("bar")
def not_joined(case: Case) -> None:
    """Refuse to join twice."""
    if case.state.joined:
        raise not_now(case)


@at_stage("bar")
def is_joined(case: Case) -> None:
    """Refuse to leave what the thread is not joined to."""
    if not case.state.joined:
        raise not_now(case)


@at_stage("fields")
def order_open(case: Case) -> None:
    """Refuse an order that is closed; without a name one is submitted where the platform gives it one."""
    if not case.facts.fresh:
        require(case, ("order",))
    if case.facts.order is not None and not case.facts.order.is_open:
        raise not_now(case)


def join(case: Case) -> None:
    """Let the order's clocks rule; an order that there is not yet is submitted with it."""
    form, known = case.command, case.facts
    case.cancel(FINAL)
    if known.order is not None:
        case.record(ev.OrderJoined(order=known.order.id))
        return
    content = known.content or case.state.content
    case.record(ev.OrderJoined(order=known.fresh or form.order, submits=True, content=content))


@at_stage("fields")
def leaving_explained(case: Case) -> None:
    """Ask the administrator why; the platform leaves an order that was closed without an answer."""
    if case.by.role != SYSTEM.role and not case.command.reason:
        raise Rejected("reason_missing")


def leave(case: Case) -> None:
    """Let the final clock run again as it stood; has its due moment passed, it is missed as of it."""
    held = case.state.held
    runs = held is not None and held.status == "running"
    if held is not None and runs:
        case.put(held)
    case.record(ev.OrderLeft(order=case.state.joined, reason=case.command.reason))
    if held is not None and runs and held.due is not None and held.due < case.now:
        miss(case, replace(held))


def offer(case: Case) -> None:
    """Let the administrator know that the order's answer may be given in the thread."""
    case.tell("answer_offered", ADMIN)
    case.record(ev.AnswerOffered())


@at_stage("bar")
def not_offered(case: Case) -> None:
    """Refuse to offer it twice, or of no order."""
    if not case.state.joined or case.state.offered:
        raise not_now(case)


def appeal_of_thread(form: cmd.JoinOrder, *, content: str) -> orders.Submit:
    """Return what is submitted of a thread whose matter has no order yet; `content`: its words."""
    return orders.Submit(
        type=form.type or "help", channel=cmd.FORUM, appellant="citizen", real_name=True, content=content,
        matter=form.matter, place=form.place, target_unit=form.target_unit, publish=form.publish,
    )  # fmt: skip


def onward(thread: Thread, fact: Fact) -> tuple[Onward, ...]:
    """Rate the order that waits for that with the thread."""
    match fact.event:
        case ev.PostRated(order=order, grade=grade) if order:
            return (Onward(order, orders.Rate(satisfied=grade), Actor("citizen")),)
        case _:
            return ()
