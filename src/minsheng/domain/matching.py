"""Names found by what one types of them: how they begin, a part of them, or their letters in order (城管局)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Fit(IntEnum):
    """How a name fits what was typed, the best first."""

    BEGINS = 0
    HOLDS = 1
    SHORT = 2


def matching(names: Iterable[str], typed: str, *, limit: int) -> list[tuple[str, Fit]]:
    """Return the names that fit what was typed, the best first and else in their own order; nothing typed fits all."""
    wanted = "".join(typed.split())
    fitting = [(fit, name) for name in names if (fit := _fit(name, wanted)) is not None]
    return [(name, fit) for fit, name in sorted(fitting, key=lambda each: each[0])[:limit]]


def _fit(name: str, wanted: str) -> Fit | None:
    if name.startswith(wanted):
        return Fit.BEGINS
    if wanted in name:
        return Fit.HOLDS
    letters = iter(name)
    return Fit.SHORT if all(letter in letters for letter in wanted) else None
