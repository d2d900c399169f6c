"""Keeping snippets: add one, change it, end it. Each is a fact of the stream `snippets/<city>`.

They are read by many and put into any order: what names somebody is refused. Source: JY-8d, A-73.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.people import queries as people
from minsheng.core.snippets.models import SCOPES, Snippet
from minsheng.domain import personal
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, is_blank
from minsheng.wording.findings import PERSONAL

TITLE_AT_MOST: Final = 30
WORDS_AT_MOST: Final = 1_000
# So many of one person, one unit, one city: a list that can still be looked through.
_AT_MOST: Final = 100


@transaction.atomic
def add(
    city: str, scope: str, title: str, words: str, *, unit: str = "", staff: int | None = None, actor: Actor,
    now: datetime,
) -> int:  # fmt: skip
    """Add a snippet and return its id; `unit` or `staff`: whose it is. Raises: Rejected `snippet_…`, UnknownUnit."""
    assert scope in SCOPES
    title, words = _checked(title, words)
    if scope == "unit" and unit not in people.unit_names(city, now=now):
        raise people.UnknownUnit(unit)
    whose = {"scope": scope, "unit": unit if scope == "unit" else "", "staff": staff if scope == "person" else None}
    ledger.hold(f"snippets/{city}")
    kept = Snippet.objects.filter(city=city, ended_at=None, **whose)
    if kept.filter(title=title).exists():
        raise Rejected("snippet_title_taken", title=title)
    if kept.count() >= _AT_MOST:
        raise Rejected("snippet_too_many", most=_AT_MOST)
    row = Snippet.objects.create(city=city, title=title, words=words, set_at=now, **whose)
    _record(row, "SnippetAdded", {**whose, "title": title, "words": words}, actor=actor, now=now)
    return row.pk


@transaction.atomic
def change(id: int, title: str, words: str, *, city: str, actor: Actor, now: datetime) -> bool:
    """Give a snippet another title or other words; return whether anything is new. Raises: Rejected `snippet_…`."""
    title, words = _checked(title, words)
    row = _locked(id, city)
    if (row.title, row.words) == (title, words):
        return False
    others = Snippet.objects.filter(city=city, ended_at=None, scope=row.scope, unit=row.unit, staff=row.staff)
    if others.filter(title=title).exclude(pk=row.pk).exists():
        raise Rejected("snippet_title_taken", title=title)
    Snippet.objects.filter(pk=row.pk).update(title=title, words=words, set_at=now)
    _record(row, "SnippetChanged", {"title": title, "words": words}, actor=actor, now=now)
    return True


@transaction.atomic
def end(id: int, *, city: str, actor: Actor, now: datetime) -> None:
    """Offer a snippet no more. Raises: Rejected `snippet_gone`."""
    row = _locked(id, city)
    Snippet.objects.filter(pk=row.pk).update(ended_at=now)
    _record(row, "SnippetEnded", {"title": row.title}, actor=actor, now=now)


def _checked(title: str, words: str) -> tuple[str, str]:
    title, words = " ".join(cleaned(title).split()), cleaned(words).strip()
    if is_blank(title) or is_blank(words):
        raise Rejected("snippet_empty")
    if len(title) > TITLE_AT_MOST or len(words) > WORDS_AT_MOST:
        raise Rejected("snippet_too_long", title=TITLE_AT_MOST, words=WORDS_AT_MOST)
    if kinds := dict.fromkeys(PERSONAL[span.kind] for each in (title, words) for span in personal.find(each)):
        raise Rejected("snippet_names_somebody", kinds="、".join(kinds))
    return title, words


def _locked(id: int, city: str) -> Snippet:
    ledger.hold(f"snippets/{city}")
    row = Snippet.objects.filter(pk=id, city=city, ended_at=None).first()
    if row is None:
        raise Rejected("snippet_gone")
    return row


def _record(row: Snippet, kind: str, body: dict[str, object], *, actor: Actor, now: datetime) -> None:
    ledger.record(row.city, f"snippets/{row.city}", kind, {"snippet": row.pk, **body}, actor=actor, now=now)
