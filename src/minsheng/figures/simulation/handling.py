"""What units do with a month's orders: dispatch, limits, replies, closing, callbacks; rates and means come out exactly.

Shares are kept by cumulative rounding over the months: after each month the count so far is what the share gives, so
the year ends on the figure. How far that has come is a `Running`, stored with every month.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minsheng.figures.simulation.appeals import MARKS, Month
from minsheng.figures.simulation.clockwork import DAY, Moments, seconds_of
from minsheng.figures.simulation.columns import Flags
from minsheng.figures.simulation.plan import Plan

_MILLI = 1000
_LEAST_MILLIDAYS = 15
_ROUNDS = 60
_EXTENDED = 0.09


@dataclass(slots=True)
class Running:
    """What has been counted since the year began, and what was given out for it."""

    due: int = 0
    late: int = 0
    due_110: int = 0
    late_110: int = 0
    eligible: int = 0
    asked: int = 0
    rated: int = 0
    satisfied: int = 0
    rated_110: int = 0
    satisfied_110: int = 0
    told: int = 0
    solved: int = 0
    consult: int = 0
    consult_sum: int = 0
    other: int = 0
    other_sum: int = 0
    excluded: int = 0

    def plain(self) -> dict[str, int]:
        """Return the counts as plain values."""
        return asdict(self)


@dataclass(slots=True)
class Work:
    """What became of the month's orders of units; arrays over `rows`, the places in the month."""

    rows: NDArray[np.int64]
    dispatched: Moments
    signed: Moments
    due: Moments
    completed: Moments
    audited: Moments
    closed: Moments
    millidays: NDArray[np.int64]
    open: Flags
    timely: Flags
    undecided: Flags  # neither in time nor late yet
    excluded: Flags
    extended: Flags
    returned: Flags
    asked: Flags
    rated: Flags
    satisfied: Flags
    told: Flags
    solved: Flags
    by_self: Flags


def work_of(plan: Plan, made: Month, year: int, month: int, running: Running) -> Work:
    """Return what units did with a month's orders, and let `running` follow."""
    chance = plan.chance(year, month, "handling")
    goal = plan.years[year].targets.handling
    end = seconds_of(date(year + 1, 1, 1))
    rows = np.flatnonzero(made.for_units)
    count = len(rows)
    consult = made.consult[rows]
    from_110 = made.mark[rows] == MARKS.index("from_110")
    dispatched = np.minimum(made.registered[rows] + chance.integers(120, 2400, count), end - 4 * 3600)
    dispatched = np.maximum(dispatched, made.registered[rows])
    limit = np.where(consult, plan.limits["consult"], plan.limits["other"])
    extended = chance.random(count) < np.where(consult, 0.0, _EXTENDED)
    due = plan.office.due(dispatched, limit + np.where(extended, limit, 0))
    ordinary_due = plan.office.due(dispatched, limit)
    open_ = _open(plan, year, month, due, goal.open, end)
    excluded = _some(~open_, _share(goal.excluded, month) - running.excluded, chance)
    running.excluded += int(excluded.sum())
    late = _late(due, end, open_ | excluded, from_110, goal, running, chance)
    millidays, completed = _durations(
        plan, chance, dispatched, due, ordinary_due, late, consult, open_ | excluded, running,
        end=end, means=(goal.consult_millidays, goal.other_millidays), last=month == 12,
    )  # fmt: skip
    audited = np.minimum(completed + chance.integers(600, 6 * 3600, count), end - 60)
    asked_at = audited
    closed = np.minimum(asked_at + chance.integers(1800, 2 * DAY, count), end - 1)
    nothing = np.zeros(count, dtype=bool)
    work = Work(
        rows, dispatched, dispatched + np.minimum(chance.integers(300, 3 * 3600, count), completed - dispatched),
        due, completed, audited, closed, millidays, open_, ~late, open_ & (due >= end), excluded, extended,
        chance.random(count) < 0.034, nothing, nothing.copy(), nothing.copy(), nothing.copy(), nothing.copy(),
        chance.random(count) < 0.62,
    )  # fmt: skip
    _ask(work, plan, year, from_110, running, chance)
    return work


def _share(whole: int, month: int) -> int:
    return whole * month // 12


def _open(plan: Plan, year: int, month: int, due: Moments, wanted: int, end: int) -> Flags:
    """Return which orders are not answered when the year ends: the latest ones whose limit hasn't run out."""
    found = np.zeros(len(due), dtype=bool)
    if month == 12 and wanted:
        # A tiny scale may have fewer that run over the end of the year.
        found[np.flatnonzero(due >= end)[-wanted:]] = True
    return found


def _some(among: Flags, wanted: int, chance: np.random.Generator) -> Flags:
    """Return a choice of `wanted` of those that may be chosen."""
    found = np.zeros(len(among), dtype=bool)
    places = np.flatnonzero(among)
    found[chance.choice(places, min(max(wanted, 0), len(places)), replace=False)] = True
    return found


def _late(
    due: Moments, end: int, aside: Flags, from_110: Flags, goal: Any, running: Running, chance: np.random.Generator
) -> Flags:
    """Return which orders miss their limit, so that the share of those due in the year is right so far."""
    in_year = (due < end) & ~aside
    running.due += int(in_year.sum())
    running.due_110 += int((in_year & from_110).sum())
    # Late answers must still come within the year.
    able = in_year & (due < end - 3 * DAY)
    wanted_110 = round(running.due_110 * (1 - goal.from_110_timely)) - running.late_110
    late = _some(able & from_110, wanted_110, chance)
    running.late_110 += int(late.sum())
    wanted = round(running.due * (1 - goal.timely)) - running.late - int(late.sum())
    late |= _some(able & ~from_110, wanted, chance)
    running.late += int(late.sum())
    return late


