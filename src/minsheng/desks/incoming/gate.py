"""Who may read the files of what somebody sent: those for whom it exists. The platform alone brings them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from minsheng.cases.incoming.actions import KIND, is_readable
from minsheng.core.files import queries as files
from minsheng.core.files.gates import Gate, Holding
from minsheng.core.files.values import Shown
from minsheng.core.lifecycles import queries as things
from minsheng.core.people.queries import Person


@dataclass(frozen=True, slots=True)
class Carried:
    """The files of something that was sent, as it stands to one of the staff."""

    row: Any
    person: Person

    @property
    def stream(self) -> str:
        """Its stream."""
        return KIND.stream(self.row.pk)

    @property
    def city(self) -> str:
        """The city of whoever asks, which is its own."""
        return self.person.city

    @property
    def unit(self) -> str:
        """Nobody's."""
        return ""

    @property
    def round(self) -> int:
        """It comes once."""
        return 1

    @property
    def stage(self) -> str:
        """Its state."""
        return str(self.row.status)

    @property
    def joined(self) -> str:
        """Nothing is joined to it."""
        return ""

    def may_add(self) -> tuple[str, ...]:
        """Return nothing: what was sent stays as it came."""
        return ()

    def readable(self) -> list[Shown]:
        """Return its files; those of an order that is not for whoever asks are none."""
        return files.of_stream(self.stream) if is_readable(self.row, self.person.actor) else []


class IncomingGate:
    """The gate of what people sent."""

    def holding(self, thing: str, who: object) -> Holding | None:
        """Return it as it stands to one of the staff; nothing where it does not exist for them."""
        if not isinstance(who, Person) or not KIND.readers.admits(who.actor):
            return None
        row = things.row_of(KIND, thing, who.actor, city=who.city)
        return Carried(row, who) if row is not None else None

    def holds(self, digest: str) -> bool:
        """Tell that nothing keeps a content beside its attachments."""
        return False


GATE: Final[Gate] = IncomingGate()
