"""Questions on PostgreSQL, over `domain.knowledge.question`; what was asked and answered is kept sealed.

What a unit answered becomes a draft of an article of that unit; what asks for action becomes an order of whoever asked.
Both are made in the transaction of the conversion: what is refused there is refused here. Source: SZ-31a, AR-2.2.4.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from minsheng.cases.knowledge import queries as knowledge
from minsheng.cases.knowledge.actions import ARTICLES
from minsheng.cases.orders import actions as orders
from minsheng.cases.questions import labels
from minsheng.cases.questions.models import Question
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Held, Kind
from minsheng.core.people import queries as people
from minsheng.core.people import successors
from minsheng.core.words import actions as words
from minsheng.core.words import queries as words_of
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.covering import covered
from minsheng.domain.knowledge import question
from minsheng.domain.knowledge.article import DraftArticle
from minsheng.gateways import ids

__all__ = ["KIND"]


def _known(asked: Asked) -> question.Known:
    command, unit = asked.command, getattr(asked.command, "unit", "")
    own = asked.row.target_unit if asked.row is not None else ""
    facts = people.unit_facts(asked.city, names=[each for each in (unit, own) if each], now=asked.now)
    known = question.Known(
        unknown=unit if unit and unit not in facts else "",
        made=str(ids.uuid7(asked.now)) if isinstance(command, question.ConvertQuestion) else "",
        rosterless=frozenset(name for name, each in facts.items() if not each.roster),
    )
    if isinstance(command, question.PublishQuestion) and asked.row is not None and asked.row.kind == question.UNIT:
        return replace(known, answer=words_of.said(f"question/{asked.row.pk}", "text"))
    if not isinstance(command, question.QuoteAnswer) or not command.article:
        return known
    today = asked.now.astimezone(ZONE).date()
    # Whoever asked reads it: what is for seats alone answers nobody here.
    cited = knowledge.cited(asked.city, command.article, today=today, reader="public")
    if cited is not None:
        return replace(known, citation=cited.name)
    is_valid = knowledge.cited(asked.city, command.article, today=today) is not None
    fault = "article_not_public" if is_valid else knowledge.fault(asked.city, command.article)
    return replace(known, citation_fault=fault)


def _columns(state: question.Question) -> dict[str, Any]:
    return {
        "kind": state.answered_by,
        "units": [state.unit] if state.unit else [],
        "target_unit": state.unit,
        "account": UUID(state.account) if state.account else None,
        "title": state.title,
        "text": state.text,
        "is_recommended": state.recommended,
        "asked_at": state.asked_at,
        "published_at": state.published_at,
    }


def opened(id: UUID, city: str) -> Question:
    """Return the row of a new question, with a number."""
    return Question(id=id, city_id=city, number=numbers.next_of(Question, "问答", id=id, city=city))


def _follow(held: Held[question.Question], command: Any, by: Actor) -> None:
    """Make what a question is converted to. Raises: Rejected."""
    if not isinstance(command, question.ConvertQuestion):
        return
    if held.state.converted_to == question.ORDER:
        _make_order(held, command)
    else:
        _draft_article(held)


def _make_order(held: Held[question.Question], command: question.ConvertQuestion) -> None:
    state, content = held.state, labels.asked(held.row)
    form = replace(command, appellant=command.appellant or "citizen", real_name=state.verified)
    appeal = question.appeal_of(form, channel=held.rules.web_channel, content=content)
    said = orders.Words(appellant=UUID(state.account), title=labels.title_of(content), said_at=state.asked_at)
    orders.register(appeal, city=held.city, actor=SYSTEM, now=held.now, words=said, id=state.made)


def _draft_article(held: Held[question.Question]) -> None:
    state, stream = held.state, KIND.stream(held.row.pk)
    title = state.title or covered(labels.title_of(labels.asked(held.row)))
    command = DraftArticle(kind="question", title=title, body=state.text or covered(words_of.said(stream, "text")))
    by = Actor(SYSTEM.role, state.unit)
    opens = ARTICLES.opens
    assert opens is not None
    lifecycles.begin(
        ARTICLES, command, city=held.city, by=by, now=held.now, made=lambda id: opens(id, held.city),
        id=UUID(state.made),
    )  # fmt: skip


KIND = Kind(
    question.CYCLE,
    model=Question,
    names=people.names,
    words=labels.EVENTS,
    facts=_known,
    follow=_follow,
    keeps=words.keep,
    columns=_columns,
    readers=successors.readers("seat", "specialist", "office", "supervisor"),
    labels=labels.LABELS,
    opens=opened,
    sought=("title",),
)
