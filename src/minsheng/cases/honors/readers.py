"""For whom a commendation exists: those who propose and approve, the supervisor, its unit once it is approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from minsheng.core.lifecycles.kinds import Readers
from minsheng.core.people import queries as people
from minsheng.core.people import units
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.audiences import role_audience
from minsheng.domain.honors.award import AWARDED


@dataclass(frozen=True, slots=True)
class AwardReaders(Readers):
    """The readers of commendations."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        if actor.role not in UNIT_ROLES:
            return rows
        return rows.filter(target_unit__in=people.known_as(actor.unit or ""), status=AWARDED)

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield from map(role_audience, self.roles)
        if row.status == AWARDED:
            today = self.today(row.city_id, names=[row.target_unit])
            yield from self._of_unit(today.get(row.target_unit, row.target_unit))


AWARDED_READERS: Final = AwardReaders(
    roles=("office", "joint_meeting", "command", "supervisor"),
    units=True,
    known_as=people.known_as,
    today=units.stand_ins,
)
