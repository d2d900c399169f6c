"""More time: the request, its window, fields, consent and cap, and the decision on it. The clock goes on meanwhile."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from minsheng.domain import clocks
from minsheng.domain.clocks import Timer
from minsheng.domain.lifecycle import at_stage
from minsheng.domain.orders import closing, firing
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Case, not_now
from minsheng.domain.orders.handling import answered_at, own_part
from minsheng.domain.orders.order import HANDLING
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount, Due

ONE_DAY = timedelta(hours=24)


def work_clock(case: Case) -> Timer:
    """Return the clock of the lead's work."""
    timer = case.timer(case.order.work_timer, case.order.lead)
    if timer is None:
        raise not_now(case)
    return timer


@at_stage("state")
def may_ask_for_time(case: Case) -> None:
    """Refuse a request while one is pending, on an emergency, or where no clock of work runs."""
    if case.order.on_track or case.order.extension is not None or own_part(case).stage != HANDLING:
        raise not_now(case)
    work_clock(case)


@at_stage("bar")
def no_upper_limit(case: Case) -> None:
    """Refuse a local extension of a superior platform's limit (A-63)."""
    rules = case.rules
    if rules.upper_extension == "allowed":
        return
    if case.order.upper_due is not None and rules.upper_override and not case.order.direct:
        raise Rejected("upper_limit")


@at_stage("window")
def window_open(case: Case) -> None:
    """Refuse a request before the window opens or after it has closed (JY-11a, A-04, SZ-15.3c, SQ-10.3d)."""
    timer = work_clock(case)
    due = timer.due
    if due is None or timer.status == "missed" or case.now > due:
        raise Rejected("extension_too_late", due=due)
    if case.rules.ext_window == "last_24h" and case.now < due - ONE_DAY:
        raise Rejected("extension_too_early", opens=due - ONE_DAY)
    if case.rules.ext_window == "at_least_24h_before" and case.now > due - ONE_DAY:
        raise Rejected("extension_too_late", due=due - ONE_DAY)


@at_stage("fields")
def extension_explained(case: Case) -> None:
    """Refuse a request without what the pack wants of it, naming what is missing (JY-11b, SZ-15.3c)."""
    form = case.command
    assert isinstance(form, cmd.RequestExtension)
    missing = []
    for name in case.rules.ext_fields:
        if name == "length":
            if not (form.until or form.by_workdays or form.by_days):
                missing.append("length")
        elif not getattr(form, name):
            missing.append(name)
    if missing:
        raise Rejected("field_missing", fields=tuple(missing), command=form.name)
    if asked_until(case).moment <= (work_clock(case).due or case.now):
        raise Rejected("field_missing", fields=("length",))


@at_stage("consent")
def extension_agreed(case: Case) -> None:
    """Refuse a request without the leader's consent, or of which the citizen was not told (JY-11a, SZ-15.3c)."""
    form = case.command
    assert isinstance(form, cmd.RequestExtension)
    if case.rules.ext_unit_leader_consent and form.leader_consent is None:
        raise Rejected("leader_consent_missing")
    if case.rules.ext_inform_citizen == "guard" and form.citizen_informed is None:
        raise Rejected("citizen_not_informed")


@at_stage("cap")
def extension_capped(case: Case) -> None:
    """Refuse more than the cap, measured from the original due moment (JY-11c, SQ-10.3d, A-05)."""
    timer, cap = work_clock(case), case.rules.ext_cap
    if case.rules.ext_count is not None and case.order.extensions >= case.rules.ext_count:
        raise Rejected("extension_over_cap", latest=timer.due)
    original = timer.original_due or case.now
    if isinstance(cap, str):
        period, _ = closing.handle_limit(case.order, case.rules)
        cap = case.rules.direct_answer_limit if case.order.direct and case.rules.direct_answer_limit else period
    latest = clocks.worktime_of(timer.name, timer.unit, case.rules).due(original, cap).moment
    if asked_until(case).moment > latest:
        raise Rejected("extension_over_cap", latest=latest)


def asked_until(case: Case) -> Due:
    """Return the due moment that is asked for, counted from the one in force."""
    form = case.command
    assert isinstance(form, cmd.RequestExtension)
    timer = work_clock(case)
    due = timer.due or case.now
    if form.until is not None:
        return Due(form.until.astimezone(case.rules.worktime.zone))
    length, counted = asked_length(form), clocks.worktime_of(timer.name, timer.unit, case.rules)
    return counted.due(due, Amount.parse(length)) if length != "until" else Due(due)


