"""For whom an article exists: its unit and the office at any time, the whole house and all units once it is published.

Source: SZ-31a (shared by the whole city), SZ-8b.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from minsheng.core.lifecycles.kinds import Readers
from minsheng.core.people import queries as people
from minsheng.core.people import units
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.audiences import role_audience, unit_audience
from minsheng.domain.knowledge.article import EXPIRED, PUBLISHED, TO_VERIFY, WITHDRAWN

KEEPERS: Final = ("office", "supervisor")
HOUSE: Final = (
    "seat", "specialist", "dispatcher", "auditor", "callback_agent", "duty_leader", "command", "joint_meeting",
)  # fmt: skip
SHOWN: Final = (PUBLISHED, TO_VERIFY, EXPIRED)


@dataclass(frozen=True, slots=True)
class ArticleReaders(Readers):
    """The readers of articles."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        if actor.role in KEEPERS:
            return rows
        # What was withdrawn stays readable for those who cited it; it says so.
        shown = Q(status__in=SHOWN) | Q(status=WITHDRAWN, edition__gt=0)
        if actor.role in UNIT_ROLES:
            shown |= Q(target_unit__in=sorted(people.known_as(actor.unit or "")))
        return rows.filter(shown)

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield from map(role_audience, KEEPERS)
        if row.status in SHOWN:
            yield from map(role_audience, HOUSE)
            yield from map(unit_audience, people.all_units(row.city_id))
        else:
            today = self.today(row.city_id, names=[row.target_unit])
            yield unit_audience(today.get(row.target_unit, row.target_unit))


ARTICLE_READERS: Final = ArticleReaders(
    roles=(*KEEPERS, *HOUSE), units=True, known_as=people.known_as, today=units.stand_ins
)


@dataclass(frozen=True, slots=True)
class BasisReaders(Readers):
    """The readers of documents: the register is everybody's."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return all rows."""
        return rows

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield from map(role_audience, self.roles)
        yield from map(unit_audience, people.all_units(row.city_id))


BASIS_READERS: Final = BasisReaders(
    roles=(*KEEPERS, *HOUSE), units=True, known_as=people.known_as, today=units.stand_ins
)
