"""Units as the administrator keeps them: the list and its tree, what a unit is, and changes of that.

What becomes of a unit that is renamed, merged, split or ended is `people.units`. Source: SZ-3, SZ-8a.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Count, Q, QuerySet

from minsheng import wording
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, days, queries
from minsheng.core.people.models import UNIT_KINDS, UNIT_LEVELS, FormerUnit, Unit
from minsheng.core.people.units import NAME_AT_MOST
from minsheng.domain import names as naming
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, is_blank

STATES: Final = ("joined", "to_join", "left")
ON_A_PAGE: Final = 50
PHONE_AT_MOST: Final = 40


@dataclass(frozen=True, slots=True)
class Details:
    """What a unit is, beside its name. `region`: the district of a unit that serves no regions of the tree."""

    kind: str = "government"
    level: str = "city"
    region: str = ""
    parent: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which units: those whose name holds the words, of a kind, a level, a state; empty: all."""

    words: str = ""
    kind: str = ""
    level: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit as lists show it. `depth`: how many units are above it; `staff`: accounts in use."""

    id: int
    name: str
    details: Details
    joined_on: date | None
    left_on: date | None
    is_discipline: bool
    state: str
    staff: int
    depth: int = 0


def page(city: str, wanted: Wanted, *, after: int | None, now: datetime) -> tuple[list[Listed], int | None]:
    """Return the units that follow one, by name, and which is the last of them if more follow."""
    rows = _chosen(city, wanted, now=now)
    if after is not None and (name := Unit.objects.filter(pk=after, city=city).values_list("name", flat=True)):
        rows = rows.filter(name__gt=name[0])
    found = _listed(rows[: ON_A_PAGE + 1], now=now)
    return found[:ON_A_PAGE], found[ON_A_PAGE - 1].id if len(found) > ON_A_PAGE else None


def every(city: str, wanted: Wanted, *, now: datetime) -> list[Listed]:
    """Return all units that are wanted, by name."""
    return _listed(_chosen(city, wanted, now=now), now=now)


def tree(city: str, *, now: datetime) -> list[Listed]:
    """Return the units that have not left, each below the one above it, those of a unit by name."""
    rows = [each for each in every(city, Wanted(), now=now) if each.state != "left"]
    names = {each.name for each in rows}
    below: dict[str, list[Listed]] = {}
    for each in rows:
        below.setdefault(each.details.parent if each.details.parent in names else "", []).append(each)
    found: list[Listed] = []

    def go(above: str, depth: int) -> None:
        for each in below.pop(above, []):
            found.append(replace(each, depth=depth))
            go(each.name, depth + 1)

    go("", 0)
    return found


def one(city: str, unit: int, *, now: datetime) -> Listed | None:
    """Return a unit of the city, or None."""
    found = _listed(Unit.objects.filter(city=city, pk=unit), now=now)
    return found[0] if found else None


@transaction.atomic
def add(
    city: str, name: str, details: Details, *, joined_on: date | None, is_discipline: bool = False, actor: Actor,
    now: datetime,
) -> int:  # fmt: skip
    """Add a unit and return its id; without a day it joins today. Raises: Rejected `unit_…`, NameTaken, UnknownUnit."""
    name, details = _checked_new(name, details, joined_on)
    ledger.hold(f"units of {city}")
    return actions.add_unit(
        city,
        name=name,
        kind=details.kind,
        level=details.level,
        region=details.region,
        parent=details.parent or None,
        phone=details.phone,
        joined_on=joined_on or now.astimezone(ZONE).date(),
        is_discipline=is_discipline,
        actor=actor,
        now=now,
    )


class Entering:
    """Adds units, many in one go: `read`, then called for each, then `flush`. Works in the caller's transaction.

    What a unit may be is what `add` says, and so are the facts. A unit may lie under one that comes before it.
    """

    def __init__(self, city: str, *, actor: Actor, now: datetime) -> None:
        self._city, self._actor, self._now = city, actor, now
        self._known: dict[str, Unit] = {}
        self._former: set[str] = set()
        self._fresh: list[Unit] = []

    def read(self) -> None:
        """Read the city's units and the names that are no more, and hold them."""
        ledger.hold(f"units of {self._city}")
        self._known = {row.name: row for row in Unit.objects.filter(city=self._city)}
        self._former = set(FormerUnit.objects.filter(city=self._city).values_list("name", flat=True))

    def __call__(self, name: str, details: Details, *, joined_on: date | None) -> bool:
        """Look at a unit; return whether it is new. Raises: Rejected `unit_…`, UnknownUnit."""
        name, details = _checked_new(name, details, joined_on)
        name = naming.checked(name)
        if details.parent and details.parent not in self._known:
            raise queries.UnknownUnit(details.parent)
        if name in self._former:
            raise Rejected("unit_name_was_used", name=name)
        if name in self._known:
            return False
        row = Unit(
            city_id=self._city,
            name=name,
            kind=details.kind,
            level=details.level,
            region=details.region,
            phone=details.phone,
            parent=self._known.get(details.parent),
            joined_on=joined_on or self._now.astimezone(ZONE).date(),
        )
        self._known[name] = row
        self._fresh.append(row)
        return True

    def flush(self) -> None:
        """Write the units, those above before those below, and their facts."""
        left = self._fresh
        while left:
            ready = [row for row in left if row.parent is None or row.parent.pk is not None]
            for row in ready:
                row.parent_id = row.parent.pk if row.parent is not None else None
            Unit.objects.bulk_create(ready)
            left = [row for row in left if row.pk is None]
        facts = [(f"unit/{row.pk}", "UnitAdded", actions.unit_added(row)) for row in self._fresh]
        ledger.record_several(self._city, facts, actor=self._actor, now=self._now)
        self._fresh = []


