"""How a simulated year falls into months: every deck is dealt out month by month, so that the year comes out exactly.

The whole plan is made at once from the seed, in little time; after that months can be made one by one, and a killed
run goes on with the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minsheng.domain.packs import Rules
from minsheng.domain.worktime import WorkTime
from minsheng.figures.lake.yearbook import Published
from minsheng.figures.simulation.clockwork import OfficeTime, Year
from minsheng.figures.simulation.targets import Counts, YearTargets, shared, targets

_MONTHS = 12
_FORUM = ("forum",)


@dataclass(frozen=True, slots=True)
class Units:
    """The units: names, kinds and districts (-1: of the city itself), the release's first five first."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]
    districts: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class YearPlan:
    """A year, dealt out: row by month (from zero)."""

    targets: YearTargets
    shape: Year
    atoms: Counts  # (12, atoms)
    consult_classes: Counts  # (12, classes + 1), the last for what nobody classified
    other_classes: Counts
    districts: Counts  # (12, districts + 1), of what is not for units; the last for the city as a whole
    units: Counts  # (12, units)
    forum: Counts  # handled threads that are appeals
    calls: Mapping[str, Counts]


@dataclass(frozen=True, slots=True)
class Plan:
    """Both years, and what they share."""

    release: Published
    city: str
    scale: float
    seed: int
    office: OfficeTime
    units: Units
    years: Mapping[int, YearPlan]
    limits: Mapping[str, int]  # working days of the pack
    day_seconds: int

    def chance(self, year: int, month: int, what: str) -> np.random.Generator:
        """Return the randomness of one month's one thing: the same whenever it is made."""
        words = [self.seed, year, month, *what.encode()]
        return np.random.default_rng(np.random.SeedSequence(words))


def plan(release: Published, worktime: WorkTime, *, city: str, scale: float, seed: int) -> Plan:
    """Return the plan of a release's year and the one before it."""
    chance = np.random.default_rng(np.random.SeedSequence([seed, release.year]))
    units = _units(release, chance)
    shares = _unit_shares(len(units.names), chance)
    office = OfficeTime.of(worktime, date(release.year - 1, 1, 1), date(release.year + 1, 3, 31))
    years = {
        year: _year(release, worktime, units, shares, chance, year=year, scale=scale)
        for year in (release.year - 1, release.year)
    }
    limits = {name: int(days) for name, days in release.assumed["limits"].items()}
    day = int(worktime.office_hours.length_on(date(release.year, 6, 1)).total_seconds())
    return Plan(release, city, scale, seed, office, units, years, limits, day)


def limits_of(rules: Rules) -> dict[str, int]:
    """Return a pack's handling limits in working days."""
    return {"consult": _days(rules.handle_limit_consult), "other": _days(rules.handle_limit_other)}


def _days(amount: Any) -> int:
    return int(amount.count) if amount is not None else 7


def _year(
    release: Published, worktime: WorkTime, units: Units, shares: NDArray[np.float64], chance: np.random.Generator,
    *, year: int, scale: float,
) -> YearPlan:  # fmt: skip
    goal = targets(release, year, scale=scale, unit_shares=shares)
    shape = Year.of(year, worktime)
    months = shape.months()
    atoms = deal(goal.counts, shared(int(goal.counts.sum()), months), chance)

    def rows(wanted: Any) -> Counts:
        chosen = [place for place, atom in enumerate(goal.atoms) if wanted(atom)]
        return np.asarray(atoms[:, chosen].sum(axis=1), dtype=np.int64)

    consult = rows(lambda atom: atom.consult)
    other = rows(lambda atom: not atom.consult and atom.mark not in ("move_car", "to_110"))
    for_units = rows(lambda atom: atom.disposal == "unit")
    online = rows(lambda atom: atom.source == "online" and not atom.mark and not atom.enterprise)
    unit_months = deal(goal.unit_counts, for_units, chance)
    own = np.zeros(len(goal.districts) + 1, dtype=np.int64)
    np.add.at(own, units.districts, goal.unit_counts)
    elsewhere = int(goal.counts.sum() - for_units.sum())
    beside = np.maximum(goal.district_counts - own[:-1], 0)
    beside = np.append(beside, max(elsewhere - int(beside.sum()), 0))
    forum = round(goal.threads * float(release.assumed["forum_in_online"]))
    return YearPlan(
        goal,
        shape,
        atoms,
        deal(_with_rest(goal.class_counts[0], int(consult.sum())), consult, chance),
        deal(_with_rest(goal.class_counts[1], int(other.sum())), other, chance),
        deal(_fitted(beside, elsewhere), rows(lambda atom: atom.disposal != "unit"), chance),
        unit_months,
        np.minimum(shared(forum, months), online),
        {name: shared(calls.asked, months) for name, calls in goal.calls.items()},
    )


def deal(deck: Counts, sizes: Counts, chance: np.random.Generator) -> Counts:
    """Deal a deck of so many cards of each kind into hands of the given sizes, at random and without remainder."""
    if int(deck.sum()) != int(sizes.sum()):
        raise ValueError("a deck and its hands differ")
    left = deck.copy()
    hands = np.zeros((len(sizes), len(deck)), dtype=np.int64)
    for number, size in enumerate(sizes):
        if size:
            hands[number] = chance.multivariate_hypergeometric(left, int(size), method="marginals")
            left -= hands[number]
    return hands


def _with_rest(counts: Counts, whole: int) -> Counts:
    return np.append(counts, whole - int(counts.sum()))


def _fitted(counts: Counts, whole: int) -> Counts:
    return counts if int(counts.sum()) == whole else shared(whole, counts.astype(np.float64))


def _units(release: Published, chance: np.random.Generator) -> Units:
    """Return 871 units as the release counts them: by kind, of the city or of a district."""
    members = release.tables["E-14"]["市本级平台"]
    city = [int(members[name]) for name in ("政府部门", "党群组织", "国有企事业")]
    county = [int(number) for number in release.assumed["county_units"]]
    districts = list(release.assumed["districts"])
    kinds = ("government", "party", "enterprise")
    words = {"government": "部门", "party": "党群单位", "enterprise": "公共服务企业"}
    slots: list[tuple[str, int]] = [("platform", place) for place in range(len(districts))]
    for kind, own, below in zip(kinds, city, county, strict=True):
        slots += [(kind, -1)] * own
        slots += [(kind, number % len(districts)) for number in range(below)]
    names = [
        f"{districts[place]}12345平台" if kind == "platform"
        else f"{districts[place] if place >= 0 else '苏州市'}{words[kind]}{number:03d}"
        for number, (kind, place) in enumerate(slots)
    ]  # fmt: skip
    found = list(zip(names, [kind for kind, _ in slots], [place for _, place in slots], strict=True))
    for place, name in enumerate(release.tables["E-10"]):
        district = next((number for number, each in enumerate(districts) if name.startswith(each)), -1)
        taken = next(n for n in range(place, len(found)) if found[n][1] == "government" and found[n][2] == district)
        found.insert(place, (name, "government", district))
        del found[taken + 1]
    return Units(
        tuple(name for name, _, _ in found),
        tuple(kind for _, kind, _ in found),
        np.array([district for _, _, district in found], dtype=np.int64),
    )


def _unit_shares(count: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Return how much each unit has: a few have much, most have little, a town may have three orders a year."""
    shares = np.exp(chance.normal(0.0, 1.35, count))
    capped: NDArray[np.float64] = np.minimum(shares, 7 * shares.mean())
    return capped
