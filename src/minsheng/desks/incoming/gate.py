"""Who may read the files of what somebody sent: those for whom it exists. The platform alone brings them."""

from __future__ import annotations

from typing import Final

from minsheng.cases.incoming.actions import KIND, is_readable
from minsheng.core.files.gates import Gate, Holding
from minsheng.core.files.values import Shown
from minsheng.core.lifecycles import queries as things
from minsheng.core.people.queries import Person
from minsheng.workbench.things.files import ThingFiles


class Carried(ThingFiles):
    """The files of something that was sent."""

    __slots__ = ()

    def readable(self) -> list[Shown]:
        """Return its files; those of an order that is not for whoever asks are none."""
        return ThingFiles.readable(self) if is_readable(self.row, self.person.actor) else []


class IncomingGate:
    """The gate of what people sent."""

    def holding(self, thing: str, who: object) -> Holding | None:
        """Return it as it stands to one of the staff; nothing where it does not exist for them."""
        if not isinstance(who, Person) or not KIND.readers.admits(who.actor):
            return None
        row = things.row_of(KIND, thing, who.actor, city=who.city)
        return Carried(KIND, row, who) if row is not None else None

    def holds(self, digest: str) -> bool:
        """Tell that nothing keeps a content beside its attachments."""
        return False


GATE: Final[Gate] = IncomingGate()
