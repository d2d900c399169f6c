"""What is wrong with a file of data: every fault with its file, key and reason, for a person who mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one key of one file, in Chinese; `line` is known where the key could be found."""

    file: str
    key: str
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}  {self.key}  {self.reason}"


class Faulty(ValueError):
    """A file that cannot be used, with all its faults."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("\n".join(str(fault) for fault in faults))
        self.faults = tuple(faults)


@dataclass(slots=True)
class Faults:
    """The faults of one file while it is read."""

    file: str
    found: list[Fault] = field(default_factory=list)

    def add(self, key: str, reason: str) -> None:
        """Note that something is wrong with `key`."""
        self.found.append(Fault(self.file, key, reason))

    def done(self) -> None:
        """Raise what was found, if anything was. Raises: Faulty."""
        if self.found:
            raise Faulty(self.found)
