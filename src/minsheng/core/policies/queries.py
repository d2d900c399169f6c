"""The rules in force for a city at a moment, and the cities. Rules are kept in the process, by what they came from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from minsheng.core.ledger import actions as ledger
from minsheng.core.policies.models import CalendarYear as CalendarYearRow
from minsheng.core.policies.models import City
from minsheng.domain import packs
from minsheng.domain.packs import Chosen, Pack, PackError
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.worktime import Calendar, CalendarYear
from minsheng.gateways import packfiles

logger = logging.getLogger(__name__)

# The city's row, and as the version of what was loaded the last row's number: rows are replaced, not changed.
# From its day on, what takes the pack's place is the pack.
_SOURCE = b"""
    SELECT CASE WHEN next_from <= %(on)s THEN next_pack ELSE pack END,
        CASE WHEN next_from <= %(on)s THEN next_overlays ELSE overlays END,
        pack_folder, (SELECT coalesce(max(id), 0) FROM policies_calendaryear)
    FROM policies_city WHERE code = %(city)s AND active
"""


class UnknownCity(Rejected):
    """There is no such city, or it is closed."""

    def __init__(self, city: str) -> None:
        super().__init__("unknown_city", city=city)


class PackUnusable(Rejected):
    """The city's pack can't be applied then: it begins later, or its folder lacks it. `reason` is Chinese."""

    def __init__(self, city: str, reason: str) -> None:
        super().__init__("pack_unusable", city=city, reason=reason)


@dataclass(frozen=True, slots=True)
class CityFacts:
    """A city as pages and commands show it."""

    code: str
    name: str
    pack: str
    overlays: tuple[str, ...]
    active: bool
    display: Mapping[str, object]
    tier: str
    parent: str | None
    opened_at: datetime
    pack_folder: str = ""
    next_pack: str = ""
    next_overlays: tuple[str, ...] = ()
    next_from: date | None = None


def rules_for(city: str, *, now: datetime) -> Rules:
    """Return the rules in force for the city at the moment: pack version, overlays, and every calendar year known now.

    The same object is returned until something changes, so that it can key caches. One small query a call notices a
    year that was loaded meanwhile, also by another process.
    Raises: UnknownCity, PackUnusable. Source: SZ-49, JY-38, SQ-26; A-48.
    """
    found = ledger.execute(_SOURCE, {"city": city, "on": day_of(now)}, alone=True).fetchone()
    if found is None:
        raise UnknownCity(city)
    pack, overlays, folder, edition = found
    chosen = _of_source(city, folder, pack, tuple(overlays), now=now)
    names = (chosen.pack.name, *(overlay.name for overlay in chosen.overlays))
    known = _known.get((folder, names))
    if known is None or known[0] != edition:
        known = _known[folder, names] = (edition, _rules(chosen))
    return known[1]


def day_of(now: datetime) -> date:
    """Return the day of the platform's zone, by which packs come into force."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def area_code(city: str) -> str:
    """Return the area code of telephones in the city, or nothing where its pack says none.

    The newest version of the pack says it: a code does not change with the rules, and whoever writes a number down
    has no moment at hand.
    """
    found = ledger.execute(_SOURCE, {"city": city, "on": date.min}, alone=True).fetchone()
    return _area_code(found[2], found[0], tuple(found[1])) if found is not None else ""


def city(code: str) -> CityFacts:
    """Return a city. Raises: UnknownCity."""
    row = City.objects.filter(code=code).first() if "\0" not in code else None
    if row is None:
        raise UnknownCity(code)
    return _facts(row)


def cities(*, active: bool = True) -> list[CityFacts]:
    """Return the cities, by code."""
    rows = City.objects.order_by("code")
    return [_facts(row) for row in (rows.filter(active=True) if active else rows)]


def below(code: str) -> list[CityFacts]:
    """Return the platforms directly under a city's, by code."""
    return [_facts(row) for row in City.objects.filter(parent=code).order_by("code")]


def in_each_city(work: Callable[[CityFacts], object]) -> None:
    """Do something for every city; where it fails is on the log and holds up no other city."""
    for each in cities():
        try:
            work(each)
        except Exception:
            logger.exception("work for a city failed", extra={"city": each.code})


