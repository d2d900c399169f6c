"""The clocks of an order: which there are, what missing one means, how one starts, pauses and resumes.

All functions are pure; a changed clock is a new `Timer`, carried by the fact that changed it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from minsheng.domain.orders.facts import Basis, Timer
from minsheng.domain.orders.order import Order
from minsheng.domain.packs import Rules
from minsheng.domain.worktime import Amount, Derivation, WorkTime, length_text

OFFICE = "office"

# The order of the list decides which of two clocks with the same due moment fires first.
NAMES = (
    "acceptance",
    "dispatch",
    "sign",
    "return",
    "direct_answer",
    "handle",
    "return_review",
    "ext_review",
    "audit",
    "callback",
    "sms",
    "redo",
    "leader_follow_up",
    "opinion",
    "opinion_review",
    "report",
    "decision",
    "emergency_dispatch",
    "initial_response",
    "emergency_result",
    "referral_notice",
    "supervision",
    "sync",
    "emergency_open",
    "overdue_watch",
    "contact_change",
)
WORK = ("handle", "redo", "direct_answer")
# The hotline works at these; their unit is the one whose request is answered.
ANSWERED_BY_HOTLINE = frozenset(("return_review", "ext_review"))
# Reminders of our own beside the clocks of the contract; nobody waits for them.
UNTOLD = frozenset(("emergency_open", "overdue_watch"))
# Missing one of these is a breach (FORMAT.md, violation codes); of the others it is not.
BREACHES = {
    "dispatch": "late_dispatch",
    "sign": "late_sign",
    "handle": "not_handled",
    "redo": "not_handled",
    "direct_answer": "not_handled",
    "audit": "late_audit",
    "callback": "late_callback",
    "emergency_dispatch": "late_emergency_dispatch",
    "initial_response": "late_response",
    "emergency_result": "late_emergency_result",
    "supervision": "late_supervision",
}


def started(
    *,
    name: str,
    unit: str,
    start: datetime,
    limit: Amount,
    key: str,
    rules: Rules,
    until: datetime | None = None,
    worktime: WorkTime | None = None,
) -> Timer:
    """Return a running clock that began at `start` and runs for `limit`, or ends at the given moment `until`.

    `key` is the pack's parameter, kept with its clause so that the due moment can be derived at any later time;
    `worktime`: that of whoever works at it, where the clock does not name them.
    """
    if until is None:
        due = (worktime or worktime_of(name, unit, rules)).due(start, limit)
        moment, provisional, length = due.moment, due.provisional, str(limit)
    else:
        moment, provisional, length = until, False, "until"
    basis = Basis(start, length, key, rules.clauses.get(key, ""), edition(rules))
    return Timer(name, unit, "running", moment, basis, limit.is_working, provisional, original_due=moment)


def worktime_of(name: str, unit: str, rules: Rules) -> WorkTime:
    """Return the working time that a clock is counted in: that of the unit which has to act, else the city's."""
    return rules.worktime if name in ANSWERED_BY_HOTLINE else rules.worktime_of(unit)


def edition(rules: Rules) -> str:
    """Return pack, version and overlays as every due moment names them."""
    return "+".join((f"{rules.pack}@{rules.version}", *rules.overlays))


def paused(timer: Timer, *, now: datetime, rules: Rules) -> Timer:
    """Return the clock stopped with its rest, in working or clock seconds as its limit was set."""
    return replace(timer, status="paused", rest=_left(timer, now, worktime_of(timer.name, timer.unit, rules)))


def resumed(timer: Timer, *, now: datetime, rules: Rules, least: Amount | None = None, strict: bool = False) -> Timer:
    """Return the clock running again with its rest, at least `least`; `strict` keeps the old due moment."""
    if strict:
        return replace(timer, status="running", rest=None)
    rest, worktime = timedelta(seconds=timer.rest or 0), worktime_of(timer.name, timer.unit, rules)
    if timer.working:
        due = worktime.after_working(now, rest)
        moment, provisional = due.moment, due.provisional
    else:
        moment, provisional = now + rest, False
    length = f"rest {int(rest.total_seconds())}"
    if least is not None:
        floor = worktime.due(now, least)
        if floor.moment > moment:
            moment, provisional, length = floor.moment, floor.provisional, str(least)
    basis = replace(timer.basis, start=now, length=length)
    moved = _at(replace(timer, status="running", rest=None, basis=basis), moment, provisional)
    if timer.due is None or timer.original_due is None or timer.original_due == timer.due:
        return moved
    # Stopping is no extension: the moment that the cap is measured from moves with the due moment.
    if timer.working:
        later = worktime.between(timer.due, moment)
        return replace(moved, original_due=worktime.after_working(timer.original_due, later).moment)
    return replace(moved, original_due=timer.original_due + (moment - timer.due))


