"""Regions as a tree with codes (GB/T 2260, and GB/T 10114 below the county), and the region that a place is in.

A code has six digits down to the county, nine for a town, twelve for a village; of six digits, pairs of noughts at the
end say a city (`320500`) or a province (`320000`). The state's list for statistics fills every code up to twelve with
noughts (`320508001000`); ours is the shortest that says the same (`320508001`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

LEVELS = ("province", "city", "county", "town", "village")
_LENGTHS = {2: "province", 4: "city", 6: "county", 9: "town", 12: "village"}
_CODE = re.compile(r"\d{6}(?:\d{3}(?:\d{3})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Region:
    """A region: its code and name, the code of the one above, empty for the top, and from when it is no more."""

    code: str
    name: str
    parent: str = ""
    ended_on: date | None = None


def is_code(text: str) -> bool:
    """Tell whether a text is a code of a region."""
    return bool(_CODE.fullmatch(text)) and not text.startswith("00")


def shortest(code: str) -> str:
    """Return a code without the groups of noughts that fill it up to a village's length."""
    while len(code) > 6 and code.endswith("000"):
        code = code[:-3]
    return code


def level(code: str) -> str:
    """Return what a code is of: province, city, county, town or village."""
    return _LENGTHS[len(_stem(code))]


def is_below(code: str, other: str) -> bool:
    """Tell whether a code's region lies within another's."""
    stem, above = _stem(code), _stem(other)
    return len(stem) > len(above) and stem.startswith(above)


def nearest_above(code: str, known: Iterable[str]) -> str:
    """Return the code of the smallest known region that a code's lies within, or an empty text."""
    return max((other for other in known if is_below(code, other)), key=lambda other: len(_stem(other)), default="")


@dataclass(frozen=True, slots=True)
class Tree:
    """The regions of a city by code."""

    by_code: Mapping[str, Region] = field(default_factory=dict)

    @classmethod
    def of(cls, regions: Iterable[Region]) -> Tree:
        """Return the tree of these regions."""
        return cls({region.code: region for region in regions})

    def chain(self, code: str) -> list[Region]:
        """Return a region and those above it, from itself up; nothing for an unknown one."""
        found = []
        while (region := self.by_code.get(code)) is not None:
            found.append(region)
            code = region.parent
        return found

    def at_level(self, code: str, wanted: str) -> Region | None:
        """Return the region of a level that a region is or lies within, or None."""
        return next((each for each in self.chain(code) if level(each.code) == wanted), None)

    def common(self, codes: Iterable[str]) -> Region | None:
        """Return the smallest region that all of these are or lie within, or None."""
        chains = [self.chain(code) for code in codes]
        if not chains:
            return None
        return next((each for each in chains[0] if all(each in chain for chain in chains[1:])), None)

    def place(self, text: str) -> Region | None:
        """Return the smallest region that a place's words name for certain, or None.

        Of regions with one name the one counts whose upper regions are named too; where that leaves several, what they
        have in common is certain and no more.
        """
        named = [region for region in self.by_code.values() if region.name in text]
        scored = [(sum(each in named for each in self.chain(region.code)), region) for region in self._smallest(named)]
        best = max((score for score, _ in scored), default=0)
        return self.common(region.code for score, region in scored if score == best)

    def _smallest(self, named: list[Region]) -> Iterator[Region]:
        """Give the named regions that have no named one below them, and whose name is no part of another's."""
        for region in named:
            longer = any(region.name != other.name and region.name in other.name for other in named)
            if not longer and not any(is_below(other.code, region.code) for other in named):
                yield region


def _stem(code: str) -> str:
    code = shortest(code)
    if len(code) > 6:
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code
