"""The files of a thing with a life cycle, as it stands to one of the staff: what every gate of such things has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from minsheng.core.files import queries
from minsheng.core.files.values import Shown
from minsheng.core.lifecycles.kinds import Kind
from minsheng.core.people.queries import Person


@dataclass(frozen=True, slots=True)
class ThingFiles:
    """A thing's files (`core.files.gates.Holding`): nobody brings any, and all are read, where no feature says else."""

    kind: Kind[Any]
    row: Any
    person: Person

    @property
    def stream(self) -> str:
        """The thing's stream."""
        return self.kind.stream(self.row.pk)

    @property
    def city(self) -> str:
        """The city of whoever asks, which is the thing's."""
        return self.person.city

    @property
    def unit(self) -> str:
        """Nobody's: such files are the hotline's own."""
        return ""

    @property
    def round(self) -> int:
        """A thing has one round."""
        return 1

    @property
    def stage(self) -> str:
        """The thing's state."""
        return str(self.row.status)

    @property
    def joined(self) -> str:
        """Nothing is joined to a thing."""
        return ""

    def may_add(self) -> tuple[str, ...]:
        """Return nothing."""
        return ()

    def readable(self) -> list[Shown]:
        """Return all of the thing's files."""
        return queries.of_stream(self.stream)
