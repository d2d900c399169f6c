"""Assessing units: criteria with weights, rates that are fair to small units, ranks, and why each is what it is.

A small unit's rate is drawn towards the city's, the more the fewer cases it has: `(good + m × city's rate) / (of + m)`,
where m (`steadiness`) is how many cases it takes until a unit speaks half for itself. So three orders make nobody first
or last; and whoever has fewer than `least` orders is scored but not ranked.
A criterion without weight is counted and enters no score: a city sees what it would say before it gives it one.
Source: SZ-34b, SZ-36, SZ-37, JY-14b, JY-31, SQ-15, SQ-16; the formula is ours, the documents give none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

# What units can be judged by; a pack gives each its weight, none is 0.
CRITERIA: Final = (
    "timely", "at_once", "satisfied", "solved", "late_signs", "returns", "supervision", "violations", "measures",
    "mystery_call", "third_party", "training", "knowledge",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is judged. `weight`: its share of a hundred points, 0 for what is only shown. `is_imported`: a score 0–100
    that somebody else gives.

    `wanted`: `high` when much is good (satisfied), `low` when little is (sent back by the audit).
    """

    code: str
    label: str
    weight: int
    is_imported: bool = False
    wanted: str = "high"


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of a unit's cases meet a criterion, of how many that count; exclusions are out already."""

    good: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.good <= self.of:
            raise ValueError(f"{self.good} of {self.of}")


@dataclass(frozen=True, slots=True)
class Scheme:
    """How a city assesses. `steadiness`: m above. `least`: orders from which on a unit is ranked."""

    criteria: tuple[Criterion, ...]
    steadiness: int = 30
    least: int = 10

    def __post_init__(self) -> None:
        if sum(each.weight for each in self.criteria) != 100 or any(each.weight < 0 for each in self.criteria):
            raise ValueError("no weight may be negative, and they must sum up to 100")

    def weighed(self, weights: Mapping[str, int]) -> Scheme:
        """Return the scheme with other weights; what they leave out has none. Without any it stays as it is."""
        if not weights:
            return self
        return replace(self, criteria=tuple(replace(each, weight=weights.get(each.code, 0)) for each in self.criteria))


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of one unit: what was counted, its own rate, the steadied one, and the points of them.

    Rates are 0–1; None where nothing was counted or given.
    """

    criterion: Criterion
    good: int
    of: int
    rate: Fraction | None
    steadied: Fraction | None
    points: Fraction | None


@dataclass(frozen=True, slots=True)
class Score:
    """A unit's result. `points` of 100, over the criteria that could be judged; `missing`: those that could not.

    `lines` has the criteria without weight as well.
    """

    unit: str
    orders: int
    lines: tuple[Line, ...]
    points: Fraction | None
    rank: int | None
    missing: tuple[str, ...]


def assess(
    scheme: Scheme,
    *,
    orders: Mapping[str, int],
    tallies: Mapping[str, Mapping[str, Tally]],
    imported: Mapping[str, Mapping[str, Fraction]],
) -> list[Score]:
    """Return every unit's score, the best first, those without a rank last, by name.

    `orders`: orders of each unit in the period; `tallies`: unit → criterion → counts; `imported`: unit → criterion →
    score of 0 to 100. Every unit of `orders` is in the result once. A criterion without a case weighs nothing for that
    unit, and an imported score that is missing makes the result incomplete (SQ-15).
    """
    city = {each.code: _city_rate(each, tallies) for each in scheme.criteria if not each.is_imported}
    scores = []
    for unit in sorted(orders):
        lines = tuple(
            _imported_line(each, imported.get(unit, {}).get(each.code))
            if each.is_imported
            else _line(each, tallies.get(unit, {}).get(each.code, Tally(0, 0)), city[each.code], scheme.steadiness)
            for each in scheme.criteria
        )
        judged = [line for line in lines if line.points is not None]
        weight = sum(line.criterion.weight for line in judged)
        points = sum((line.points or Fraction(0) for line in judged), Fraction(0)) * 100 / weight if weight else None
        missing = tuple(line.criterion.code for line in lines if _is_lacking(line))
        scores.append(Score(unit, orders[unit], lines, points, None, missing))
    return _ranked(scores, least=scheme.least)


def _is_lacking(line: Line) -> bool:
    return line.criterion.is_imported and line.criterion.weight > 0 and line.points is None


def _city_rate(criterion: Criterion, tallies: Mapping[str, Mapping[str, Tally]]) -> Fraction:
    found = [unit[criterion.code] for unit in tallies.values() if criterion.code in unit]
    of = sum(each.of for each in found)
    return Fraction(sum(each.good for each in found), of) if of else Fraction(0)


def _line(criterion: Criterion, tally: Tally, city: Fraction, steadiness: int) -> Line:
    if tally.of == 0:
        return Line(criterion, 0, 0, None, None, None)
    steadied = (tally.good + steadiness * city) / (tally.of + steadiness)
    share = steadied if criterion.wanted == "high" else 1 - steadied
    return Line(criterion, tally.good, tally.of, Fraction(tally.good, tally.of), steadied, share * criterion.weight)


def _imported_line(criterion: Criterion, score: Fraction | None) -> Line:
    if score is None:
        return Line(criterion, 0, 0, None, None, None)
    return Line(criterion, 0, 0, score / 100, score / 100, score / 100 * criterion.weight)


def _ranked(scores: Sequence[Score], *, least: int) -> list[Score]:
    """Give ranks to the units that have enough orders; equal points share a rank."""
    ranked = [each for each in scores if each.points is not None and each.orders >= least]
    ranked.sort(key=lambda each: (-(each.points or Fraction(0)), each.unit))
    found: list[Score] = []
    for place, each in enumerate(ranked, start=1):
        rank = found[-1].rank if found and found[-1].points == each.points else place
        found.append(Score(each.unit, each.orders, each.lines, each.points, rank, each.missing))
    return [*found, *(each for each in scores if each not in ranked)]
