"""Reads of the question desk: what is published, one's own questions, and how each was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.safestring import SafeString

from minsheng.cases.knowledge import queries as knowledge
from minsheng.cases.knowledge import rendering
from minsheng.cases.questions.actions import KIND
from minsheng.core.words import queries as words
from minsheng.domain.knowledge.question import QUOTE

PAGE = 20
_OWN_AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Answer:
    """How a question was answered: by a unit in words, or by a version of an article, as it was then."""

    unit: str
    text: str = ""
    body: SafeString | str = ""
    title: str = ""
    number: str = ""


def published(city: str, *, text: str, page: int) -> tuple[list[Any], bool]:
    """Return one page of what everybody may read, recommended ones first; tell whether there is another one."""
    rows = KIND.rows_in(city).exclude(published_at=None)
    for word in text.split():
        rows = rows.filter(Q(title__icontains=word) | Q(text__icontains=word))
    begin = (page - 1) * PAGE
    found = list(rows.order_by("-is_recommended", "-published_at", "number")[begin : begin + PAGE + 1])
    return found[:PAGE], len(found) > PAGE


def own(city: str, appellants: frozenset[UUID]) -> list[Any]:
    """Return the questions of somebody, the newest first."""
    if not appellants:
        return []
    return list(KIND.rows_in(city, account__in=appellants).order_by("-asked_at")[:_OWN_AT_MOST])


def one(city: str, number: str) -> Any | None:
    """Return a question by its number, whoever may read it."""
    return None if "\0" in number else KIND.rows_in(city, number=number).first()


def asked(row: Any) -> str:
    """Return what was asked, for whoever asked it."""
    return words.of(KIND.stream(row.pk)).get(1, {}).get("content", "")


def answer(row: Any) -> Answer | None:
    """Return how a question was answered, for whoever asked it."""
    state = row.state
    if not state["answered_by"]:
        return None
    if state["answered_by"] != QUOTE:
        facts = words.of(KIND.stream(row.pk))
        given = [said["text"] for version, said in sorted(facts.items()) if "text" in said]
        return Answer(state["unit"], text=given[-1] if given else "")
    found = knowledge.quoted(row.city_id, state["article"])
    if found is None:
        return Answer("")
    article, content = found
    return Answer(article.target_unit, body=rendering.html(content.body), title=content.title, number=article.number)
