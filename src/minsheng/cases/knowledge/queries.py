"""Reads of the knowledge base: an article and its versions as they were, what may be cited today, counts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from minsheng.cases.knowledge import labels, searching
from minsheng.cases.knowledge.models import Article, Basis, Posting
from minsheng.cases.knowledge.searching import Hit
from minsheng.core.ledger import queries as ledger
from minsheng.core.ledger.facts import FactCodec
from minsheng.domain.knowledge import article
from minsheng.domain.knowledge.content import Content

# Read again and again, and never changed: the ledger's events of articles.
_CODEC = FactCodec({each.__name__: each for each in article.CYCLE.events}, prefix="article/")
_RELATED = 5
# Letters of an article that an answer takes over.
_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an article: its number, who wrote it when, what it says, when it was published first."""

    edition: int
    at: datetime
    writer: str | None
    content: Content
    published_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Cited:
    """An article as an answer names it: number and version."""

    number: str
    edition: int
    title: str

    @property
    def name(self) -> str:
        """Return what an answer keeps."""
        return f"{self.number} v{self.edition}"


@dataclass(frozen=True, slots=True)
class Offered:
    """An article that is offered to a seat who answers, with the words that the answer can take over."""

    hit: Hit
    words: str


def offered(hits: Iterable[Hit]) -> list[Offered]:
    """Return what was found as it is offered beside an answer."""
    listed = list(hits)
    rows = Article.objects.in_bulk([hit.id for hit in listed])
    texts = {str(id): row.text for id, row in rows.items()}
    return [Offered(hit, texts[hit.id][:_WORDS]) for hit in listed if hit.id in texts]


def named(city: str, name: str) -> Article | None:
    """Return an article by its number, by what an answer keeps of it, or by its id."""
    number = name.partition(" v")[0].strip()
    if "\0" in number:
        return None
    rows = Article.objects.filter(city=city, version__gt=0)
    try:
        return rows.filter(pk=UUID(number)).first()
    except ValueError:
        return rows.filter(number=number).first()


def cited(city: str, name: str, *, today: date, reader: str = "seats") -> Cited | None:
    """Return what an answer keeps of an article that a reader may rely on today; None where it may not be cited."""
    row, edition = named(city, name), edition_in(name)
    if (
        row is None
        or edition not in (0, row.edition)
        or not searching.valid(city, reader=reader, today=today).filter(pk=row.pk).exists()
    ):
        return None
    return Cited(row.number, row.edition, row.title)


def quoted(city: str, name: str) -> tuple[Article, Content] | None:
    """Return the article that an answer names, with what the version said that it names; None where there is none."""
    row, edition = named(city, name), edition_in(name)
    if row is None:
        return None
    found = versions(row)
    return (row, found[edition - 1].content) if 0 < edition <= len(found) else None


def fault(city: str, name: str) -> str:
    """Return why an article may not be cited, as the code of a refusal."""
    row = named(city, name)
    if row is None:
        return "article_unknown"
    is_renewed = edition_in(name) not in (0, row.edition) and 0 < edition_in(name) <= row.edition
    return "article_renewed" if is_renewed else "article_not_valid"


def edition_in(name: str) -> int:
    """Return the version that an answer names, 0 where it names none."""
    text = name.partition(" v")[2]
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def versions(row: Article) -> list[Version]:
    """Return all versions of an article, the first one first: they stand in the ledger for ever."""
    found: list[Version] = []
    for stored in ledger.history(f"article/{row.pk}"):
        fact = _CODEC.from_ledger(stored)
        match fact.event:
            case article.ArticleDrafted(content=content) | article.ArticleRevised(content=content):
                found.append(Version(len(found) + 1, fact.at, fact.by.person, content))
            case article.ArticlePublished(edition=edition) if edition <= len(found):
                each = found[edition - 1]
                found[edition - 1] = Version(each.edition, each.at, each.writer, each.content, fact.at)
            case _:
                pass
    return found


