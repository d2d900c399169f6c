"""Units that are renamed, merged, split or ended: their rows, staff, API clients, rosters, contacts and old names.

What happens to their orders is `orders.successions`, which calls this in its own transaction. Source: SZ-3, SZ-8a.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Q

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, queries
from minsheng.core.people.models import UNIT_CHANGES, Client, FormerUnit, Roster, Staff, Unit, UnitContact, UnitRegion
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, is_blank

NAME_AT_MOST = 100
_EVENTS = {"rename": "UnitRenamed", "merge": "UnitMerged", "split": "UnitSplit", "end": "UnitEnded"}


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a unit. `what`: rename, merge, split, end.

    `successors`: the new name, the unit that it is joined to, or those that it is split into. `staff`: which of its
    people (by account) goes to which of them; of a merged unit everybody goes along.
    """

    what: str
    unit: str
    successors: tuple[str, ...] = ()
    staff: Mapping[str, str] = field(default_factory=dict)

    @property
    def successor(self) -> str:
        """The one that stands in the unit's place; nobody after a split or an end."""
        return self.successors[0] if self.what in ("rename", "merge") else ""


@dataclass(frozen=True, slots=True)
class Belongings:
    """What a unit has besides its orders: counts."""

    staff: int
    clients: int
    shifts: int
    contacts: int
    children: int


@dataclass(frozen=True, slots=True)
class Former:
    """A name that a unit had, until when, what became of it and who stands in its place now."""

    name: str
    what: str
    until: date
    successors: tuple[str, ...]


def checked(city: str, change: Change, *, now: datetime) -> Change:
    """Return the change with clean names. Raises: Rejected for one that can't be."""
    names = tuple(dict.fromkeys(cleaned(name).strip() for name in change.successors))
    change = Change(change.what, cleaned(change.unit).strip(), names, dict(change.staff))
    assert change.what in UNIT_CHANGES
    if is_blank(change.unit) or any(map(is_blank, names)):
        raise Rejected("unit_name_empty")
    known = queries.unit_facts(city, names=[change.unit, *names], now=now)
    if change.unit not in known:
        raise Rejected("unit_has_left" if former(city, names=[change.unit]) else "unknown_unit", unit=change.unit)
    if not known[change.unit].joined:
        raise Rejected("unit_has_left", unit=change.unit)
    if change.what == "rename":
        _new_name(city, change, taken=set(known))
    else:
        _successors(change, known={name for name, facts in known.items() if facts.joined}, all_known=set(known))
    _staff_of(city, change)
    return change


def is_done(city: str, change: Change) -> bool:
    """Tell whether exactly this has been done already: the old name is a former one with these successors."""
    found = former(city, names=[change.unit])
    wanted = (change.what, tuple(sorted(change.successors)))
    return any((each.what, tuple(sorted(each.successors))) == wanted for each in found)


def belongings(city: str, *, unit: str, now: datetime) -> Belongings:
    """Return what the unit has."""
    return Belongings(
        staff=Staff.objects.filter(city=city, unit__name=unit, is_active=True).count(),
        clients=Client.objects.filter(city=city, unit__name=unit, active=True).count(),
        shifts=Roster.objects.filter(unit__city=city, unit__name=unit, ends_at__gt=now).count(),
        contacts=UnitContact.objects.filter(unit__city=city, unit__name=unit, ended_on=None).count(),
        children=Unit.objects.filter(city=city, parent__name=unit).count(),
    )


def accounts(city: str, *, unit: str) -> list[tuple[str, str]]:
    """Return the unit's active accounts: names to sign in with, and names."""
    rows = Staff.objects.filter(city=city, unit__name=unit, is_active=True).order_by("display_name", "pk")
    return list(rows.values_list("username", "display_name"))


def former(city: str, *, names: Sequence[str] | None = None, words: str = "") -> list[Former]:
    """Return what the city's units were called before, these names or all, or those that hold the words."""
    rows = FormerUnit.objects.filter(city=city).select_related("successor")
    if names is not None:
        rows = rows.filter(name__in=names)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(successor__name__icontains=words))
    found: dict[str, Former] = {}
    for row in rows.order_by("name", "id"):
        known = found.get(row.name, Former(row.name, row.what, row.until, ()))
        added = (row.successor.name,) if row.successor is not None else ()
        found[row.name] = Former(known.name, known.what, known.until, (*known.successors, *added))
    return list(found.values())


