"""For whom a case exists: who proposed, who decides, discipline; the subject once it has been served.

Source: JY-26, JY-28, roles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q, QuerySet

from minsheng.core.lifecycles.kinds import Readers
from minsheng.core.people import queries as people
from minsheng.domain.accountability.case import DECIDED, EXEMPT, PROPOSED
from minsheng.domain.actors import Actor
from minsheng.domain.audiences import post_audience, role_audience

# Before it is served, the decision is no business of whom it is about.
UNSERVED: Final = (PROPOSED, EXEMPT, DECIDED)


@dataclass(frozen=True, slots=True)
class CaseReaders(Readers):
    """The readers of cases."""

    def rows(self, rows: QuerySet[Any], actor: Actor) -> QuerySet[Any]:
        """Return those of the rows that exist for an actor whom the kind admits.

        Whoever has the name of the subject reads nothing before it is served, in whatever role.
        """
        person = actor.person or "-"
        rows = rows.exclude(namesakes__contains=[person], status__in=UNSERVED)
        if actor.role in self.roles:
            return rows
        served = ~Q(status__in=UNSERVED)
        subject = Q(account=person) & served
        if actor.role == "head":
            # A unit that was renamed or merged goes on with the cases of those that went into it.
            names = sorted(people.known_as(actor.unit or ""))
            return rows.filter(subject | (Q(units__overlap=names) & ~Q(target_unit__in=names, is_head=True)))
        # A unit's own case, and that of a person without an account, are brought to them by the unit's people.
        return rows.filter(subject | (Q(account="", target_unit=actor.unit) & served))

    def audiences(self, row: Any) -> Iterator[str]:
        """Give the audiences that together are all for whom the row exists, but for a subject at a desk that hears.

        A signal says no more than that something has changed; the page is asked for by `rows`.
        """
        yield from map(role_audience, self.roles)
        for unit in row.units:
            if not (row.is_head and unit == row.target_unit):
                yield post_audience("head", unit=unit)
        if row.status not in UNSERVED:
            if row.account:
                yield row.account
            else:
                yield from (post_audience(role, unit=row.target_unit) for role in ("officer", "leader"))


READERS: Final = CaseReaders(roles=("office", "discipline", "command"), units=True)
