"""For whom campaigns and calls exist.

A campaign exists for the office; for its units once they may see their own result; for those on its list once it is
published. A call exists for the office; its caller and its rater have pages of their own. Source: SZ-36, SQ-15.
"""

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
from minsheng.domain.mystery.campaign import TOLD


@dataclass(frozen=True, slots=True)
class CampaignReaders(Readers):
    """The readers of campaigns; `told` and `units` of the row are filled when it exists for them."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        if actor.role in UNIT_ROLES:
            return rows.filter(units__overlap=sorted(self.known_as(actor.unit or "")))
        return rows if actor.role == "office" else rows.filter(told__contains=[actor.role])

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield role_audience("office")
        yield from map(role_audience, row.told)
        today = self.today(row.city_id, names=row.units)
        yield from (unit_audience(today.get(unit, unit)) for unit in row.units)


@dataclass(frozen=True, slots=True)
class CallReaders(Readers):
    """The readers of calls: whoever may know that a question is planted."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        return rows

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield role_audience("office")


CAMPAIGNS: Final = CampaignReaders(
    roles=("office", *TOLD), units=True, secret=True, known_as=people.known_as, today=units.stand_ins
)
CALLS: Final = CallReaders(restricted=("office",), secret=True)