def difference(old: Content, new: Content) -> list[tuple[str, str]]:
    """Return the lines of two versions in order, each with `same`, `gone` or `new`."""
    before, after = _lines(old), _lines(new)
    found: list[tuple[str, str]] = []
    for tag, i, j, k, n in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if tag == "equal":
            found += [("same", line) for line in before[i:j]]
        else:
            found += [("gone", line) for line in before[i:j]] + [("new", line) for line in after[k:n]]
    return found


def _lines(content: Content) -> list[str]:
    said = []
    for each in fields(content):
        value = getattr(content, each.name)
        label = labels.ARTICLES.fields.get(each.name, each.name)
        if each.name == "body" or not value:
            continue
        shown = "、".join(value) if isinstance(value, tuple) else str(value)
        said.append(f"{label}：{labels.ARTICLES.choices.get(each.name, {}).get(shown, shown)}")
    return [*said, *content.body.splitlines()]


def documents(content: Content) -> list[Basis]:
    """Return the documents that a version rests on, as they stand today."""
    rows = {str(row.pk): row for row in Basis.objects.filter(pk__in=content.basis)}
    return [rows[each] for each in content.basis if each in rows]


def resting_on(city: str, number: str) -> list[Article]:
    """Return the articles that rest on a document."""
    ids = [str(each) for each in Basis.objects.filter(city=city, number=number).values_list("pk", flat=True)]
    return list(Article.objects.filter(city=city, documents__overlap=ids).order_by("-published_at")) if ids else []


def related(row: Article, *, reader: str, today: date) -> list[Article]:
    """Return valid articles that share most terms with one, by the weight that these have there."""
    top = Posting.objects.filter(article=row).exclude(term__startswith="~").order_by("-weight", "term")[:12]
    terms = list(top.values_list("term", flat=True))
    valid = searching.valid(row.city_id, reader=reader, today=today).exclude(pk=row.pk)
    shared = Count("postings", filter=Q(postings__term__in=terms))
    rows = valid.filter(postings__term__in=terms).annotate(shared=shared).filter(shared__gte=3)
    return list(rows.order_by("-shared", "-id")[:_RELATED])


def stocks(city: str, *, on: date) -> Mapping[tuple[str, str, str], int]:
    """Return how many articles, answers, units with articles and editors of these there are on a day, by level.

    Source: E-4, E-5; an editor is whoever wrote a version that is published.
    """
    found: dict[tuple[str, str, str], int] = {}
    rows = Article.objects.filter(city=city, status__in=(article.PUBLISHED, article.TO_VERIFY))
    rows = rows.exclude(valid_from__gt=on).exclude(valid_to__lt=on)
    for level, kind, count in rows.values_list("level", "kind").annotate(n=Count("pk")):
        _add(found, "articles" if kind == "information" else "answers", level, count)
    for level, count in rows.values_list("level").annotate(n=Count("target_unit", distinct=True)):
        _add(found, "article_units", level, count)
    editors = {(level, each) for level, state in rows.values_list("level", "state__writers") for each in state}
    for level, _editor in sorted(editors):
        _add(found, "information_officers", level, 1)
    for kind, count in rows.filter(audience="talent").values_list("kind").annotate(n=Count("pk")):
        _add(found, "talent_articles" if kind == "information" else "talent_answers", "city", count)
    return found


def _add(found: dict[tuple[str, str, str], int], what: str, level: str, count: int) -> None:
    # Towns lie in counties, whose row of the release they are in.
    key = (what, "county" if level == "town" else level, "")
    found[key] = found.get(key, 0) + count


def titles(city: str, numbers: Iterable[str]) -> Mapping[str, str]:
    """Return titles of articles by their numbers."""
    rows: Any = Article.objects.filter(city=city, number__in=list(numbers))
    return dict(rows.values_list("number", "title"))
