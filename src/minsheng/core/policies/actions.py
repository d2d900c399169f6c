"""Opening cities and loading calendar years. Each writes its fact on the city's own stream."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.policies import queries
from minsheng.core.policies.models import TIERS, City
from minsheng.core.policies.models import CalendarYear as CalendarYearRow
from minsheng.domain import names, packs
from minsheng.domain.actors import Actor
from minsheng.domain.packs import PackError
from minsheng.domain.rejected import Rejected
from minsheng.domain.worktime import CalendarYear


class CityExists(Rejected):
    """The code is taken."""

    def __init__(self, code: str) -> None:
        super().__init__("city_exists", city=code)


class BadCityCode(Rejected):
    """A code is small letters, digits and underscores, 2 to 40 of them, and begins with a letter."""

    def __init__(self, code: str) -> None:
        super().__init__("bad_city_code", city=code)


class Misplaced(Rejected):
    """A city can't be of that tier, or not under that one. The code says why."""


class YearIsFinal(Rejected):
    """The year's arrangement is final already; a provisional one can't take its place."""

    def __init__(self, year: int) -> None:
        super().__init__("year_is_final", year=year)


@transaction.atomic
def open_city(
    code: str,
    *,
    name: str,
    pack: str,
    overlays: Sequence[str] = (),
    pack_folder: str = "",
    display: Mapping[str, object] | None = None,
    tier: str | None = None,
    parent: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Open a city under a pack that can be applied now; one with a parent is a county's unless `tier` says more.

    Raises: CityExists, BadCityCode, what `names.checked` refuses, UnknownCity for the parent, Misplaced, PackUnusable;
    domain.faults.Faulty for a bad folder.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", code):
        raise BadCityCode(code)
    if City.objects.filter(code=code).exists():
        raise CityExists(code)
    name = names.checked(name)
    tier = tier or ("city" if parent is None else "county")
    _check_place(code, tier=tier, parent=parent)
    pack_id, version = packs.split(pack)
    on = now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    try:
        packs.in_force(queries.library(pack_folder), pack_id, overlays, on=on, version=version)
    except PackError as fault:
        raise queries.PackUnusable(code, str(fault)) from fault
    City.objects.create(
        code=code,
        name=name,
        pack=pack,
        overlays=list(overlays),
        pack_folder=pack_folder,
        display=dict(display or {}),
        tier=tier,
        parent_id=parent,
        opened_at=now,
    )
    body = {"name": name, "pack": pack, "overlays": list(overlays), "tier": tier, "parent": parent}
    ledger.record(code, f"city/{code}", "CityOpened", body, actor=actor, now=now)


@transaction.atomic
def place_city(code: str, *, tier: str, parent: str | None, actor: Actor, now: datetime) -> bool:
    """Say of which tier a city's platform is and whose is above it; return whether that is new.

    It gives nobody a sight of another city. Raises: UnknownCity, Misplaced. Source: SZ-6b, SZ-47.
    """
    # One at a time: two that are placed under each other at once would make a circle.
    ledger.hold("places of cities")
    row = City.objects.select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        raise queries.UnknownCity(code)
    _check_place(code, tier=tier, parent=parent)
    if (row.tier, row.parent_id) == (tier, parent):
        return False
    City.objects.filter(code=code).update(tier=tier, parent=parent)
    ledger.record(code, f"city/{code}", "CityPlaced", {"tier": tier, "parent": parent}, actor=actor, now=now)
    return True


def _check_place(code: str, *, tier: str, parent: str | None) -> None:
    if tier not in TIERS:
        raise Misplaced("unknown_tier", tier=tier, choices="、".join(TIERS))
    if parent is None:
        above = None
    else:
        queries.city(parent)
        above = City.objects.get(code=parent)
    up = above
    while up is not None:
        if up.code == code:
            raise Misplaced("city_under_itself", city=code, parent=parent)
        up = up.parent
    if above is not None and TIERS.index(above.tier) >= TIERS.index(tier):
        raise Misplaced("city_not_above", city=parent, tier=above.tier, below=tier)
    for child in City.objects.filter(parent=code):
        if TIERS.index(child.tier) <= TIERS.index(tier):
            raise Misplaced("city_not_above", city=code, tier=tier, below=child.tier)


@transaction.atomic
def mark_city(code: str, marks: Mapping[str, str], *, actor: Actor, now: datetime) -> None:
    """Say who stands behind a city's portal, in its pages' foot; an empty mark is taken away.

    `marks`: `host` the office, `site_code` the identification of a government site, `icp` and `police` the records
    of the site. Raises: UnknownCity.
    """
    row = City.objects.select_for_update().filter(code=code).first()
    if row is None:
        raise queries.UnknownCity(code)
    row.display = {name: mark for name, mark in {**row.display, **marks}.items() if mark}
    row.save(update_fields=["display"])
    ledger.record(code, f"city/{code}", "CityMarked", {"marks": dict(row.display)}, actor=actor, now=now)


@transaction.atomic
def load_calendar(year: CalendarYear, *, country: str = "CN", loaded_by: str, actor: Actor, now: datetime) -> list[str]:
    """Load a calendar year that was published after the release; return the cities that it concerns.

    From the commit on every process counts with it. Each city's stream gets a CalendarLoaded; whoever keeps deadlines
    that touch a provisional year hears of it from the ledger and recomputes them.
    Raises: YearIsFinal. Source: A-48.
    """
    found = CalendarYearRow.objects.select_for_update().filter(country=country, year=year.year).first()
    if found is not None and found.final and not year.final:
        raise YearIsFinal(year.year)
    # Replaced, not changed: the new row's number tells every process that there is something new.
    CalendarYearRow.objects.filter(country=country, year=year.year).delete()
    CalendarYearRow.objects.create(
        country=country,
        year=year.year,
        holidays=sorted(year.holidays),
        workdays=sorted(year.workdays),
        final=year.final,
        source=year.source,
        loaded_at=now,
        loaded_by=loaded_by,
    )
    concerned = [city.code for city in queries.cities()]
    body = {
        "country": country,
        "year": year.year,
        "final": year.final,
        "source": year.source,
        "holidays": sorted(year.holidays),
        "workdays": sorted(year.workdays),
    }
    for code in concerned:
        ledger.record(code, f"city/{code}", "CalendarLoaded", body, actor=actor, now=now)
    return concerned
