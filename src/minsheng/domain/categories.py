"""What appeals are about: a tree of three levels, found by what one types.

The tree is data (`packs/categories.toml`), read at the edge. A code that is no longer in it stays with old appeals.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Category:
    """A leaf of the tree. `words`: how people call it."""

    code: str
    group: str
    area: str
    name: str
    words: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Return the names from the top down."""
        return f"{self.group} / {self.area} / {self.name}"


@dataclass(frozen=True, slots=True)
class Categories:
    """All leaves by code, in the order of the file."""

    by_code: Mapping[str, Category]

    @classmethod
    def of(cls, leaves: Iterable[Category]) -> Categories:
        """Return the tree of these leaves. Raises: ValueError when two have the same code."""
        found: dict[str, Category] = {}
        for leaf in leaves:
            if leaf.code in found:
                raise ValueError(f"two categories have the code {leaf.code}")
            found[leaf.code] = leaf
        return cls(MappingProxyType(found))

    def path(self, code: str) -> str:
        """Return the names of a code from the top down; the code itself when the tree no longer has it."""
        leaf = self.by_code.get(code)
        return leaf.path if leaf is not None else code

    def chosen(self, *, code: str, text: str) -> Category | None:
        """Return the leaf that was chosen or typed in full: its code, its path, or a name that only one leaf has.

        A text beside a code wins when they differ: whoever typed on meant something else.
        """
        leaf = self.by_code.get(code)
        if leaf is not None and text in ("", leaf.path):
            return leaf
        named = [each for each in self.by_code.values() if text in (each.path, each.code)]
        named = named or [each for each in self.by_code.values() if text == each.name]
        return named[0] if len(named) == 1 else None

    def matching(self, text: str, *, limit: int) -> list[Category]:
        """Return the leaves that fit what was typed, the best first: by name, then by word, then by group and area.

        Words that are typed apart must all fit; nothing typed gives nothing.
        """
        typed = text.split()
        ranked = [(rank, leaf) for leaf in self.by_code.values() if (rank := _rank(leaf, typed)) is not None]
        return [leaf for _, leaf in sorted(ranked, key=lambda each: each[0])[:limit]]

    def suggested(self, text: str, *, limit: int) -> list[Category]:
        """Return the leaves whose name or words occur in a text, those with the most and longest words first."""
        weighed = [(_weight(leaf, text), leaf) for leaf in self.by_code.values()]
        found = sorted((each for each in weighed if each[0]), key=lambda each: -each[0])
        return [leaf for _, leaf in found[:limit]]


def _rank(leaf: Category, typed: list[str]) -> int | None:
    if not typed:
        return None
    ranks = [_rank_of(leaf, word) for word in typed]
    known = [rank for rank in ranks if rank is not None]
    return sum(known) if len(known) == len(ranks) else None


def _rank_of(leaf: Category, word: str) -> int | None:
    if leaf.name.startswith(word) or leaf.code == word.upper():
        return 0
    if word in leaf.name:
        return 1
    if any(word in each for each in leaf.words):
        return 2
    if word in leaf.area or word in leaf.group:
        return 3
    return None


def _weight(leaf: Category, text: str) -> int:
    return sum(len(word) for word in (leaf.name, *leaf.words) if word in text)
