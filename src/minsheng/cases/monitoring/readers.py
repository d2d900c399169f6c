"""For whom a violation and a dossier exist: the roles that its rule names, and the unit unless it may not know.

Of anything else there is no row, no count, no word and no signal. Source: JY-20.10, JY-20.11, JY-12.1; roles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet

from minsheng.core.lifecycles.kinds import Readers
from minsheng.core.people import queries as people
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.audiences import role_audience, unit_audience
from minsheng.domain.monitoring.violation import DISMISSED, SUGGESTED_STATE
from minsheng.domain.monitoring_rule import SEERS, UNIT

# A unit is told of what stands, not of what somebody thinks of.
_UNTOLD: Final = (SUGGESTED_STATE, DISMISSED)
_ROLES: Final = tuple(role for role in SEERS if role != UNIT)


@dataclass(frozen=True, slots=True)
class ViolationReaders(Readers):
    """The readers of violations."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        if actor.role not in UNIT_ROLES:
            # Whoever answers for it knows of it as their unit does, whatever other role they have.
            return rows.filter(seers__contains=[actor.role]).exclude(account=actor.person or "-")
        # A unit that was renamed or merged goes on with what fell on those that went into it.
        names = sorted(people.known_as(actor.unit or ""))
        return rows.filter(seers__contains=[UNIT], target_unit__in=names).exclude(status__in=_UNTOLD)

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield from (role_audience(role) for role in row.seers if role != UNIT)
        if UNIT in row.seers and row.target_unit and row.status not in _UNTOLD:
            yield unit_audience(row.target_unit)


@dataclass(frozen=True, slots=True)
class DossierReaders(Readers):
    """The readers of dossiers: of a unit nobody."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        return rows.filter(seers__contains=[actor.role])

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield from map(role_audience, row.seers)


VIOLATIONS: Final = ViolationReaders(roles=_ROLES, units=True, secret=True)
DOSSIERS: Final = DossierReaders(roles=_ROLES, secret=True)
