"""One month's appeals: who, how, about what, where, and for which unit. What units do is in `handling`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minsheng.figures.simulation.clockwork import DAY, Moments, seconds_of
from minsheng.figures.simulation.columns import Flags
from minsheng.figures.simulation.plan import Plan, YearPlan

Codes = NDArray[np.int64]

CHANNELS = ("phone", "web", "app", "forum", "linked")
_ONLINE = (1, 2)
_ONLINE_SHARES = (0.31, 0.69)
TYPES = ("consult", "help", "suggest", "complaint", "report")
_OTHER_TYPES = (1, 2, 3, 4)
_OTHER_SHARES = (0.46, 0.07, 0.38, 0.09)
MARKS = ("", "move_car", "talent", "from_110", "to_110")


@dataclass(slots=True)
class Month:
    """The columns of one month's appeals as arrays of the same length; codes are places in the tuples above."""

    year: int
    first: int  # the running number of the first
    registered: Moments
    atom: Codes
    enterprise: Flags
    source: Codes
    disposal: Codes
    consult: Flags
    mark: Codes
    channel: Codes
    type: Codes
    category: Codes  # place among the classes, -1 for unclassified
    district: Codes  # -1 for the city as a whole
    unit: Codes  # -1 for none
    topic: Codes  # -1 for none

    def __len__(self) -> int:
        return len(self.registered)

    @property
    def for_units(self) -> Flags:
        """Whether a unit handles it."""
        return self.unit >= 0


def month_of(plan: Plan, year: int, month: int) -> Month:
    """Return a month's appeals. `month` counts from one."""
    own = plan.years[year]
    chance = plan.chance(year, month, "appeals")
    hand = own.atoms[month - 1]
    count = int(hand.sum())
    atom = np.repeat(np.arange(len(hand)), hand)
    chance.shuffle(atom)
    table = _table(own)
    made = Month(
        year=year,
        first=int(own.atoms[: month - 1].sum()),
        registered=own.shape.moments(month, count, chance),
        atom=atom,
        enterprise=table["enterprise"][atom].astype(bool),
        source=table["source"][atom],
        disposal=table["disposal"][atom],
        consult=table["consult"][atom].astype(bool),
        mark=table["mark"][atom],
        channel=np.zeros(count, dtype=np.int64),
        type=np.zeros(count, dtype=np.int64),
        category=np.full(count, -1, dtype=np.int64),
        district=np.full(count, -1, dtype=np.int64),
        unit=np.full(count, -1, dtype=np.int64),
        topic=np.full(count, -1, dtype=np.int64),
    )
    _give_channels(made, int(own.forum[month - 1]), chance)
    made.type[~made.consult] = chance.choice(_OTHER_TYPES, int((~made.consult).sum()), p=_OTHER_SHARES)
    made.type[made.mark == MARKS.index("move_car")] = TYPES.index("help")
    move_car = made.mark == MARKS.index("move_car")
    _deal(made.category, made.consult, own.consult_classes[month - 1], chance)
    unclassified = move_car | (made.mark == MARKS.index("to_110"))
    _deal(made.category, ~made.consult & ~unclassified, own.other_classes[month - 1], chance)
    units = made.disposal == 2
    _deal(made.unit, units, own.units[month - 1], chance, last=False)
    _deal(made.district, ~units, own.districts[month - 1], chance)
    made.district[units] = plan.units.districts[made.unit[units]]
    if year == plan.release.year:
        _plant_topics(made, plan, own, month, chance)
    return made


def _table(own: YearPlan) -> dict[str, Codes]:
    atoms = own.targets.atoms
    sources, disposals = ("phone", "online", "transfer"), ("seat", "specialist", "unit")
    return {
        "enterprise": np.array([int(atom.enterprise) for atom in atoms]),
        "source": np.array([sources.index(atom.source) for atom in atoms]),
        "disposal": np.array([disposals.index(atom.disposal) for atom in atoms]),
        "consult": np.array([int(atom.consult) for atom in atoms]),
        "mark": np.array([MARKS.index(atom.mark) for atom in atoms]),
    }


def _deal(column: Codes, where: Flags, hand: Codes, chance: np.random.Generator, *, last: bool = True) -> None:
    """Give the chosen rows the hand's cards; with `last` the last kind of card means none."""
    cards = np.repeat(np.arange(len(hand)), hand)
    if last:
        cards[cards == len(hand) - 1] = -1
    chance.shuffle(cards)
    column[where] = cards


def _give_channels(made: Month, forum: int, chance: np.random.Generator) -> None:
    online = np.flatnonzero(made.source == 1)
    made.channel[online] = chance.choice(_ONLINE, len(online), p=_ONLINE_SHARES)
    plain = online[(made.mark[online] == 0) & ~made.enterprise[online]]
    made.channel[chance.choice(plain, min(forum, len(plain)), replace=False)] = CHANNELS.index("forum")
    made.channel[made.source == 2] = CHANNELS.index("linked")


def _plant_topics(made: Month, plan: Plan, own: YearPlan, month: int, chance: np.random.Generator) -> None:
    """Make hot topics: of the month's appeals of a class, some come within the topic's days and from its district.

    Districts are exchanged with other appeals of the month, so that no count changes.
    """
    year = own.targets.year
    for number, topic in enumerate(plan.release.assumed["topics"]):
        days = [day for day in _days(topic) if (day.year, day.month) == (year, month)]
        if not days:
            continue
        wanted = round(int(topic["appeals"]) * plan.scale * len(days) / len(_days(topic)))
        of_class = made.category == own.targets.classes.index(topic["class"])
        rows = np.flatnonzero(of_class & ~made.for_units & (made.topic < 0))
        chosen = chance.choice(rows, min(wanted, len(rows)), replace=False)
        made.topic[chosen] = number
        _exchange(made, chosen, own.targets.districts.index(topic["district"]), chance)
        start = seconds_of(days[0])
        made.registered[chosen] = start + chance.integers(0, len(days) * DAY, len(chosen))
    order = np.argsort(made.registered, kind="stable")
    for name in Month.__slots__:
        if name not in ("year", "first"):
            setattr(made, name, getattr(made, name)[order])


def _exchange(made: Month, chosen: Codes, district: int, chance: np.random.Generator) -> None:
    outside = chosen[made.district[chosen] != district]
    others = np.flatnonzero((made.district == district) & ~made.for_units & (made.topic < 0))
    count = min(len(outside), len(others))
    ours, theirs = outside[:count], chance.choice(others, count, replace=False)
    made.district[theirs] = made.district[ours]
    made.district[ours] = district


def _days(topic: dict[str, Any]) -> list[date]:
    since, until = topic["since"], topic["until"]
    return [since + timedelta(days=number) for number in range((until - since).days + 1)]