def stand_ins(city: str, *, names: Iterable[str]) -> dict[str, str]:
    """Return who stands in the place of each of the names today, where it was renamed or merged."""
    rows = FormerUnit.objects.filter(city=city, what__in=("rename", "merge"), successor__isnull=False)
    now_called = dict(rows.values_list("name", "successor__name"))
    found = {}
    for name in names:
        today = name
        # A name is never used again, so the way from one to the next has no circle.
        while today in now_called:
            today = now_called[today]
        if today != name:
            found[name] = today
    return found


def carry_out(city: str, change: Change, *, actor: Actor, now: datetime) -> None:
    """Change the unit's row and all that hangs on it, inside the caller's transaction; it takes effect today."""
    row = actions.locked_unit(city, change.unit)
    today = now.astimezone(ZONE).date()
    successors = list(Unit.objects.filter(city=city, name__in=change.successors))
    if change.what == "rename":
        Unit.objects.filter(pk=row.pk).update(name=change.successor)
        successors = [row]
    else:
        _leave(city, row, change, successors, today=today, actor=actor, now=now)
    heirs: list[Unit | None] = [*successors] or [None]
    FormerUnit.objects.bulk_create(
        FormerUnit(city_id=city, name=change.unit, what=change.what, until=today, successor=each) for each in heirs
    )
    body = {"name": change.unit, "successors": list(change.successors), "on": today}
    ledger.record(city, f"unit/{row.pk}", _EVENTS[change.what], body, actor=actor, now=now)


def _leave(
    city: str, row: Unit, change: Change, successors: Sequence[Unit], *, today: date, actor: Actor, now: datetime
) -> None:
    Unit.objects.filter(pk=row.pk).update(left_on=today)
    UnitContact.objects.filter(unit=row, ended_on=None).update(ended_on=today)
    heir = successors[0] if change.what == "merge" else None
    Unit.objects.filter(parent=row).update(parent=heir)
    shifts = Roster.objects.filter(unit=row, ends_at__gt=now)
    if heir is not None:
        shifts.update(unit=heir)
    else:
        shifts.filter(starts_at__lt=now).update(ends_at=now)
        shifts.filter(starts_at__gte=now).delete()
    if heir is not None:
        served = UnitRegion.objects.filter(unit=row).exclude(region__in=heir.serves.values("region"))
        UnitRegion.objects.bulk_create(UnitRegion(unit=heir, region_id=each.region_id) for each in served)
    by_name = {each.name: each for each in successors}
    for person in Staff.objects.select_for_update().filter(unit=row):
        to = heir or by_name.get(change.staff.get(person.username, ""))
        if to is None:
            if person.is_active:
                actions.set_active(person.pk, active=False, actor=actor, now=now)
            continue
        Staff.objects.filter(pk=person.pk).update(unit=to)
        ledger.record(city, f"staff/{person.pk}", "UnitChanged", {"unit": to.name}, actor=actor, now=now)
    for client in Client.objects.select_for_update().filter(unit=row, active=True):
        if heir is None:
            actions.revoke_client(city, name=client.name, actor=actor, now=now)
        else:
            Client.objects.filter(pk=client.pk).update(unit=heir)
            ledger.record(city, f"client/{client.pk}", "UnitChanged", {"unit": heir.name}, actor=actor, now=now)


def _new_name(city: str, change: Change, *, taken: set[str]) -> None:
    if len(change.successors) != 1:
        raise Rejected("unit_name_empty" if not change.successors else "unit_successors_missing")
    name = change.successors[0]
    if name == change.unit:
        raise Rejected("unit_same_name")
    if len(name) > NAME_AT_MOST:
        raise Rejected("unit_name_too_long", most=NAME_AT_MOST)
    if name in taken:
        raise actions.NameTaken(name)
    if former(city, names=[name]):
        raise Rejected("unit_name_was_used", name=name)


def _successors(change: Change, *, known: set[str], all_known: set[str]) -> None:
    wanted = {"merge": len(change.successors) == 1, "split": len(change.successors) >= 2, "end": not change.successors}
    if not wanted[change.what] or change.unit in change.successors:
        raise Rejected("unit_successors_missing")
    for name in change.successors:
        if name not in known:
            raise Rejected("unit_has_left" if name in all_known else "unknown_unit", unit=name)


def _staff_of(city: str, change: Change) -> None:
    own = set(Staff.objects.filter(city=city, unit__name=change.unit).values_list("username", flat=True))
    for username, to in change.staff.items():
        if username not in own or to not in change.successors:
            raise Rejected("unit_staff_elsewhere", name=username, unit=change.unit)
