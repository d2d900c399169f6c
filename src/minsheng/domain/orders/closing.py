"""Closing an order, publishing its result, and what both set off elsewhere."""

from __future__ import annotations

from minsheng.domain.lifecycle import at_stage, require
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case
from minsheng.domain.orders.order import CLOSED, HANDLED_REASONS, HANDLING, Order
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount

# Nobody is told of these closings by the ordinary notice: they were told on the phone, or by the referral's own.
SILENT = ("linked", "internal", "emergency_referral", "children_closed")


def close(case: Case, reason: str, *, ground: str = "") -> None:
    """Close the order, stop its clocks, run the publication, and close a parent whose last child this was.

    Source: JY-9.7, SZ-15.5b, SQ-10.5; publication JY-9.8a; parents JY-13.3.
    """
    if case.rules.limit_measured_at == "closed_at" and reason in HANDLED_REASONS:
        case.meet(case.order.work_timer, case.order.lead)
    case.cancel_all()
    if reason not in SILENT:
        case.tell("closed", "citizen")
    case.record(ev.Closed(reason, ground), status=CLOSED, reason=reason)
    run_publication(case)
    parent = case.facts.parent
    if parent is not None and parent.is_open and case.facts.open_siblings == 0:
        other = case.beside(parent)
        close_parent(other)
        case.merge(other)


def close_parent(case: Case) -> None:
    """Close an order whose children are all closed (JY-13.3)."""
    case.cancel_all()
    case.record(ev.Closed("children_closed"), status=CLOSED, reason="children_closed")


def may_be_public(order: Order, rules: Rules) -> bool:
    """Return whether the result is to be public as things stand (JY-9.8, A-20, A-21)."""
    if order.status != CLOSED or order.reason not in HANDLED_REASONS:
        return False
    if order.is_private or order.is_internal or order.confidential:
        return False
    return rules.publish_default if order.publication is None else order.publication


def run_publication(case: Case) -> None:
    """Publish or withdraw, as the rules, the choice and the auditor's decision have it (JY-9.8, A-62)."""
    wanted = may_be_public(case.order, case.rules)
    if wanted and not case.order.published:
        case.tell("published", "citizen")
        case.record(ev.Published())
    elif not wanted and case.order.published:
        case.record(ev.Withdrawn())


@at_stage("bar")
def publishable(case: Case) -> None:
    """Refuse to publish an internal referral, or against the appellant's no (JY-9.8.1, JY-9.8.2)."""
    if case.order.is_internal or case.order.confidential or case.order.is_private:
        raise Rejected("never_public")


@at_stage("state")
def has_result(case: Case) -> None:
    """Refuse a publication decision on what was closed without a unit's result."""
    order = case.order
    if order.status == CLOSED and order.reason not in HANDLED_REASONS and not order.is_internal:
        raise Rejected("not_allowed_now", status=order.status, reason=order.reason)


@at_stage("fields", wants=("exception",))
def exception_for_withdrawal(case: Case) -> None:
    """Refuse to withdraw without one of the pack's exceptions, where it has any. Source: JY-9.8.3, JY-9.8.4."""
    if case.rules.publish_exceptions:
        require(case, ("exception",))


@at_stage("fields")
def exception_named(case: Case) -> None:
    """Refuse an exception from publication that the pack lacks, or one that does not hold.

    Source: JY-9.8.1 to JY-9.8.4.
    """
    form = case.command
    assert isinstance(form, cmd.Publish | cmd.Withdraw)
    allowed = case.rules.publish_exceptions
    if form.exception is not None and allowed and form.exception not in allowed:
        raise Rejected("code_not_in_pack", value=form.exception)
    if form.exception == 4 and not form.basis:
        raise Rejected("exception_needs_basis")
    if form.exception is not None and isinstance(form, cmd.Publish):
        raise Rejected("never_public")
    told_otherwise = form.exception == 3 and form.unit_suggests_no
    if form.exception is not None and not (told_otherwise or exception_holds(form.exception, case.order)):
        raise Rejected("exception_needs_basis", exception=form.exception)


def exception_holds(exception: int, order: Order) -> bool:
    """Return whether an order is as an exception from publication says: 3 needs the unit's own suggestion.

    Whether what the unit suggests is right, and whether the law of 4 says so, is the auditor's to judge.
    Source: JY-9.8.1, JY-9.8.2, JY-9.8.3, JY-9.8.4.
    """
    return {1: order.is_internal, 2: order.is_private, 3: bool(order.withhold)}.get(exception, True)


def decide_publication(case: Case) -> None:
    """Decide for or against publication; on a closed order it takes effect at once. Source: JY-9.8."""
    form = case.command
    assert isinstance(form, cmd.Publish | cmd.Withdraw)
    publish = isinstance(form, cmd.Publish)
    suggested = bool(form.unit_suggests_no or case.order.withhold)
    case.record(ev.PublicationDecided(publish, form.exception, form.basis, suggested))
    run_publication(case)


@at_stage("bar")
def choice_possible(case: Case) -> None:
    """Refuse to make an internal referral or a confidential matter public by choice (JY-9.8.1)."""
    assert isinstance(case.command, cmd.SetPublish)
    if case.command.publish == "yes" and (case.order.is_internal or case.order.confidential):
        raise Rejected("never_public")


@at_stage("state")
def has_unit(case: Case) -> None:
    """Refuse to open again what no unit has handled."""
    if not case.order.lead or case.order.reason not in HANDLED_REASONS:
        raise Rejected("not_allowed_now", status=case.order.status, reason=case.order.reason)


def reopen(case: Case) -> None:
    """Open again after a look-back or review, as a further round with its own limit (SZ-41a, SQ-20a, JS-2.4c)."""
    assert isinstance(case.command, cmd.Reopen)
    order, unit = case.order, case.order.lead
    if order.published:
        case.record(ev.Withdrawn())
    start_redo(case, unit)
    case.tell_unit("reopened", unit)
    case.record(ev.Reopened(case.command.finding, order.round + 1), status=HANDLING)


def start_redo(case: Case, unit: str) -> None:
    """Start the clock of a later round: one original period, unless the pack says otherwise (A-18)."""
    rules = case.rules
    period, key = handle_limit(case.order, rules)
    if not isinstance(rules.redo_period, str):
        period, key = rules.redo_period, "redo_period"
    case.start("redo", period, key=key, unit=unit)


def handle_limit(order: Order, rules: Rules) -> tuple[Amount, str]:
    """Return the limit for handling and the parameter that gives it: by channel, else by type (JY-10.3)."""
    if order.channel in rules.handle_limit_by_channel:
        return rules.handle_limit_by_channel[order.channel], "handle_limit_by_channel"
    if order.type in rules.handle_limit_by_type:
        return rules.handle_limit_by_type[order.type], "handle_limit_by_type"
    if order.type == "consult":
        return rules.handle_limit_consult, "handle_limit_consult"
    return rules.handle_limit_other, "handle_limit_other"


def suggest_supervision(case: Case, category: str, ground: str) -> None:
    """Suggest a supervision order to whoever issues them (JY-20.8; SZ-40.2, SZ-40.3, SZ-40.4, SZ-40.5)."""
    for role in case.rules.supervision_issuer:
        case.tell("supervision_suggested", role, category=category)
    case.record(ev.SupervisionSuggested(category, ground))
