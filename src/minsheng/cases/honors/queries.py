"""Reads of honors for other rooms: the commendations that stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from minsheng.cases.honors.models import Award
from minsheng.core.people import queries as people
from minsheng.domain.honors.award import AWARDED
from minsheng.domain.honors.merits import merit_of


@dataclass(frozen=True, slots=True)
class Standing:
    """A commendation that the city approved: of whom, for which year, when, by which document."""

    id: UUID
    unit: str
    who: str
    year: int
    on: date
    document: str

    @property
    def heading(self) -> str:
        """Return it as a document writes it: a person with their unit."""
        return f"{self.unit}{'' if self.who == self.unit else self.who}"


def standing(
    city: str, *, units: Iterable[str] = (), since: date | None = None, until: date | None = None
) -> list[Standing]:
    """Return them, the latest first: of some units or of all, by the day of approval; `until` is not included."""
    rows = Award.objects.filter(city=city, status=AWARDED, approved_on__isnull=False).order_by("-approved_on", "-id")
    if names := list(units):
        rows = rows.filter(target_unit__in=names)
    if since is not None:
        rows = rows.filter(approved_on__gte=since)
    if until is not None:
        rows = rows.filter(approved_on__lt=until)
    found = [(row, merit_of(row.state["merit"]).subject) for row in rows]
    names_of = people.names(subject for _, subject in found)
    return [
        Standing(
            row.pk, row.target_unit, names_of.get(subject, subject), row.year, row.approved_on, row.state["document"]
        )
        for row, subject in found
        if row.approved_on is not None
    ]
