"""提请: what its lead can't do is put before the city's committee or government, which may let the work wait (T28)."""

from __future__ import annotations

from minsheng.domain import clocks
from minsheng.domain.lifecycle import at_stage
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, not_now
from minsheng.domain.rejected import Rejected


@at_stage("state")
def lead_was_named(case: Case) -> None:
    """Refuse it before a coordination has named the lead (JY-13.2b), and a second time."""
    if not case.order.designated or case.order.escalated:
        raise not_now(case)


@at_stage("fields", wants=("document",))
def summary_given(case: Case) -> None:
    """Refuse it without the summary (综合汇总) that it rests on (JY-13.2b)."""
    assert isinstance(case.command, cmd.Escalate)
    if not case.command.document:
        raise Rejected("document_missing")


def escalate(case: Case) -> None:
    """Put the matter before the addressee; no clock stops. Source: SZ-41c, JY-13.2b, SQ-21a."""
    form = case.command
    assert isinstance(form, cmd.Escalate)
    case.tell("escalated", "office")
    case.record(ev.Escalated(form.document, form.addressee))


@at_stage("state")
def was_escalated(case: Case) -> None:
    """Refuse an instruction on what was not put before anybody, and a second stop (A-64)."""
    form, order = case.command, case.order
    if not order.escalated:
        raise not_now(case)
    if isinstance(form, cmd.Instruct) and form.suspend and order.suspended:
        raise not_now(case)


def instruct(case: Case) -> None:
    """Pass on what was instructed; it alone may let the lead's clock of work stop and go on. Source: JY-13.2b."""
    form, order = case.command, case.order
    assert isinstance(form, cmd.Instruct)
    timer = case.timer(order.work_timer, order.lead)
    if timer is not None and form.suspend and timer.status == "running":
        case.put(clocks.paused(timer, now=case.now, rules=case.rules))
    elif timer is not None and form.suspend is False and order.suspended and timer.status == "paused":
        case.put(clocks.resumed(timer, now=case.now, rules=case.rules))
    case.tell_unit("instructed", order.lead)
    suspended = order.suspended if form.suspend is None else form.suspend
    case.record(ev.Instructed(form.text, form.source, suspended))


@at_stage("state")
def not_suspended(case: Case) -> None:
    """Refuse to answer, or to ask for time, while the work waits by instruction."""
    if case.order.suspended:
        raise not_now(case)
