"""Reads of the encyclopaedia: what everybody may read today, by theme, unit and district, the newest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q

from minsheng.cases.knowledge import searching
from minsheng.cases.knowledge.searching import Hit, Wanted
from minsheng.core.people import regions
from minsheng.gateways import packfiles

PAGE = 20
_NEWEST = 50
# A map of the site names so many addresses at most (sitemaps.org).
_MAPPED = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a reader looks for; empty means everything. `theme`: the name of a group of categories."""

    text: str = ""
    theme: str = ""
    unit: str = ""
    region: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A way into the encyclopaedia: what it is called, what its address asks for, how many articles it leads to."""

    label: str
    value: str
    count: int


def found(city: str, asked: Asked, *, today: date) -> list[Hit]:
    """Return what fits a question best."""
    codes = tuple(_codes(asked.theme)) if asked.theme else ()
    if asked.theme and not codes:
        return []
    wanted = Wanted(
        text=asked.text, reader="public", today=today, unit=asked.unit, kind=asked.kind, region=asked.region,
        categories=codes,
    )  # fmt: skip
    return searching.search(city, wanted, limit=PAGE)


def page(city: str, asked: Asked, *, after: str, today: date) -> tuple[list[Any], str]:
    """Return one page, the newest first, and where the next one begins (keyset), if one does."""
    rows = _valid(city, today).order_by("-published_at", "-id")
    if asked.theme:
        rows = rows.filter(category__in=_codes(asked.theme))
    for column, value in (("target_unit", asked.unit), ("region", asked.region), ("kind", asked.kind)):
        if value:
            rows = rows.filter(**{column: value})
    if after and (place := _place(after)) is not None:
        moment, number = place
        rows = rows.filter(Q(published_at__lt=moment) | Q(published_at=moment, number__lt=number))
    found = list(rows.order_by("-published_at", "-number")[: PAGE + 1])
    more = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{more.published_at.isoformat()}~{more.number}" if more is not None else ""


def _place(after: str) -> tuple[datetime, str] | None:
    moment, _, number = after.partition("~")
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (at, number) if at.tzinfo is not None and 1950 <= at.year <= 2200 and "\0" not in number else None


def shelves(city: str, *, today: date) -> Mapping[str, list[Shelf]]:
    """Return the ways into the encyclopaedia: themes in the order of the tree, units and districts by name."""
    rows = _valid(city, today)
    by_code = dict(rows.values_list("category").annotate(n=Count("pk")))
    themes: dict[str, int] = {}
    for code, leaf in packfiles.categories().by_code.items():
        themes[leaf.group] = themes.get(leaf.group, 0) + by_code.get(code, 0)
    units = rows.values_list("target_unit").annotate(n=Count("pk")).order_by("target_unit")
    places = rows.exclude(region="").values_list("region").annotate(n=Count("pk")).order_by("region")
    names = {code: each.name for code, each in regions.tree(city).by_code.items()}
    return {
        "theme": [Shelf(name, name, count) for name, count in themes.items() if count],
        "unit": [Shelf(unit, unit, count) for unit, count in units],
        "region": [Shelf(names.get(code, code), code, count) for code, count in places],
    }


def newest(city: str, *, today: date) -> list[Any]:
    """Return the articles that were published last."""
    return list(_valid(city, today).order_by("-published_at", "-id")[:_NEWEST])


def mapped(city: str, *, today: date) -> list[tuple[str, datetime]]:
    """Return number and moment of change of every article, the newest first."""
    rows = _valid(city, today).order_by("-published_at", "-id").values_list("number", "published_at")
    return list(rows[:_MAPPED])


def one(city: str, number: str, *, today: date) -> Any | None:
    """Return an article by its number, while everybody may rely on it."""
    return None if "\0" in number else _valid(city, today).filter(number=number).first()


def _valid(city: str, today: date) -> Any:
    return searching.valid(city, reader="public", today=today)


def _codes(theme: str) -> list[str]:
    return [code for code, leaf in packfiles.categories().by_code.items() if leaf.group == theme]
