"""Reads of snippets: those that are offered to somebody, and those that they keep."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from minsheng.core.people import queries as people
from minsheng.core.people.queries import Person
from minsheng.core.snippets import models
from minsheng.domain.actors import UNIT_ROLES
from minsheng.gateways import readings

# Who keeps what everybody of the city is offered.
KEEPERS: Final = ("admin", "office")
# One's own first.
_FIRST: Final = ("person", "unit", "city")


@dataclass(frozen=True, slots=True)
class Snippet:
    """A snippet: whose it is (`city`, `unit`, `person`), what it is called and says, and since when."""

    id: int
    scope: str
    unit: str
    staff: int | None
    title: str
    words: str
    set_at: datetime

    @property
    def found_by(self) -> str:
        """Return what it is looked for by: its words, and the first letters of how its title is read."""
        return " ".join((self.title, self.words, *readings.initials(self.title))).lower()


def offered(person: Person) -> list[Snippet]:
    """Return the snippets that somebody is offered: their own, their unit's, the city's."""
    return [_of(row) for row in _offered(person)]


def found(person: Person, words: str) -> list[Snippet]:
    """Return those of `offered` that hold the words, or whose title is read so (`lhcl`)."""
    wanted = words.strip().lower()
    return [each for each in offered(person) if wanted in each.found_by]


def one(person: Person, id: int) -> Snippet | None:
    """Return a snippet that somebody is offered, None for any other."""
    row = _offered(person).filter(pk=id).first()
    return _of(row) if row is not None else None


def scopes(person: Person) -> tuple[str, ...]:
    """Return whose snippets somebody may keep: their own, with a unit's role the unit's, the city's as its keeper."""
    of_unit = ("unit",) if person.in_unit_role and person.unit and person.acting_as in UNIT_ROLES else ()
    return ("person", *of_unit, *(("city",) if person.acting_as in KEEPERS else ()))


def of_city(city: str) -> list[Snippet]:
    """Return what is offered of a city's and its units' own, for whoever runs the platform; no person's."""
    rows = models.Snippet.objects.filter(city=city, ended_at=None).exclude(scope="person")
    return [_of(row) for row in rows.order_by("scope", "unit", "title", "id")]


def _offered(person: Person) -> QuerySet[models.Snippet]:
    whose = Q(scope="city") | Q(scope="person", staff=person.id)
    if person.in_unit_role and person.unit:
        # What a unit kept before it was renamed or merged goes on being offered.
        whose |= Q(scope="unit", unit__in=people.known_as(person.unit))
    place = Case(
        *(When(scope=scope, then=Value(index)) for index, scope in enumerate(_FIRST)), output_field=IntegerField()
    )
    rows = models.Snippet.objects.filter(whose, city=person.city, ended_at=None)
    return rows.annotate(place=place).order_by("place", "title", "id")


def _of(row: models.Snippet) -> Snippet:
    return Snippet(row.pk, row.scope, row.unit, row.staff, row.title, row.words, row.set_at)
