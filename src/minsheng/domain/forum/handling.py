"""Who has a thread: claimed, assigned, asked of another unit, and more time for it. Source: SZ-20, SZ-22c."""

from __future__ import annotations

from minsheng.domain import clocks
from minsheng.domain.clocks import Timer
from minsheng.domain.forum import commands as cmd
from minsheng.domain.forum import events as ev
from minsheng.domain.forum.shared import ADMIN, Case, miss, not_now
from minsheng.domain.forum.state import ASKED, ATTENTION, CLAIM, CLAIMED, FINAL, OPEN, REQUEST
from minsheng.domain.lifecycle import at_stage, hold_to_list, require
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import Amount, Due


def claim(case: Case) -> None:
    """Take it up for the own unit, the first that comes. Source: SZ-20a."""
    case.meet(CLAIM)
    case.record(ev.Claimed(unit=case.by.unit or ""))


@at_stage("bar")
def may_assign(case: Case) -> None:
    """Refuse to assign what units may still claim, and what has a unit and no request to decide (SZ-20, F04)."""
    state = case.state
    if state.status == OPEN:
        claim_clock = state.timers.get(CLAIM)
        if claim_clock is not None and claim_clock.status != "missed" and not state.special:
            raise not_now(case)
    elif state.request is None or state.request.standing == ASKED:
        raise not_now(case)


def assign(case: Case) -> None:
    """Give it to a unit; a request that was refused or not answered is decided in its own kind. Source: SZ-20."""
    unit, request = case.command.unit, case.state.request
    case.tell_unit("assigned", unit)
    if request is None:
        case.meet(CLAIM)
        case.record(ev.Assigned(unit=unit), status=CLAIMED)
        return
    case.meet(REQUEST)
    case.record(ev.Assigned(unit=unit, kind=request.kind), status=case.state.status)


@at_stage("bar")
def may_ask(case: Case) -> None:
    """Refuse a second request while one is open, and any while the order's units have the matter."""
    request = case.state.request
    if case.state.joined or (request is not None and request.standing == ASKED):
        raise not_now(case)


@at_stage("fields")
def kind_of_request(case: Case) -> None:
    """Hold the request to its two kinds; a unit does not ask itself."""
    hold_to_list(case.command.kind, (cmd.CO, cmd.TRANSFER))
    if case.command.unit == case.state.unit:
        raise Rejected("unit_has_it", unit=case.state.unit)


def ask_unit(case: Case) -> None:
    """Ask another unit; no clock of the thread waits for it. Source: SZ-20b."""
    form = case.command
    case.start(REQUEST, case.rules.forum_request_answer, key="forum_request_answer")
    case.tell_unit("request_received", form.unit)
    case.record(ev.UnitAsked(unit=form.unit, kind=form.kind, reason=form.reason, basis=form.basis))


@at_stage("bar")
def request_open(case: Case) -> None:
    """Refuse an answer to a request that there is not, or that the administrator decides on."""
    request = case.state.request
    if request is None or request.standing != ASKED:
        raise not_now(case)


@at_stage("fields")
def answer_says_why_not(case: Case) -> None:
    """Ask for yes or no, and for the reason of a no (SZ-20b)."""
    require(case, ("accept",))
    if not case.command.accept and not case.command.reason:
        raise Rejected("reason_missing")


def answer_request(case: Case) -> None:
    """Accept: it moves with all its clocks, or the unit has its part; or refuse. Source: SZ-20b, A-03."""
    form, request, unit = case.command, case.state.request, case.by.unit or ""
    assert request is not None
    case.meet(REQUEST)
    if form.accept:
        case.tell_unit("request_accepted", request.by)
        case.record(ev.RequestAccepted(unit=unit, kind=request.kind))
        return
    case.tell_unit("request_refused", request.by)
    case.record(ev.RequestRefused(unit=unit, reason=form.reason))


def attend(case: Case) -> None:
    """Show that the unit sees to it. Source: SZ-22a."""
    case.meet(ATTENTION)
    case.record(ev.Attended(unit=case.state.unit))


# More time


def _final(case: Case) -> Timer:
    timer = case.timer(FINAL)
    if timer is None:
        raise not_now(case)
    return timer


@at_stage("bar")
def may_extend(case: Case) -> None:
    """Refuse a second request for more time while one waits, and any while the order's clocks rule."""
    if case.state.joined or case.state.extension is not None:
        raise not_now(case)


@at_stage("window")
def before_due(case: Case) -> None:
    """Refuse a request after the due moment (SZ-22c)."""
    timer = _final(case)
    if timer.status != "running" or timer.due is None or case.now > timer.due:
        raise Rejected("extension_too_late", due=timer.due)


@at_stage("fields", wants=("reason", "text"))
def extension_explained(case: Case) -> None:
    """Refuse a request without its reason, its length, or the follow-up that tells the public (SZ-22c)."""
    form = case.command
    missing = [name for name in ("reason", "text") if not getattr(form, name)]
    if not (form.until or form.by_workdays) or asked_until(case).moment <= (_final(case).due or case.now):
        missing.append("length")
    if missing:
        raise Rejected("field_missing", fields=tuple(missing), command=form.name)


def asked_until(case: Case) -> Due:
    """Return the due moment that is asked for, counted from the one in force."""
    form, due = case.command, _final(case).due or case.now
    if form.until is not None:
        return Due(form.until.astimezone(case.rules.worktime.zone))
    return case.rules.worktime.due(due, Amount(form.by_workdays or 0, "WD"))


def extend(case: Case) -> None:
    """Ask for more time; the clock goes on, and is not missed while the request waits. Source: SZ-22c."""
    form = case.command
    length = "until" if form.until is not None else f"{form.by_workdays} WD"
    case.tell("extension_requested", ADMIN, unit=case.state.unit)
    case.record(ev.ExtensionAsked(
        unit=case.state.unit, until=asked_until(case).moment, length=length, reason=form.reason, text=form.text,
    ))  # fmt: skip


@at_stage("bar")
def extension_waits(case: Case) -> None:
    """Refuse a decision on a request that nobody made."""
    if case.state.extension is None:
        raise not_now(case)


def approve_extension(case: Case) -> None:
    """Grant more time, and let the follow-up be read with it. Source: SZ-22c."""
    asked, timer = case.state.extension, _final(case)
    assert asked is not None
    assert timer.due is not None
    counted = case.rules.worktime
    given = Due(asked.until) if asked.length == "until" else counted.due(timer.due, Amount.parse(asked.length))
    until = max(given.moment, timer.due)
    if until > timer.due:
        case.put(clocks.extended(timer, until=until, length=asked.length, provisional=given.provisional))
    case.tell_unit("extension_approved", case.state.unit)
    case.record(ev.ExtensionApproved(unit=case.state.unit, until=until, text=case.facts.content))


def refuse_extension(case: Case) -> None:
    """Grant no more time; a due moment that has passed meanwhile is missed as of itself. Source: SZ-22c."""
    timer = _final(case)
    case.tell_unit("extension_refused", case.state.unit)
    case.record(ev.ExtensionRefused(unit=case.state.unit, reason=case.command.reason))
    if timer.status == "running" and timer.due is not None and timer.due < case.now:
        miss(case, timer)
