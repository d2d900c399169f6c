"""Finding articles: one search for seats, the public and other programs, over what is valid on the city's day.

The index gives the candidates by BM25; the best of them are put in order by how like the question their title or one
of their phrasings is. Source: SZ-31a, JY-9.1a.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from math import log
from typing import Any, Final

from rapidfuzz import fuzz

from minsheng.cases.knowledge import terms
from minsheng.cases.knowledge.models import Article
from minsheng.core.ledger.actions import execute
from minsheng.domain.knowledge.article import PUBLISHED, TO_VERIFY
from minsheng.domain.likeness import plain

# Who reads what: a seat also what waits to be verified, with the mark.
READERS: Final[Mapping[str, tuple[str, ...]]] = {
    "public": ("public", "enterprise", "talent"),
    "seats": ("public", "enterprise", "talent", "seats"),
}
_SEATS_READ: Final = (PUBLISHED, TO_VERIFY)
_CANDIDATES, _SHARE, _EXCERPT = 30, 0.2, 90
_LATIN: Final = re.compile(r"[a-z]{2,40}")
# The rarest terms of a question give the candidates, as long as they stand in so many places together.
_BUDGET, _LEAST_TERMS = 6_000, 3
# Candidates of which everything that the question asks for is weighed.
_WEIGHED: Final = 120
_TELLING: Final = b"""
    SELECT term, held, (SELECT held FROM knowledge_term WHERE city_id = %(city)s AND term = '')
    FROM knowledge_term WHERE city_id = %(city)s AND term = ANY(%(terms)s) AND held > 0
"""
_SEARCH: Final = b"""
    WITH asked AS (SELECT * FROM unnest(%(terms)s::text[], %(weights)s::float8[]) AS a (term, weight)),
    rare AS (SELECT * FROM asked WHERE term = ANY(%(rare)s)),
    likely AS (
        SELECT p.article_id, sum(a.weight * p.weight) AS score
        FROM rare a JOIN knowledge_posting p ON p.city_id = %(city)s AND p.term = a.term GROUP BY p.article_id
    ),
    chosen AS (
        SELECT l.article_id FROM likely l JOIN knowledge_article k ON k.id = l.article_id
        WHERE k.status = ANY(%(statuses)s) AND k.audience = ANY(%(audiences)s)
            AND (k.valid_from IS NULL OR k.valid_from <= %(today)s) AND (k.valid_to IS NULL OR k.valid_to >= %(today)s)
            AND (%(unit)s = '' OR k.target_unit = %(unit)s) AND (%(kind)s = '' OR k.kind = %(kind)s)
            AND (cardinality(%(categories)s::text[]) = 0 OR k.category = ANY(%(categories)s::text[]))
            AND (%(region)s = '' OR k.region = '' OR starts_with(%(region)s, k.region))
        ORDER BY l.score DESC, l.article_id DESC LIMIT %(weighed)s
    )
    SELECT p.article_id, sum(a.weight * p.weight) AS score, array_agg(p.term)
    FROM chosen c JOIN knowledge_posting p ON p.article_id = c.article_id JOIN asked a ON a.term = p.term
    WHERE p.term = ANY(%(terms)s)
    GROUP BY p.article_id ORDER BY score DESC, p.article_id DESC LIMIT %(limit)s
"""
_VOCABULARY: Final = b"""
    SELECT term FROM knowledge_term WHERE city_id = %s AND held > 0 AND length(term) BETWEEN 3 AND 7
        AND ascii(term) BETWEEN 19968 AND 40959
