"""What the lake counted for a release, gathered once; tables only pick from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from minsheng.domain.periods import Period
from minsheng.figures.lake import queries
from minsheng.figures.lake.engines import Lake

# The questions of the annual release; other reports ask for others.
ANNUAL = (
    "appeals", "referred", "handling", "due", "units", "classes", "callbacks", "calls", "threads", "article_uses",
    "move_car", "deliveries", "delivered", "broadcasts", "questions", "papers", "stocks", "incidents",
)  # fmt: skip
Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Parameters:
    """What a release is made for.

    `as_of`: the report date, not included. `population`: inhabitants, for figures per 100,000. `least`: a rate over
    fewer cases is suppressed. `top`: how many units and classes are listed.
    """

    period: Period
    as_of: datetime
    population: int
    population_note: str = ""
    least: int = 5
    top: int = 5


@dataclass(frozen=True, slots=True)
class Counts:
    """The rows that every query gave, by the query's name; `unfilled`: the datasets that nobody fills."""

    found: Mapping[str, Rows]
    unfilled: frozenset[str] = frozenset()

    def total(self, query: str, field: str = "count", **wanted: Any) -> int:
        """Return the sum of a field over the rows that have the wanted values."""
        return sum(int(row[field] or 0) for row in self.rows(query, **wanted))

    def rows(self, query: str, **wanted: Any) -> Rows:
        """Return the rows that have the wanted values."""
        return [row for row in self.found[query] if all(row[name] == value for name, value in wanted.items())]

    def pair(self, query: str, field: str, over: str, **wanted: Any) -> tuple[int, int]:
        """Return a numerator and a denominator."""
        return self.total(query, field, **wanted), self.total(query, over, **wanted)


def gather(lake: Lake, parameters: Parameters, *, told: Callable[[str], None] = lambda name: None) -> Counts:
    """Put the release's questions to the lake; `told` hears the name of each before it is put."""
    found: dict[str, Rows] = {}
    for name in ANNUAL:
        told(name)
        found[name] = lake.rows(queries.ALL[name](lake, parameters.period, parameters.as_of))
    return Counts(found, lake.unfilled)
