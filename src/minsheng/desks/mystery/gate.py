"""Who may read and bring recordings of a mystery call: its caller until it is recorded, its rater, the office."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from minsheng.cases.mystery import queries
from minsheng.cases.mystery.actions import CALLS
from minsheng.core.files.gates import Gate, Holding
from minsheng.core.lifecycles import queries as things
from minsheng.core.people.queries import Person
from minsheng.domain.mystery.call import CALLER, GIVEN
from minsheng.workbench.things.files import ThingFiles

RECORDING: Final = "RECORDING"


class Recordings(ThingFiles):
    """A call's recordings, as it stands to somebody for whom it exists."""

    __slots__ = ()

    def may_add(self) -> tuple[str, ...]:
        """Return that its caller may bring recordings as long as it is not recorded."""
        is_theirs = self.row.caller == self.person.actor.person and self.person.acting_as == CALLER
        return (RECORDING,) if is_theirs and self.row.status == GIVEN else ()


class RecordingsGate:
    """The gate of mystery calls: callers of their own, and the office."""

    def holding(self, thing: str, who: object) -> Holding | None:
        """Return a call as it stands to somebody; nothing where it does not exist for them."""
        return held_by(who, thing) if isinstance(who, Person) else None

    def holds(self, digest: str) -> bool:
        """Tell that nothing keeps a content beside its attachments."""
        return False


def held_by(person: Person, id: str) -> Recordings | None:
    """Return a call's recordings as they stand to one of the staff; nothing where the call does not exist for them."""
    try:
        key = UUID(id)
    except ValueError:
        return None
    if person.acting_as == CALLER:
        row = queries.task(person.city, key, person.actor.person or "-")
    else:
        row = things.row_of(CALLS, id, person.actor, city=person.city)
    return Recordings(CALLS, row, person) if row is not None else None


GATE: Final[Gate] = RecordingsGate()
