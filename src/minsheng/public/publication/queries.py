"""Reads of published cases: pages of the list, one case, search, what is alike, the figures.

Every read asks once more which rows are published at this moment: what was withdrawn a second ago is not shown, even
if the row has not gone yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, Q, QuerySet, TextField, Value

from minsheng.cases.orders.storage import results
from minsheng.domain import likeness
from minsheng.domain.likeness import Candidate, Said, pairs, ranked
from minsheng.gateways import segmenter
from minsheng.public.publication.models import Figures, Follow, PublicCase

PAGE = 20
# What moments may be asked for: years that every calendar and the database can count with.
YEARS = (1950, 2200)
ALIKE = 5
_WORDS_AT_MOST = 5
_COMPARED = 60
_LEAST_LETTERS = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader looks for; empty means everything."""

    text: str = ""
    type: str = ""
    unit: str = ""
    channel: str = ""
    categories: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A published case as pages, the feed and Open311 show it."""

    order: str
    number: str
    title: str
    content: str
    reply: str
    type: str
    channel: str
    category: str
    unit: str
    grade: str
    follows: int
    registered_at: datetime
    closed_at: datetime
    published_at: datetime


def too_short(text: str) -> bool:
    """Tell whether a word is too short to be looked for."""
    return any(len(word) < _LEAST_LETTERS for word in text.split()[:_WORDS_AT_MOST])


def page(city: str, wanted: Wanted, *, after: tuple[str, str] | None) -> tuple[list[Case], tuple[str, str] | None]:
    """Return one page, the newest first, and where the next one begins (keyset)."""
    rows = _found(city, wanted).order_by("-published_at", "-order")
    if after is not None:
        moment = datetime.fromisoformat(after[0])
        rows = rows.filter(published_at__lte=moment).filter(Q(published_at__lt=moment) | Q(order__lt=after[1]))
    found = list(rows[: PAGE + 1])
    following = (found[PAGE - 1].published_at.isoformat(), found[PAGE - 1].order) if len(found) > PAGE else None
    return _shown(found[:PAGE]), following


def registered(city: str, wanted: Wanted, *, first: int, count: int) -> list[Case]:
    """Return cases by the moment they came in, the newest first; for Open311, which counts pages."""
    rows = _found(city, wanted)
    if wanted.since is not None:
        rows = rows.filter(registered_at__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(registered_at__lte=wanted.until)
    return _shown(list(rows.order_by("-registered_at", "-order")[first : first + count]))


def case(city: str, number: str) -> Case | None:
    """Return a case by its number, while it is published."""
    shown = numbered(city, [number])
    return shown[0] if shown else None


def numbered(city: str, numbers: Sequence[str]) -> list[Case]:
    """Return the cases of these numbers that are published."""
    wanted = [number for number in numbers if "\0" not in number]
    return _shown(list(PublicCase.objects.filter(city=city, number__in=wanted).order_by("-registered_at", "-order")))


def alike(city: str, *, content: str, place: str, category: str = "") -> list[Case]:
    """Return published cases that are like what is being said, the most like first."""
    words = sorted(segmenter.words_of(content[:60]), key=len, reverse=True)[:_WORDS_AT_MOST]
    where = segmenter.words_of(place[:40])[-3:]
    titles: dict[str, str] = {}
    for word in dict.fromkeys([*words, *where]):
        rows = _holding(PublicCase.objects.filter(city=city), word).order_by()
        titles.update(rows.values_list("order", "title")[:_COMPARED])
    candidates = [Candidate(order, likeness.plain(title)) for order, title in titles.items()]
    likes = ranked(Said(words, where, category), candidates, limit=ALIKE)
    kept = PublicCase.objects.in_bulk([each.id for each in likes])
    return _shown([kept[each.id] for each in likes if each.id in kept])


def followed(account: UUID) -> list[tuple[str, Case | None]]:
    """Return the cases that an account follows, the newest first: the number, and the case while it is public."""
    rows = Follow.objects.filter(account=account).order_by("-id").values_list("order", "number")[:50]
    public = {each.order: each for each in _shown(list(PublicCase.objects.filter(order__in=[row[0] for row in rows])))}
    return [(number, public.get(order)) for order, number in rows]


def followed_order(account: UUID, number: str) -> str | None:
    """Return the order of that number that an account follows, public now or not."""
    rows = Follow.objects.filter(account=account, number=number.replace("\0", ""))
    return rows.values_list("order", flat=True).first()


def follows(account: UUID, order: str) -> bool:
    """Tell whether an account follows a case."""
    return Follow.objects.filter(account=account, order=order).exists()


@dataclass(frozen=True, slots=True)
class Counted:
    """The figures that stay public, as they were counted last."""

    at: datetime
    months: list[results.Month]
    groups: list[results.Group]


def figures(city: str) -> Counted | None:
    """Return the figures; None before they were counted the first time."""
    row = Figures.objects.filter(city=city).first()
    if row is None:
        return None
    months = [results.Month(**each) for each in row.months]
    return Counted(row.counted_at, months, [results.Group(**each) for each in row.groups])


def _found(city: str, wanted: Wanted) -> QuerySet[PublicCase]:
    rows = PublicCase.objects.filter(city=city)
    for word in wanted.text.split()[:_WORDS_AT_MOST]:
        rows = _holding(rows, word)
    for name in ("type", "unit", "channel"):
        if value := getattr(wanted, name):
            rows = rows.filter(**{name: value})
    if wanted.categories:
        rows = rows.filter(category__in=wanted.categories)
    return rows


def _holding(rows: QuerySet[PublicCase], word: str) -> QuerySet[PublicCase]:
    """Narrow to the cases that hold a word of at least two letters; the index over pairs of letters serves it."""
    word = likeness.plain(word)
    letters = Func(F("words"), function="zh_bigrams", output_field=ArrayField(TextField()))
    held = Value(pairs(word), output_field=ArrayField(TextField()))
    return rows.alias(letters=letters).filter(letters__contains=held, words__contains=word)


def _shown(rows: Sequence[PublicCase]) -> list[Case]:
    present = results.among(row.order for row in rows)
    names = Case.__dataclass_fields__
    return [Case(**{name: getattr(row, name) for name in names}) for row in rows if row.order in present]
