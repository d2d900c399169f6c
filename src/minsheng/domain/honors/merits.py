"""What stands beside a name that is praised: orders, late signatures, satisfaction. Source: JY-30."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_LINE: Final = re.compile(r"(.+) (\d+) (\d+) (\d+) (\d+)")


@dataclass(frozen=True, slots=True)
class Merit:
    """What the orders of a year say of a unit, or of a person of it.

    `subject`: the unit's name, or `staff:7`; `orders`: closed in the year; `late_signs`: missed moments to sign;
    `judged`, `satisfied`: whose appellants said how satisfied they are.
    """

    subject: str
    orders: int = 0
    late_signs: int = 0
    judged: int = 0
    satisfied: int = 0

    def __str__(self) -> str:
        return f"{self.subject} {self.orders} {self.late_signs} {self.judged} {self.satisfied}"


def merit_of(line: str) -> Merit:
    """Return the merit that a fact's line says. Raises: ValueError."""
    found = _LINE.fullmatch(line)
    if found is None:
        raise ValueError(line)
    subject, *figures = found.groups()
    return Merit(subject, *map(int, figures))
