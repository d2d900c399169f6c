"""What the simulator planted, counted from its own arrays as it makes them, and never from the lake."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np
from numpy.typing import NDArray

from minsheng.figures.simulation.appeals import MARKS, Month
from minsheng.figures.simulation.beside import Called, Delivered, Threads
from minsheng.figures.simulation.clockwork import seconds_of
from minsheng.figures.simulation.handling import Work
from minsheng.figures.simulation.plan import Plan
from minsheng.figures.simulation.targets import DISPOSALS, SOURCES

_FROM_110, _TO_110 = MARKS.index("from_110"), MARKS.index("to_110")
_KINDS = ("other", "consult")
_APPELLANTS = ("citizen", "enterprise")


def of_appeals(plan: Plan, made: Month) -> Counter[str]:
    """Count a month's appeals in every way that a table asks for. Keys are words joined by `|`, the year first."""
    found: Counter[str] = Counter()
    year = made.year
    for who in (0, 1):
        mine = (made.enterprise == bool(who)) & (made.mark != _TO_110)
        for place, name in enumerate(SOURCES):
            found[f"{year}|source|{_APPELLANTS[who]}|{name}"] += _n(mine & (made.source == place))
        for place, name in enumerate(DISPOSALS):
            found[f"{year}|disposal|{_APPELLANTS[who]}|{name}"] += _n(mine & (made.disposal == place))
    for place, mark in enumerate(MARKS[1:], 1):
        marked = made.mark == place
        found[f"{year}|mark|{mark}"] += _n(marked)
        if mark == "talent":
            for number, name in enumerate(SOURCES):
                found[f"{year}|talent|{name}"] += _n(marked & (made.source == number))
            for number, name in enumerate(DISPOSALS):
                found[f"{year}|talent|{name}"] += _n(marked & (made.disposal == number))
    for consult in (0, 1):
        of_kind = made.category[(made.consult == bool(consult)) & (made.category >= 0)]
        counts = np.bincount(of_kind, minlength=len(plan.years[year].targets.classes))
        for name, count in zip(plan.years[year].targets.classes, counts, strict=True):
            found[f"{year}|class|{_KINDS[consult]}|{name}"] += int(count)
    for place, count in enumerate(np.bincount(made.unit[made.for_units], minlength=len(plan.units.names))):
        if count:
            found[f"{year}|unit|{plan.units.names[place]}"] += int(count)
    for number, topic in enumerate(plan.release.assumed["topics"]):
        found[f"{year}|topic|{topic['name']}"] += _n(made.topic == number)
    return found


def of_work(plan: Plan, made: Month, work: Work) -> Counter[str]:
    """Count what units did with a month's orders."""
    found: Counter[str] = Counter()
    year, end = made.year, seconds_of(date(made.year + 1, 1, 1))
    consult = made.consult[work.rows]
    from_110 = made.mark[work.rows] == _FROM_110
    for kind in (0, 1):
        mine = consult == bool(kind)
        done = mine & ~work.open & ~work.excluded & (work.completed < end)
        name = _KINDS[kind]
        found[f"{year}|department|{name}"] += _n(mine)
        found[f"{year}|counted|{name}"] += _n(mine & ~work.excluded)
        found[f"{year}|answered|{name}"] += _n(done)
        found[f"{year}|millidays|{name}"] += int(work.millidays[done].sum())
    found[f"{year}|excluded"] += _n(work.excluded)
    found[f"{year}|closed"] += _n(~work.open & ~work.excluded & (work.closed < end))
    for due_year, in_year in ((year, work.due < end), (year + 1, work.due >= end)):
        judged = in_year & ~work.excluded & ~work.undecided
        for who, rows in (("110", from_110), ("other", ~from_110)):
            found[f"{due_year}|due|{who}"] += _n(judged & rows)
            found[f"{due_year}|timely|{who}"] += _n(judged & rows & work.timely)
    for asked_year, in_year in ((year, work.audited < end), (year + 1, work.audited >= end)):
        asked = work.asked & in_year
        for who, rows in (("110", from_110), ("other", ~from_110)):
            for name, flags in (
                ("asked", asked),
                ("rated", work.rated),
                ("satisfied", work.satisfied),
                ("told", work.told),
                ("solved", work.solved),
            ):
                found[f"{asked_year}|{name}|{who}"] += _n(asked & rows & flags)
    return found


def of_calls(year: int, made: dict[str, Called]) -> Counter[str]:
    """Count a month's calls."""
    found: Counter[str] = Counter()
    for direction, called in made.items():
        answered = called.answered
        own = f"{year}|calls|{direction}"
        found[f"{own}|asked"] += len(answered)
        found[f"{own}|answered"] += _n(answered)
        found[f"{own}|prompt"] += _n(answered & (called.wait <= 30))
        found[f"{own}|wait"] += int(called.wait[answered].sum())
        found[f"{own}|talk"] += int(called.talk[answered].sum())
        found[f"{own}|long"] += _n(answered & (called.talk > 600))
        found[f"{own}|rated"] += _n(called.rated)
        found[f"{own}|satisfied"] += _n(called.satisfied)
    return found


def of_beside(year: int, threads: Threads, delivered: Delivered | None, cars: int) -> Counter[str]:
    """Count a month's threads, deliveries and cars."""
    found: Counter[str] = Counter()
    found[f"{year}|threads|handled"] += _n(threads.handled)
    found[f"{year}|threads|views"] += int(threads.views.sum())
    found[f"{year}|cars"] += cars
    if delivered is not None:
        for line, count in delivered.lines.items():
            found[f"{year}|line|{line}"] += count
        found[f"{year}|distinct"] += delivered.distinct
    return found


def of_uses(year: int, uses: dict[str, int]) -> Counter[str]:
    """Count how often the knowledge base was read in a month."""
    return Counter({f"{year}|uses|{kind}": count for kind, count in uses.items()})


def _n(flags: NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(flags))
