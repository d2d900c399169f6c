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
from minsheng.core.policies.models import CalendarYear as CalendarYearRow
from minsheng.core.policies.models import City
from minsheng.domain import packs
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
    parent: str | None = None,
    actor: Actor,
    now: datetime,
) -> None:
    """Open a city under a pack that can be applied now.

    Raises: CityExists, BadCityCode, UnknownCity for the parent, PackUnusable; domain.faults.Faulty for a bad folder.
    """
    if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", code):
        raise BadCityCode(code)
    if City.objects.filter(code=code).exists():
        raise CityExists(code)
    if parent is not None:
        queries.city(parent)
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
        parent_id=parent,
        opened_at=now,
    )
    body = {"name": name, "pack": pack, "overlays": list(overlays), "parent": parent}
    ledger.record(code, f"city/{code}", "CityOpened", body, actor=actor, now=now)


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
