"""Places of a city that people name when they call, with their addresses; the registration offers them.

They come in lists, so that many are entered at once: each is looked at beside what is there, then all are written
together, with a fact each on the stream `places/<city>`. A place is known by its name and its region. Source: SZ-15.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Case, IntegerField, QuerySet, Value, When

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import regions
from minsheng.core.people.models import Place as Row
from minsheng.core.policies import queries as policies
from minsheng.domain import personal
from minsheng.domain.actors import Actor
from minsheng.domain.regions import Tree, shortest
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, is_blank
from minsheng.gateways import readings
from minsheng.wording.findings import PERSONAL

NAME_AT_MOST: Final = 50
ADDRESS_AT_MOST: Final = 100
ALIASES_AT_MOST: Final = 5
ON_A_PAGE: Final = 50
# Of what tells who somebody is: a place has an address, and may be called after somebody.
_TOLD: Final = frozenset(personal.KINDS) - {personal.ADDRESS, personal.NAME, personal.LANDLINE}


@dataclass(frozen=True, slots=True)
class Place:
    """A place as it is to be known. `region`: the code of the smallest region that it is in, empty for none said."""

    name: str
    region: str = ""
    address: str = ""
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """A place as lists show it, with the names of its region from the top down."""

    id: int
    place: Place
    where: str
    is_ended: bool

    @property
    def said(self) -> str:
        """Return what a registration writes: region, address and name, none of them twice."""
        said = "" if self.where in self.place.address else self.where
        for each in (self.place.address, self.place.name):
            said += "" if each in said else each
        return said


class Entering:
    """Enters places, many in one go: `read`, then called for each, then `flush`. Works in the caller's transaction."""

    def __init__(self, city: str, *, actor: Actor, now: datetime) -> None:
        policies.city(city)
        self._city, self._actor, self._now = city, actor, now
        self._tree = Tree()
        self._known: dict[tuple[str, str], Row] = {}
        self._fresh: list[Row] = []
        self._changed: list[Row] = []
        self._facts: list[tuple[str, dict[str, object]]] = []

    def __call__(self, place: Place) -> bool:
        """Look at a place; return whether it is new, or other than it was. Raises: Rejected `place_…`."""
        place = _checked(place, self._tree)
        body: dict[str, object] = {
            "name": place.name,
            "region": place.region,
            "address": place.address,
            "aliases": list(place.aliases),
        }
        known = self._known.get((place.name, place.region))
        if known is None:
            row = Row(city_id=self._city, name=place.name, region=place.region)
            self._known[place.name, place.region] = row
            self._fresh.append(row)
            self._facts.append(("PlaceAdded", body))
        elif (known.address, tuple(known.aliases)) == (place.address, place.aliases):
            return False
        else:
            row = known
            if row.pk is not None and row not in self._changed:
                self._changed.append(row)
            self._facts.append(("PlaceChanged", body))
        row.address, row.aliases, row.found_by = place.address, list(place.aliases), _found_by(place)
        return True

    def flush(self) -> None:
        """Write what was entered, and its facts."""
        Row.objects.bulk_create(self._fresh)
        Row.objects.bulk_update(self._changed, ["address", "aliases", "found_by"])
        _record(self._city, self._facts, actor=self._actor, now=self._now)
        self._fresh, self._changed, self._facts = [], [], []

    def read(self) -> None:
        """Read the city's places and regions, and hold them."""
        ledger.hold(f"places/{self._city}")
        self._tree = regions.tree(self._city, on=policies.day_of(self._now))
        rows = Row.objects.filter(city=self._city, ended_at=None)
        self._known = {(row.name, row.region): row for row in rows}


@transaction.atomic
def put(city: str, place: Place, *, actor: Actor, now: datetime) -> bool:
    """Enter one place, or its new address and other names; return whether anything is new. Raises: Rejected."""
    entering = Entering(city, actor=actor, now=now)
    entering.read()
    is_new = entering(place)
    entering.flush()
    return is_new