def asked_length(form: cmd.RequestExtension) -> str:
    """Return the length asked for as an amount, or `until` for a moment."""
    if form.until is None and form.by_workdays:
        return f"{form.by_workdays} WD"
    if form.until is None and form.by_days:
        return f"{form.by_days * 24} CH"
    return "until"


def request_extension(case: Case) -> None:
    """Ask for more time; the clock goes on. Source: SZ-15.3c, JY-11, SQ-10.3d, A-61."""
    form = case.command
    assert isinstance(form, cmd.RequestExtension)
    until = asked_until(case)
    unit = own_part(case).unit
    case.start("ext_review", case.rules.ext_review_limit, key="ext_review_limit", unit=unit)
    case.tell("extension_requested", case.rules.ext_approver, unit=unit)
    case.record(
        ev.ExtensionRequested(
            unit=unit,
            timer=case.order.work_timer,
            until=until.moment,
            length=asked_length(form),
            reason=form.reason,
            progress=form.progress,
            next_steps=form.next_steps,
            consent=_attested(form.leader_consent),
            informed=_attested(form.citizen_informed),
        )
    )


def _attested(given: cmd.Attestation | None) -> str:
    if given is None:
        return ""
    parts = (given.at.isoformat() if given.at else "", given.channel, given.text)
    return " ".join(part for part in parts if part) or "yes"


@at_stage("role")
def approving_authority(case: Case) -> None:
    """Keep the decision on more time to the pack's desk (SZ-15.3c, JY-11c)."""
    if case.by.role != case.rules.ext_approver:
        raise Rejected("not_your_role", role=case.by.role)


@at_stage("state")
def extension_waits(case: Case) -> None:
    """Refuse a decision on a request that nobody made."""
    if case.order.extension is None:
        raise not_now(case)


def approve_extension(case: Case) -> None:
    """Grant more time: a new due moment, counted from the one before. Source: SZ-15.3c, JY-11c, SQ-10.3d."""
    assert isinstance(case.command, cmd.ApproveExtension)
    asked = case.order.extension
    assert asked is not None
    timer = case.timer(asked.timer, asked.unit)
    assert timer is not None
    assert timer.due is not None
    # The audit may have moved the due moment since the request; a length is counted from the one in force.
    counted = clocks.worktime_of(timer.name, timer.unit, case.rules)
    given = Due(asked.until) if asked.length == "until" else counted.due(timer.due, Amount.parse(asked.length))
    until = max(given.moment, timer.due)
    case.meet("ext_review", asked.unit)
    if until > timer.due:
        longer = clocks.extended(timer, until=until, length=asked.length, provisional=given.provisional)
        if timer.status == "paused":
            longer = clocks.still_paused(timer, longer, answered_at=answered_at(case.order), rules=case.rules)
        case.put(longer)
    case.tell_unit("extension_approved", asked.unit)
    if case.rules.ext_inform_citizen == "notice":
        case.tell("extension_informed", "citizen", until=until.isoformat())
    case.record(ev.ExtensionApproved(asked.unit, until, case.command.reason))


def refuse_extension(case: Case) -> None:
    """Refuse more time; a due moment that has passed meanwhile is then missed as of itself (A-61)."""
    assert isinstance(case.command, cmd.RefuseExtension)
    asked = case.order.extension
    assert asked is not None
    timer, answered = case.timer(asked.timer, asked.unit), answered_at(case.order)
    # What waits by instruction does not run out, whatever its last due moment was.
    waits = case.order.suspended and timer is not None and timer.status == "paused"
    if not waits and timer is not None and timer.due is not None and timer.due < (answered or case.now):
        for fact in firing.fire(case.order, timer, rules=case.rules, facts=case.facts).facts:
            case.take(fact)
        if answered is not None:
            missed = replace(timer, status="missed", rest=None, done_at=answered)
            case.put(missed)
            case.breach("late_handle", asked.unit, timer=missed)
    case.meet("ext_review", asked.unit)
    case.tell_unit("extension_refused", asked.unit)
    case.record(ev.ExtensionRefused(asked.unit, case.command.reason))
