"""An owner of files that lets everybody read all of them, for tests of what a file goes through behind the gate."""

from __future__ import annotations

from dataclasses import dataclass

from minsheng.core.files import queries
from minsheng.core.files.values import Shown


@dataclass(frozen=True)
class Open:
    """A thing that stands as it is told to."""

    stream: str
    round: int = 1
    stage: str = "HANDLING"
    city: str = "jiangyin"
    unit: str = ""
    joined: str = ""
    purposes: tuple[str, ...] = ("REPLY",)

    def may_add(self) -> tuple[str, ...]:
        return self.purposes

    def readable(self) -> list[Shown]:
        return queries.of_stream(self.stream)
