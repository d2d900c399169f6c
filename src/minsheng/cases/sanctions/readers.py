"""For whom a sanction exists: its issuers, the office and discipline; its unit once it has it, a push never."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from minsheng.core.lifecycles.kinds import Readers
from minsheng.core.people import queries as people
from minsheng.core.people import units
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.audiences import role_audience, unit_audience
from minsheng.domain.duties.sanction import PUSH


@dataclass(frozen=True, slots=True)
class SanctionReaders(Readers):
    """The readers of sanctions; whom a sanction was sent to stands in its state."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        if actor.role not in UNIT_ROLES:
            return rows
        # A unit that was renamed or merged goes on with what went to those that went into it.
        names = sorted(people.known_as(actor.unit or ""))
        return rows.filter(target_unit__in=names, state__recipients__has_any_keys=names).exclude(kind=PUSH)

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield from map(role_audience, self.roles)
        if row.target_unit in row.state.get("recipients", ()) and row.kind != PUSH:
            today = self.today(row.city_id, names=[row.target_unit])
            yield unit_audience(today.get(row.target_unit, row.target_unit))


READERS: Final = SanctionReaders(
    roles=("supervisor", "joint_meeting", "office", "command", "discipline"),
    units=True,
    known_as=people.known_as,
    today=units.stand_ins,
)