def _durations(
    plan: Plan, chance: np.random.Generator, dispatched: Moments, due: Moments, ordinary_due: Moments, late: Flags,
    consult: Flags, aside: Flags, running: Running, *, end: int, means: tuple[int, int], last: bool,
) -> tuple[NDArray[np.int64], Moments]:  # fmt: skip
    """Return working time from dispatch to reply in thousandths of a day, and the moment of the reply."""
    office, unit = plan.office, plan.day_seconds
    began = office.to_work(dispatched)
    room = ((office.to_work(due) - began) * _MILLI) // unit
    ordinary = ((office.to_work(ordinary_due) - began) * _MILLI) // unit
    # Nothing is answered after the year: what is not open then was answered a little before its end.
    ceiling = np.maximum(((office.to_work(np.full(1, end - 1)) - began) * _MILLI) // unit - 150, 0)
    mean = np.where(consult, means[0], means[1])
    drawn = chance.gamma(np.where(consult, 1.7, 5.5)) * mean / np.where(consult, 1.7, 5.5)
    extended = ordinary < room
    drawn = np.where(extended, ordinary + chance.random(len(drawn)) * (room - ordinary), drawn)
    drawn = np.where(late, room + 20 + chance.random(len(drawn)) * 2500, drawn)
    top = np.where(late, ceiling, np.minimum(room, ceiling))
    bottom = np.where(late, np.minimum(room + 20, ceiling), np.minimum(_LEAST_MILLIDAYS, top))
    found = np.clip(drawn.astype(np.int64), bottom, top)
    movable = ~late & ~extended & ~aside
    for place, own, average in (("consult", consult, means[0]), ("other", ~consult, means[1])):
        counted = own & ~aside
        before, before_sum = getattr(running, place), getattr(running, f"{place}_sum")
        wave = 1.0 if last else 1.0 + 0.03 * np.sin(before / 90_000.0)
        wanted = round(average * (before + int(counted.sum())) * wave) - before_sum
        _adjust(found, counted, own & movable, bottom, top, wanted)
        setattr(running, place, before + int(counted.sum()))
        setattr(running, f"{place}_sum", before_sum + int(found[counted].sum()))
    completed = office.from_work(began + (found * unit) // _MILLI)
    return found, np.maximum(np.minimum(completed, end - 120), dispatched)


def _adjust(
    found: NDArray[np.int64], counted: Flags, movable: Flags, bottom: NDArray[np.int64], top: NDArray[np.int64],
    wanted: int,
) -> None:  # fmt: skip
    """Move durations within their bounds until those that count add up to `wanted`, as far as they can."""
    for _ in range(_ROUNDS):
        rest = wanted - int(found[counted].sum())
        if rest == 0:
            return
        room = np.flatnonzero(movable & ((found < top) if rest > 0 else (found > bottom)))
        if not len(room):
            return
        step = max(abs(rest) // len(room), 1)
        room = room[: min(len(room), abs(rest) // step)]
        moved = found[room] + (step if rest > 0 else -step)
        found[room] = np.clip(moved, bottom[room], top[room])


def _ask(work: Work, plan: Plan, year: int, from_110: Flags, running: Running, chance: np.random.Generator) -> None:
    """Choose who is asked, who rates, and how, so that every share is right so far."""
    own = plan.years[year].targets
    goal = own.handling
    for_units = sum(int(n) for atom, n in zip(own.atoms, own.counts, strict=True) if atom.disposal == "unit")
    eligible = ~work.open & ~work.excluded
    whole = for_units - goal.open - goal.excluded
    running.eligible += int(eligible.sum())
    wanted = min(goal.asked, whole) * running.eligible // max(whole, 1) - running.asked
    # Nobody reached takes three attempts on two days: what was audited in the year's last days was reached.
    soon = eligible & (work.audited >= seconds_of(date(year + 1, 1, 1)) - 3 * DAY)
    work.asked = soon | _some(eligible & ~soon, wanted - int(soon.sum()), chance)
    unreached = eligible & ~work.asked
    work.closed[unreached] = work.audited[unreached] + DAY + chance.integers(3600, DAY, int(unreached.sum()))
    running.asked += int(work.asked.sum())
    rated = goal.rated * running.asked // max(min(goal.asked, whole), 1) - running.rated
    work.rated = _some(work.asked, rated, chance)
    running.rated += int(work.rated.sum())
    _judge(work, from_110, goal, running, chance)
    work.told = _some(work.rated, round(running.rated * goal.told) - running.told, chance)
    running.told += int(work.told.sum())
    work.solved = _some(work.told, round(running.told * goal.solved) - running.solved, chance)
    running.solved += int(work.solved.sum())


def _judge(work: Work, from_110: Flags, goal: Any, running: Running, chance: np.random.Generator) -> None:
    police = work.rated & from_110
    running.rated_110 += int(police.sum())
    pleased = _some(police, round(running.rated_110 * goal.from_110_satisfied) - running.satisfied_110, chance)
    running.satisfied_110 += int(pleased.sum())
    wanted = round(running.rated * goal.satisfied) - running.satisfied - int(pleased.sum())
    work.satisfied = pleased | _some(work.rated & ~from_110, wanted, chance)
    running.satisfied += int(work.satisfied.sum())
