"""For whom a case study exists: its keepers at any time, everybody of the house once it is in the library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from minsheng.core.lifecycles.kinds import Readers
from minsheng.core.people import queries as people
from minsheng.domain.actors import Actor
from minsheng.domain.audiences import role_audience, unit_audience
from minsheng.domain.coordination.study import PUBLISHED

KEEPERS: Final = ("office", "supervisor")
HOUSE: Final = (
    "seat", "specialist", "dispatcher", "auditor", "callback_agent", "duty_leader", "command", "joint_meeting",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StudyReaders(Readers):
    """The readers of case studies: all units read what is published, whoever took part."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        return rows if actor.role in KEEPERS else rows.filter(status=PUBLISHED)

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield from map(role_audience, KEEPERS)
        if row.status == PUBLISHED:
            yield from map(role_audience, HOUSE)
            yield from map(unit_audience, people.all_units(row.city_id))


READERS: Final = StudyReaders(roles=(*KEEPERS, *HOUSE), units=True)