@transaction.atomic
def change(city: str, unit: str, details: Details, *, actor: Actor, now: datetime) -> bool:
    """Say what a unit is; return whether that is new. Raises: Rejected `unit_…`, UnknownUnit."""
    details = _checked(details)
    ledger.hold(f"units of {city}")
    row = actions.locked_unit(city, unit)
    if _details(row) == details:
        return False
    above = actions.locked_unit(city, details.parent) if details.parent else None
    _check_above(row, above)
    Unit.objects.filter(pk=row.pk).update(
        kind=details.kind, level=details.level, region=details.region, parent=above, phone=details.phone
    )
    # The number is the unit's switchboard: public, and no person's (`models.Unit`).
    body = {
        "kind": details.kind,
        "level": details.level,
        "region": details.region,
        "parent": details.parent,
        "phone": details.phone,
    }
    ledger.record(city, f"unit/{row.pk}", "UnitDetailsSet", body, actor=actor, now=now)
    return True


def names(city: str) -> list[str]:
    """Return the names of the units that have not left, for a choice."""
    return list(Unit.objects.filter(city=city, left_on=None).order_by("name").values_list("name", flat=True))


def _checked_new(name: str, details: Details, joined_on: date | None) -> tuple[str, Details]:
    """Return name and details of a new unit as they are kept. Raises: Rejected `unit_…`, `day_out_of_range`."""
    name, details = cleaned(name).strip(), _checked(details)
    if is_blank(name):
        raise Rejected("unit_name_empty")
    if len(name) > NAME_AT_MOST:
        raise Rejected("unit_name_too_long", most=NAME_AT_MOST)
    days.check(joined_on, is_open=True)
    return name, details


def _checked(details: Details) -> Details:
    details = Details(*(cleaned(each).strip() for each in _values(details)))
    if details.kind not in UNIT_KINDS:
        raise Rejected("unit_unknown_kind", kind=details.kind[:20], choices=_choices(wording.UNIT_KINDS.values()))
    if details.level not in UNIT_LEVELS:
        raise Rejected("unit_unknown_level", level=details.level[:20], choices=_choices(wording.UNIT_LEVELS.values()))
    if len(details.region) > NAME_AT_MOST or len(details.phone) > PHONE_AT_MOST:
        raise Rejected("unit_detail_too_long", region=NAME_AT_MOST, phone=PHONE_AT_MOST)
    return details


def _choices(labels: Iterable[str]) -> str:
    return "、".join(labels)


def _values(details: Details) -> tuple[str, ...]:
    return (details.kind, details.level, details.region, details.parent, details.phone)


def _check_above(row: Unit, above: Unit | None) -> None:
    """Raise Rejected for a unit that would be above itself."""
    up = above
    while up is not None:
        if up.pk == row.pk:
            raise Rejected("unit_under_itself", unit=row.name)
        up = up.parent


def _chosen(city: str, wanted: Wanted, *, now: datetime) -> QuerySet[Unit]:
    today = now.astimezone(ZONE).date()
    rows = Unit.objects.filter(city=city).order_by("name")
    for word in wanted.words.split():
        rows = rows.filter(name__icontains=word)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.level:
        rows = rows.filter(level=wanted.level)
    left, to_join = Q(left_on__lte=today), Q(joined_on=None) | Q(joined_on__gt=today)
    match wanted.state:
        case "left":
            return rows.filter(left)
        case "to_join":
            return rows.exclude(left).filter(to_join)
        case "joined":
            return rows.exclude(left).exclude(to_join)
        case _:
            return rows


def _listed(rows: QuerySet[Unit], *, now: datetime) -> list[Listed]:
    counted = rows.select_related("parent").annotate(people=Count("staff", filter=Q(staff__is_active=True)))
    today = now.astimezone(ZONE).date()
    return [
        Listed(
            id=row.pk,
            name=row.name,
            details=_details(row),
            joined_on=row.joined_on,
            left_on=row.left_on,
            is_discipline=row.is_discipline,
            state=_state(row, today),
            staff=row.people,
        )
        for row in counted
    ]


def _state(row: Unit, today: date) -> str:
    if row.left_on is not None and row.left_on <= today:
        return "left"
    return "joined" if row.joined_on is not None and row.joined_on <= today else "to_join"


def _details(row: Unit) -> Details:
    return Details(row.kind, row.level, row.region, row.parent.name if row.parent is not None else "", row.phone)