"""
_NEWEST: Final = b"SELECT coalesce(max(id), 0) FROM knowledge_term"
# The vocabulary is read anew after so many new terms; a small base's with every one.
_STEP: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for: the question, who reads it (a key of `READERS`), on which day of the city; empty: any."""

    text: str
    reader: str
    today: date
    unit: str = ""
    kind: str = ""
    region: str = ""
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article that was found, with why: the letters of the question that stand in it."""

    id: str
    number: str
    edition: int
    title: str
    kind: str
    unit: str
    status: str
    excerpt: str
    found: tuple[str, ...]
    valid_to: date | None


def valid(city: str, *, reader: str, today: date) -> Any:
    """Return the articles that a reader may rely on today; a seat also gets those that are to be verified."""
    statuses = _SEATS_READ if reader == "seats" else (PUBLISHED,)
    rows = Article.objects.filter(city=city, status__in=statuses, audience__in=READERS[reader])
    return rows.exclude(valid_from__gt=today).exclude(valid_to__lt=today)


def search(city: str, wanted: Wanted, *, limit: int) -> list[Hit]:
    """Return what is valid today and fits best, the best first."""
    latin = plain(wanted.text).replace(" ", "")
    if _LATIN.fullmatch(latin) and (found := _by_sound(city, wanted, latin, limit=limit)):
        return found
    asked = _weighed(city, terms.of_question(wanted.text, _vocabulary(city)))
    if not asked:
        return []
    values = {
        "city": city, "terms": list(asked), "weights": [weight for weight, _ in asked.values()], "rare": _rare(asked),
        "today": wanted.today, "statuses": list(_SEATS_READ if wanted.reader == "seats" else (PUBLISHED,)),
        "audiences": list(READERS[wanted.reader]), "unit": wanted.unit, "kind": wanted.kind, "region": wanted.region,
        "categories": list(wanted.categories),
        "weighed": _WEIGHED, "limit": _CANDIDATES,
    }  # fmt: skip
    scored = execute(_SEARCH, values, alone=True).fetchall()
    rows = Article.objects.in_bulk([row[0] for row in scored])
    best = scored[0][1] if scored else 0.0
    likes = [
        (score + best * 0.6 * _likeness(rows[id], wanted.text), rows[id], found)
        for id, score, found in scored
        if score >= best * _SHARE
    ]
    likes.sort(key=lambda each: -each[0])
    return [_hit(row, found) for _, row, found in likes[:limit]]


def _weighed(city: str, asked: Mapping[str, float]) -> dict[str, tuple[float, int]]:
    """Return what is asked for and stands in some article: each term's weight by how much it tells, and in how many."""
    found = execute(_TELLING, {"city": city, "terms": list(asked)}, alone=True).fetchall()
    return {
        term: (asked[term] * log(1 + (max(whole, held) - held + 0.5) / (held + 0.5)), held)
        for term, held, whole in found
    }


def _rare(asked: Mapping[str, tuple[float, int]]) -> list[str]:
    """Return the terms that stand in fewest articles, as long as they give few enough candidates."""
    chosen: list[str] = []
    places = 0
    for term, (_, held) in sorted(asked.items(), key=lambda each: each[1][1]):
        places += held
        if places > _BUDGET and len(chosen) >= _LEAST_TERMS:
            break
        chosen.append(term)
    return chosen


def _by_sound(city: str, wanted: Wanted, letters: str, *, limit: int) -> list[Hit]:
    rows = valid(city, reader=wanted.reader, today=wanted.today).filter(phonetic__contains=letters)
    for column, value in (("target_unit", wanted.unit), ("kind", wanted.kind)):
        rows = rows.filter(**{column: value}) if value else rows
    if wanted.categories:
        rows = rows.filter(category__in=wanted.categories)
    if wanted.region:
        rows = rows.filter(region__in=[wanted.region[:length] for length in range(len(wanted.region) + 1)])
    return [_hit(row, ()) for row in rows.order_by("-published_at", "-id")[:limit]]


def _likeness(row: Article, text: str) -> float:
    """Return how like the question the title or one of the phrasings is, from 0 to 1."""
    asked = plain(text)
    content = row.state["content"]
    return max(fuzz.ratio(asked, plain(each)) for each in (content["title"], *content.get("phrasings", ()))) / 100


def _hit(row: Article, found: Sequence[str]) -> Hit:
    body = " ".join(row.text.split())
    letters = terms.told(found)
    at = min((place for each in letters if (place := body.lower().find(each)) >= 0), default=0)
    begin = max(0, at - 20)
    excerpt = ("…" if begin else "") + body[begin : begin + _EXCERPT] + ("…" if len(body) > begin + _EXCERPT else "")
    return Hit(
        id=str(row.pk), number=row.number, edition=row.edition, title=row.title, kind=row.kind, unit=row.target_unit,
        status=row.status, excerpt=excerpt, found=tuple(letters), valid_to=row.valid_to,
    )  # fmt: skip


def _vocabulary(city: str) -> tuple[str, ...]:
    """Return the words of three letters and more that stand in the city's articles, as of the newest terms."""
    row = execute(_NEWEST, (), alone=True).fetchone()
    newest: int = row[0] if row else 0
    return _words(city, newest if newest < 50 * _STEP else newest // _STEP * _STEP)


@lru_cache(maxsize=16)
def _words(city: str, newest: int) -> tuple[str, ...]:
    return tuple(row[0] for row in execute(_VOCABULARY, (city,), alone=True).fetchall())
