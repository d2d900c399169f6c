"""The regions of a city as a tree with codes, and which of them each unit serves.

A region that was dissolved stays, with the day from which it is no more: addresses and figures of its time name it.
Source: SZ-12.2, SZ-15.1; GB/T 2260, GB/T 10114.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, days
from minsheng.core.people.models import Region, Unit, UnitRegion
from minsheng.core.policies import queries as policies
from minsheng.domain import regions
from minsheng.domain.actors import Actor
from minsheng.domain.regions import Tree
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, is_blank

NAME_AT_MOST: Final = 50
# What figures call a district: the level below the platform's own.
_DISTRICT: Final = {"province": "city", "city": "county", "county": "town"}


@transaction.atomic
def put(
    city: str, code: str, name: str, *, parent: str = "", ends: date | None = None, actor: Actor, now: datetime
) -> bool:
    """Enter a region, or give it its new name; return whether anything is new.

    `parent`: the code of the one above; empty for the nearest above that the city has. Codes may be filled up with
    noughts. `ends`: from when it is no more, where that is said along with it; `end` makes it so.
    Raises: Rejected `region_…`, `field_missing`.
    """
    policies.city(city)
    code, parent, name = code.strip(), parent.strip(), cleaned(name).strip()
    _check(code, name)
    code, parent = regions.shortest(code), regions.shortest(parent)
    ledger.hold(f"regions of {city}")
    rows = {row.code: row for row in Region.objects.filter(city=city)}
    known = rows.get(code)
    # Those that are no more have nothing below them any more, but for what is there already.
    above = parent or regions.nearest_above(code, [row.code for row in rows.values() if row.ended_on is None])
    if parent and parent not in rows:
        raise Rejected("region_unknown", region=parent)
    if parent and not regions.is_below(code, parent):
        raise Rejected("region_not_below", region=code, parent=parent)
    if known is None:
        _check_above(rows.get(above), ends)
        row = Region.objects.create(city_id=city, code=code, name=name, parent=rows.get(above))
        _adopt(row, rows)
        _record(city, code, "RegionAdded", {"name": name, "parent": above}, actor=actor, now=now)
        return True
    if parent and (known.parent is None or known.parent.code != parent):
        raise Rejected("region_elsewhere", region=code, name=known.name)
    if known.ended_on is not None and known.ended_on <= now.astimezone(ZONE).date() and ends is None:
        raise Rejected("region_has_ended", region=code, name=known.name, on=str(known.ended_on))
    if known.name == name:
        return False
    Region.objects.filter(pk=known.pk).update(name=name)
    _record(city, code, "RegionRenamed", {"name": name, "former": known.name}, actor=actor, now=now)
    return True


@transaction.atomic
def end(city: str, code: str, *, on: date, actor: Actor, now: datetime) -> bool:
    """Say from which day a region is no more; return whether that is new. What lies in it must have ended before.

    Raises: Rejected `region_…`, `day_out_of_range`.
    """
    days.check(on)
    ledger.hold(f"regions of {city}")
    row = _named(city, code)
    if row is None:
        raise Rejected("region_unknown", region=code)
    if row.ended_on == on:
        return False
    later = Region.objects.filter(Q(ended_on=None) | Q(ended_on__gt=on), parent=row)
    below = list(later.order_by("code").values_list("name", flat=True)[:5])
    if below:
        raise Rejected("region_has_below", name=row.name, below="、".join(below))
    _check_above(row.parent, on)
    Region.objects.filter(pk=row.pk).update(ended_on=on)
    _record(city, row.code, "RegionEnded", {"on": on}, actor=actor, now=now)
    return True


@transaction.atomic
def serve(city: str, unit: str, codes: Sequence[str], *, actor: Actor, now: datetime) -> bool:
    """Say which regions a unit serves, exactly these; return whether that is new. Raises: Rejected, UnknownUnit."""
    row = actions.locked_unit(city, unit)
    today = now.astimezone(ZONE).date()
    wanted = dict.fromkeys(regions.shortest(code.strip()) for code in codes)
    there = {
        each.code: each
        for each in Region.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today), city=city, code__in=wanted)
    }
    for code in wanted:
        if code not in there:
            raise Rejected("region_unknown", region=code[:20])
    had = set(UnitRegion.objects.filter(unit=row).values_list("region__code", flat=True))
    if had == set(wanted):
        return False
    UnitRegion.objects.filter(unit=row).exclude(region__code__in=wanted).delete()
    UnitRegion.objects.bulk_create(UnitRegion(unit=row, region=there[code]) for code in wanted if code not in had)
    ledger.record(city, f"unit/{row.pk}", "UnitRegionsSet", {"regions": list(wanted)}, actor=actor, now=now)
    return True


def tree(city: str, *, on: date | None = None) -> Tree:
    """Return the city's regions: those of a day, or all that there ever were."""
    rows = Region.objects.filter(city=city).order_by("code")
    if on is not None:
        rows = rows.filter(Q(ended_on=None) | Q(ended_on__gt=on))
    columns = rows.values_list("code", "name", "parent__code", "ended_on")
    return Tree.of(regions.Region(code, name, parent or "", ended) for code, name, parent, ended in columns)