def loaded_years(country: str) -> dict[int, CalendarYear]:
    """Return the calendar years of a country that were loaded after the release."""
    return {
        row.year: CalendarYear(
            year=row.year,
            holidays=frozenset(row.holidays),
            workdays=frozenset(row.workdays),
            final=row.final,
            source=row.source,
        )
        for row in CalendarYearRow.objects.filter(country=country)
    }


@dataclass(frozen=True, slots=True)
class KnownYear:
    """A calendar year that rules count with; `loaded_at`: when it was loaded, None for one of the release."""

    year: CalendarYear
    loaded_at: datetime | None


def known_years(country: str = "CN") -> list[KnownYear]:
    """Return every calendar year of a country, the newest first; one that was loaded stands for the shipped one."""
    loaded_at = dict(CalendarYearRow.objects.filter(country=country).values_list("year", "loaded_at"))
    years = {**packfiles.load_calendar(country).years, **loaded_years(country)}
    return [KnownYear(years[number], loaded_at.get(number)) for number in sorted(years, reverse=True)]


def rules_with(city: str, year: CalendarYear, *, now: datetime) -> Rules:
    """Return the city's rules as they would be with a calendar year that is not loaded. Raises: as `rules_for`."""
    chosen = chosen_for(city, now=now)
    return _made(chosen, {**loaded_years("CN"), year.year: year})


def library(folder: str) -> tuple[Pack, ...]:
    """Return the shipped packs, with those of the operator's folder laid over them."""
    return _library(folder)


# By folder and names of pack and overlays: the calendar's edition that the rules were made with, and the rules.
_known: dict[tuple[str, tuple[str, ...]], tuple[int, Rules]] = {}


@lru_cache(maxsize=16)
def _library(folder: str) -> tuple[Pack, ...]:
    return packfiles.library([Path(folder)] if folder else [])


@lru_cache(maxsize=512)
def _chosen(folder: str, pack: str, overlays: tuple[str, ...], on: date) -> Chosen:
    pack_id, version = packs.split(pack)
    return packs.in_force(_library(folder), pack_id, overlays, on=on, version=version)


@lru_cache(maxsize=512)
def _area_code(folder: str, pack: str, overlays: tuple[str, ...]) -> str:
    try:
        said = packs.laid(_chosen(folder, pack, overlays, date.max))["area_code"].value
    except PackError:
        return ""
    return said if isinstance(said, str) else ""


def _rules(chosen: Chosen) -> Rules:
    return _made(chosen, loaded_years("CN"))


def chosen_for(city: str, *, now: datetime) -> Chosen:
    """Return the pack version and overlays in force for a city. Raises: UnknownCity, PackUnusable."""
    found = ledger.execute(_SOURCE, {"city": city, "on": day_of(now)}, alone=True).fetchone()
    if found is None:
        raise UnknownCity(city)
    return _of_source(city, found[2], found[0], tuple(found[1]), now=now)


def _of_source(city: str, folder: str, pack: str, overlays: tuple[str, ...], *, now: datetime) -> Chosen:
    try:
        return _chosen(folder, pack, overlays, day_of(now))
    except PackError as fault:
        raise PackUnusable(city, str(fault)) from fault


def _made(chosen: Chosen, loaded: Mapping[int, CalendarYear]) -> Rules:
    # A pack that works every day has the rules leave the country's calendar aside.
    calendar = Calendar({**packfiles.load_calendar().years, **loaded})
    return packs.rules(chosen.pack, chosen.overlays, calendar=calendar)


def _facts(row: City) -> CityFacts:
    display = row.display if isinstance(row.display, dict) else msgspec.json.decode(row.display)
    return CityFacts(
        code=row.code,
        name=row.name,
        pack=row.pack,
        overlays=tuple(row.overlays),
        active=row.active,
        display=display,
        tier=row.tier,
        parent=row.parent_id,
        opened_at=row.opened_at,
        pack_folder=row.pack_folder,
        next_pack=row.next_pack or "",
        next_overlays=tuple(row.next_overlays or ()),
        next_from=row.next_from,
    )