@transaction.atomic
def end(city: str, id: int, *, actor: Actor, now: datetime) -> None:
    """Offer a place no more. Raises: Rejected `place_gone`."""
    ledger.hold(f"places/{city}")
    row = Row.objects.filter(city=city, pk=id, ended_at=None).first()
    if row is None:
        raise Rejected("place_gone")
    Row.objects.filter(pk=row.pk).update(ended_at=now)
    _record(city, [("PlaceEnded", {"name": row.name, "region": row.region})], actor=actor, now=now)


def matching(city: str, words: str, *, limit: int) -> list[Listed]:
    """Return places in use that are called so, lie there, or are read so; those whose name begins with it first."""
    wanted = words.strip().lower()
    if not wanted:
        return []
    first = Case(When(name__startswith=words.strip(), then=Value(0)), default=Value(1), output_field=IntegerField())
    rows = _in_use(city).filter(found_by__contains=wanted).annotate(first=first).order_by("first", "name", "id")
    return list(_listed(city, rows[:limit]))


def page(city: str, words: str, *, after: int | None) -> tuple[list[Listed], int | None]:
    """Return the places in use that follow one, by number, and which is the last of them if more follow."""
    rows = _chosen(city, words).filter(pk__gt=after or 0)
    found = list(_listed(city, rows[: ON_A_PAGE + 1]))
    return found[:ON_A_PAGE], found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None


def count(city: str, words: str) -> int:
    """Return how many places in use hold the words."""
    return _chosen(city, words).count()


def every(city: str, words: str) -> list[Listed]:
    """Return all places in use that hold the words."""
    return list(_listed(city, _chosen(city, words)))


def one(city: str, id: int) -> Listed | None:
    """Return a place of the city, or None."""
    return next(_listed(city, Row.objects.filter(city=city, pk=id)), None)


def _in_use(city: str) -> QuerySet[Row]:
    return Row.objects.filter(city=city, ended_at=None)


def _chosen(city: str, words: str) -> QuerySet[Row]:
    return _in_use(city).filter(found_by__contains=words.strip().lower()).order_by("id")


def _listed(city: str, rows: QuerySet[Row]) -> Iterator[Listed]:
    tree = regions.tree(city)
    for row in rows:
        chain = tree.chain(row.region)
        # The platform's own region goes without saying.
        where = "".join(each.name for each in reversed(chain[:-1] or chain))
        place = Place(row.name, row.region, row.address, tuple(row.aliases))
        yield Listed(row.pk, place, where, row.ended_at is not None)


def _checked(place: Place, tree: Tree) -> Place:
    name, address = (" ".join(cleaned(each).split()) for each in (place.name, place.address))
    aliases = tuple(dict.fromkeys(" ".join(cleaned(each).split()) for each in place.aliases if not is_blank(each)))
    region = shortest(place.region.strip()) if place.region.strip() else ""
    if is_blank(name):
        raise Rejected("place_nameless")
    if max(map(len, (name, *aliases))) > NAME_AT_MOST or len(address) > ADDRESS_AT_MOST:
        raise Rejected("place_too_long", name=NAME_AT_MOST, address=ADDRESS_AT_MOST)
    if len(aliases) > ALIASES_AT_MOST:
        raise Rejected("place_too_many_aliases", most=ALIASES_AT_MOST)
    if region and region not in tree.by_code:
        raise Rejected("region_unknown", region=region[:20])
    spans = [span for each in (name, address, *aliases) for span in personal.find(each)]
    if kinds := dict.fromkeys(PERSONAL[span.kind] for span in spans if span.kind in _TOLD):
        raise Rejected("place_names_somebody", kinds="、".join(kinds))
    return Place(name, region, address, aliases)


def _found_by(place: Place) -> str:
    """Return what a place is looked for by: its names, its address, and how its names are read."""
    names = (place.name, *place.aliases)
    read = [letters for each in names for letters in readings.initials(each)]
    return " ".join((*names, place.address, *read)).lower()


def _record(city: str, bodies: list[tuple[str, dict[str, object]]], *, actor: Actor, now: datetime) -> None:
    facts = [(f"places/{city}", kind, body) for kind, body in bodies]
    ledger.record_several(city, facts, actor=actor, now=now)