def served(city: str) -> dict[str, list[str]]:
    """Return the codes of the regions that each unit serves, by the unit's name; units without any are left out."""
    found: dict[str, list[str]] = {}
    rows = UnitRegion.objects.filter(unit__city=city).order_by("unit__name", "region__code")
    for unit, code in rows.values_list("unit__name", "region__code"):
        found.setdefault(unit, []).append(code)
    return found


def units_of(city: str, code: str, *, now: datetime) -> list[str]:
    """Return the units in force that serve a region or one above it, the nearest first, then by name."""
    today = now.astimezone(ZONE).date()
    chain = [each.code for each in tree(city).chain(code)]
    joined = Unit.objects.filter(Q(joined_on__lte=today), Q(left_on=None) | Q(left_on__gt=today), city=city)
    rows = UnitRegion.objects.filter(unit__in=joined, region__code__in=chain).values_list("unit__name", "region__code")
    nearest: dict[str, int] = {}
    for unit, served_code in rows:
        nearest[unit] = min(nearest.get(unit, len(chain)), chain.index(served_code))
    return sorted(nearest, key=lambda unit: (nearest[unit], unit))


def district_of(found: Tree, codes: Sequence[str], *, tier: str) -> str:
    """Return the district that all of these lie in, for a platform of a tier; an empty text where there is none."""
    common = found.common(codes)
    district = found.at_level(common.code, _DISTRICT[tier]) if common is not None else None
    return district.name if district is not None else ""


def _check(code: str, name: str) -> None:
    if not regions.is_code(code):
        raise Rejected("region_bad_code", region=code[:20])
    if is_blank(name):
        raise Rejected("field_missing", fields=("region_name",))
    if len(name) > NAME_AT_MOST:
        raise Rejected("region_name_too_long", most=NAME_AT_MOST)


def _check_above(above: Region | None, ends: date | None) -> None:
    """Raise Rejected for what would go on in a region that is no more."""
    if above is not None and above.ended_on is not None and (ends is None or ends > above.ended_on):
        raise Rejected("region_above_ends", name=above.name, on=str(above.ended_on))


def _named(city: str, code: str) -> Region | None:
    """Return the region of a code, which may be filled up with noughts; a row that stands so is found by that alone."""
    code = code.strip()
    rows = {row.code: row for row in Region.objects.filter(city=city, code__in=(code, regions.shortest(code)))}
    return rows.get(code) or rows.get(regions.shortest(code))


def _adopt(row: Region, rows: dict[str, Region]) -> None:
    """Put what lies within a new region under it: lists do not come from the top down always."""
    own = regions.nearest_above
    codes = [*rows, row.code]
    below = [each.pk for each in rows.values() if own(each.code, codes) == row.code and _may_move(each, row)]
    Region.objects.filter(pk__in=below).update(parent=row)


def _may_move(each: Region, row: Region) -> bool:
    return each.parent is None or regions.is_below(row.code, each.parent.code)


def _record(city: str, code: str, kind: str, body: dict[str, object], *, actor: Actor, now: datetime) -> None:
    ledger.record(city, f"region/{city}-{code}", kind, {"code": code, **body}, actor=actor, now=now)
