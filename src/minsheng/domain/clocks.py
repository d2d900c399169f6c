"""Clocks of any life cycle: how one starts, pauses, resumes, is explained, and moves with a calendar's year.

All functions are pure; a changed clock is a new `Timer`, carried by the fact that changed it. Which clocks a life cycle
has, and what missing one means, stands beside its table (`orders/timers.py`, `duties/`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from minsheng.domain.packs import Rules
from minsheng.domain.worktime import Amount, Derivation, WorkTime, length_text

# The hotline works at these; their unit is the one whose request is answered.
ANSWERED_BY_HOTLINE = frozenset(("return_review", "ext_review"))


@dataclass(frozen=True, slots=True)
class Basis:
    """What a due moment rests on: enough to derive it again."""

    start: datetime
    length: str  # an amount, `rest 12600` (seconds), or `until`
    key: str  # the pack's parameter
    clause: str
    pack: str  # pack@version, with overlays


@dataclass(frozen=True, slots=True)
class Timer:
    """A clock of an order as it stands. `unit` is empty for the hotline's own clocks.

    `working`: whether its limit is set in working time. `rest`: seconds left while paused, of the same kind
    of time. `done_at`: when the thing was done although the timer had been missed.
    """

    name: str
    unit: str
    status: str
    due: datetime | None
    basis: Basis
    working: bool
    provisional: bool = False
    original_due: datetime | None = None
    rest: int | None = None
    done_at: datetime | None = None

    @property
    def key(self) -> str:
        """`name@unit`, or the name alone."""
        return f"{self.name}@{self.unit}" if self.unit else self.name


def worktime_of(name: str, unit: str, rules: Rules) -> WorkTime:
    """Return the working time that a clock is counted in: that of the unit which has to act, else the city's."""
    return rules.worktime if name in ANSWERED_BY_HOTLINE else rules.worktime_of(unit)


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


def edition(rules: Rules) -> str:
    """Return pack, version and overlays as every due moment names them."""
    return "+".join((f"{rules.pack}@{rules.version}", *rules.overlays))


def paused(timer: Timer, *, now: datetime, rules: Rules) -> Timer:
    """Return the clock stopped with its rest, in working or clock seconds as its limit was set."""
    return replace(timer, status="paused", rest=_left(timer, now, worktime_of(timer.name, timer.unit, rules)))


def resumed(timer: Timer, *, now: datetime, rules: Rules, least: Amount | None = None) -> Timer:
    """Return the clock running again with its rest, at least `least`."""
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
