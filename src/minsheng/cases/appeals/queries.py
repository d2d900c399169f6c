"""Reads of what was said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, TextField, Value

from minsheng.cases.appeals.models import Addition, Appeal
from minsheng.domain.orders.fields import MOST_NAMES

# Its tables with the column that names the order which a row belongs to; the ledger must know every one of them.
TABLES = (("appeals_appeal", "id"), ("appeals_addition", '"order"'))
# The constraint that keeps a letter of a file from being taken twice.
TAKEN_ONCE = "appeals_appeal_source"


@dataclass(frozen=True, slots=True)
class Words:
    """What was said, as pages and the API show it."""

    id: str
    appellant: UUID | None
    title: str
    content: str
    place: str
    target_person: str
    said_at: datetime | None
    source_no: str
    category: str


def words_of(appeal_id: str) -> Words | None:
    """Return the words of an appeal."""
    row = Appeal.objects.filter(id=appeal_id).first()
    if row is None:
        return None
    return Words(
        row.id, row.appellant_id, row.title, row.content, row.place, row.target_person, row.said_at, row.source_no,
        row.category,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Added:
    """What was said afterwards, and when; `joined`: in which appeal, where that was joined to the order."""

    text: str
    at: datetime
    joined: str = ""


def additions(order: str) -> list[Added]:
    """Return what was said of an order afterwards, by its appellant and others', the oldest first."""
    return _added(Addition.objects.filter(order__in=_with_parts(order)))


def own_additions(order: str) -> list[Added]:
    """Return what the order's own appellant said afterwards, the oldest first; also where it was joined to another."""
    own = Q(order__in=_with_parts(order), joined="") | Q(joined=order)
    return _added(Addition.objects.filter(own))


def _with_parts(order: str) -> list[str]:
    """Return an order and the names that its parts may have: what was said of a part is of the whole."""
    return [order, *(f"{order}.{count}" for count in range(1, MOST_NAMES + 1))]


def _added(rows: QuerySet[Addition]) -> list[Added]:
    return [Added(row.text, row.at, row.joined) for row in rows.order_by("id")]


def ids_of_appellants(city: str, appellants: Iterable[UUID], *, limit: int) -> list[str]:
    """Return the newest appeals of these people, by id. Who may ask is for the caller to hold to."""
    found = Appeal.objects.filter(city=city, appellant__in=list(appellants)).order_by("-created_at", "-id")
    return list(found.values_list("id", flat=True)[:limit])


def titled(city: str, words: Iterable[str]) -> QuerySet[Appeal, str]:
    """Return the ids of the appeals whose title holds every word, unread, for another query to narrow.

    Words have at least two letters; the index over pairs of neighboring letters serves them.
    """
    rows = Appeal.objects.filter(city=city).alias(pairs=_pairs(F("title")))
    for word in words:
        rows = rows.filter(pairs__contains=_pairs(Value(word)), title__icontains=word)
    return rows.values_list("id", flat=True)


def appellants_of(appeal_ids: Iterable[str]) -> dict[str, UUID]:
    """Return who said each of these appeals, by its id; nothing of what nobody known has said."""
    rows = Appeal.objects.filter(id__in=list(appeal_ids), appellant__isnull=False)
    return {appeal: who for appeal, who in rows.values_list("id", "appellant_id") if who is not None}


def persons_of(appeal_ids: Iterable[str]) -> list[str]:
    """Return what these appeals say of the persons whom they complain about; nothing for most."""
    rows = Appeal.objects.filter(id__in=list(appeal_ids)).exclude(target_person="")
    return list(rows.values_list("target_person", flat=True))


def said_in(appeal_ids: Iterable[str]) -> list[str]:
    """Return all that these appeals say, and what was added to them and to their parts, a text each."""
    ids = list(appeal_ids)
    rows = Appeal.objects.filter(id__in=ids).values_list("title", "content", "place")
    added = Addition.objects.filter(order__in=[name for each in ids for name in _with_parts(each)])
    texts = [text for row in rows for text in row] + list(added.values_list("text", flat=True))
    return [text for text in texts if text]


def said_beside(words: Words) -> list[str]:
    """Return the same of one appeal whose words were read already."""
    said = [words.title, words.content, words.place, *(each.text for each in additions(words.id))]
    return [text for text in said if text]


def category_of(appeal: OuterRef) -> Subquery:
    """Return the category of the appeal that another query is at, for that query to group by."""
    return Subquery(Appeal.objects.filter(pk=appeal).values("category"))


def places_of(appeal_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Return of each appeal where it is and what it is about: the place as it was told, and the category's code."""
    rows = Appeal.objects.filter(id__in=list(appeal_ids)).values_list("id", "place", "category")
    return {appeal: (place, category) for appeal, place, category in rows}


def _pairs(text: F | Value) -> Func:
    return Func(text, function="zh_bigrams", output_field=ArrayField(TextField()))


def known_digests(city: str, digests: Iterable[bytes]) -> set[bytes]:
    """Return which of the digests belong to letters that are already here."""
    found = Appeal.objects.filter(city=city, source_digest__in=list(digests))
    return {bytes(each) for each in found.values_list("source_digest", flat=True) if each is not None}
