"""For whom a case exists: who proposed, who decides, discipline; the subject once it has been served.

Source: JY-26, JY-28, roles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from minsheng.core.lifecycles.kinds import Readers
from minsheng.domain.accountability.case import DECIDED, EXEMPT, PROPOSED
from minsheng.domain.actors import Actor
from minsheng.domain.audiences import post_audience, role_audience

# Before it is served, the decision is no business of whom it is about.
UNSERVED: Final = (PROPOSED, EXEMPT, DECIDED)


@dataclass(frozen=True, slots=True)
class CaseReaders(Readers):
    """The readers of cases."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits."""
        if actor.role in self.roles:
            return rows
        subject = Q(account=actor.person or "-") & ~Q(status__in=UNSERVED)
        if actor.role == "head":
            return rows.filter(units__contains=[actor.unit]).exclude(account=actor.person or "-", status__in=UNSERVED)
        # A unit's own case, and that of a person without an account, are brought to them by the unit's people.
        of_unit = Q(account="", target_unit=actor.unit) & ~Q(status__in=UNSERVED)
        return rows.filter(subject | of_unit)

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists."""
        yield from map(role_audience, self.roles)
        for unit in row.units:
            yield post_audience("head", unit=unit)
        if row.status not in UNSERVED:
            if row.account:
                yield row.account
            else:
                yield from (post_audience(role, unit=row.target_unit) for role in ("officer", "leader"))


READERS: Final = CaseReaders(roles=("office", "discipline", "command"), units=True)