def still_paused(timer: Timer, moved: Timer, *, answered_at: datetime | None, rules: Rules) -> Timer:
    """Return the paused clock with the due moment of `moved`: its rest since the answer, or grown by the difference."""
    if answered_at is not None:
        return paused(moved, now=answered_at, rules=rules)
    assert timer.due is not None
    assert moved.due is not None
    early, late = sorted((timer.due, moved.due))
    worktime = worktime_of(timer.name, timer.unit, rules)
    difference = worktime.between(early, late) if timer.working else late - early
    more = int(difference.total_seconds()) * (1 if moved.due > timer.due else -1)
    return replace(moved, status="paused", rest=max((timer.rest or 0) + more, 0))


def extended(timer: Timer, *, until: datetime, length: str, provisional: bool) -> Timer:
    """Return the clock with a later due moment; the original one stays known, the cap is measured from it."""
    start = timer.due or timer.basis.start
    basis = replace(timer.basis, start=start, length=length)
    return replace(timer, due=until, basis=basis, provisional=provisional)


def _left(timer: Timer, now: datetime, worktime: WorkTime) -> int:
    if timer.due is None or timer.due <= now:
        return 0
    left = worktime.between(now, timer.due) if timer.working else timer.due - now
    return int(left.total_seconds())


def is_suspended(order: Order, timer: Timer, rules: Rules) -> bool:
    """Return whether a pending request for more time keeps the clock from being missed (A-61)."""
    pending = order.extension
    return (
        pending is not None
        and rules.ext_pending_suspends_miss
        and timer.name == pending.timer
        and timer.unit == pending.unit
    )


def next_due(order: Order, rules: Rules) -> Timer | None:
    """Return the running clock that runs out first; of equals the first in the list, the lead before co-units."""
    running = [
        timer
        for timer in order.timers.values()
        if timer.status == "running" and timer.due is not None and not is_suspended(order, timer, rules)
    ]
    return min(running, key=lambda timer: firing_rank(order, timer), default=None)


def firing_rank(order: Order, timer: Timer) -> tuple[datetime, int, bool, int]:
    """Return what decides which clock fires first: due moment, place in the list, lead, order of the units."""
    units = [part.unit for part in order.parts]
    place = units.index(timer.unit) if timer.unit in units else len(units)
    assert timer.due is not None
    return (timer.due, NAMES.index(timer.name), timer.unit not in ("", order.lead), place)


def explain(timer: Timer, rules: Rules, *, worktime: WorkTime | None = None) -> Derivation:
    """Return how the due moment of `timer` came about; `worktime` as in `started`."""
    worktime = worktime or worktime_of(timer.name, timer.unit, rules)
    length = timer.basis.length
    due = timer.due or timer.basis.start
    if length.startswith("rest "):
        rest = timedelta(seconds=int(length[5:]))
        if timer.working:
            return worktime.derive(timer.basis.start, rest)
        return Derivation(timer.basis.start, length_text(rest), ((timer.basis.start, due),), (), due, False)
    if length == "until":
        return Derivation(timer.basis.start, "指定时刻", ((timer.basis.start, due),), (), due, timer.provisional)
    return worktime.derive(timer.basis.start, Amount.parse(length))


def recomputed(timer: Timer, *, rules: Rules, now: datetime, worktime: WorkTime | None = None) -> Timer | None:
    """Return the clock after a year's calendar was loaded, or None if nothing changes; `rules` hold the calendar.

    Both directions; what moves earlier is never put before `now` plus one working day. A miss that rested on
    a provisional year gives a running clock again, or a met one if the thing was done by the new moment; it stands
    if the thing was done later, or if the new moment is not later.
    Source: A-48.
    """
    assert timer.due is not None
    worktime = worktime or worktime_of(timer.name, timer.unit, rules)
    fresh = explain(timer, rules, worktime=worktime)
    due = fresh.due
    if timer.status == "missed":
        if not timer.provisional:
            return None
        if due <= timer.due:
            return replace(timer, provisional=fresh.provisional)
        moved = _at(timer, due, fresh.provisional)
        if timer.done_at is None:
            return replace(moved, status="running")
        return replace(moved, status="met", done_at=None) if timer.done_at <= due else moved
    if timer.status not in ("running", "paused"):
        return replace(timer, provisional=False) if timer.provisional else None
    if due < timer.due:
        due = min(timer.due, max(due, worktime.due(now, Amount(1, "WD")).moment))
    if due == timer.due and fresh.provisional == timer.provisional:
        return None
    return _at(timer, due, fresh.provisional)


def _at(timer: Timer, due: datetime, provisional: bool) -> Timer:
    """Return the clock with another due moment; an extended one keeps the original that it is capped by."""
    original = due if timer.original_due == timer.due else timer.original_due
    return replace(timer, due=due, provisional=provisional, original_due=original)
