"""Articles of a town: written by an editor, approved by the leader, as the pages do it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from tests.town_ground import Town

from minsheng.cases.knowledge.actions import ARTICLES, BASES, DUTIES
from minsheng.cases.knowledge.models import Article
from minsheng.core.ledger import tasks
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles.kinds import Kind
from minsheng.domain.actors import Actor
from minsheng.domain.knowledge.article import ApproveArticle, DraftArticle, ReviseArticle, SubmitArticle

KINDS: dict[str, Kind[Any]] = {"article": ARTICLES, "basis": BASES, "duty": DUTIES}


def actor(name: str) -> Actor:
    """Return an actor without an account: `officer@城管局`."""
    role, _, unit = name.partition("@")
    return Actor(role, unit or None)


def begin(town: Town, by: str, kind: str, command: Any) -> UUID:
    """Begin a thing; return its id."""
    held = KINDS[kind]
    opens = held.opens
    assert opens is not None
    made = lifecycles.begin(
        held, command, city=town.code, by=actor(by), now=town.now, made=lambda id: opens(id, town.code)
    )
    return made.id


def give(town: Town, by: str, kind: str, id: UUID, command: Any) -> None:
    """Carry out a command."""
    lifecycles.apply(KINDS[kind], id, command, city=town.code, by=actor(by), now=town.now)


def written(town: Town, unit: str = "城管局", **fields: Any) -> Article:
    """Return an article that is written and sent for approval."""
    form: dict[str, Any] = {"kind": "question", "title": "路灯坏了找谁", "body": "请拨打路灯管理所电话。", **fields}
    id = begin(town, f"officer@{unit}", "article", DraftArticle(**form))
    give(town, f"officer@{unit}", "article", id, SubmitArticle())
    return Article.objects.get(pk=id)


def published(town: Town, unit: str = "城管局", **fields: Any) -> Article:
    """Return an article that is published."""
    row = written(town, unit, **fields)
    give(town, f"leader@{unit}", "article", row.pk, ApproveArticle())
    return Article.objects.get(pk=row.pk)


def revised(town: Town, row: Article, **fields: Any) -> Article:
    """Return the article with a next version published."""
    content = {**row.state["content"], **fields}
    form = {name: tuple(value) if isinstance(value, list) else value for name, value in content.items()}
    give(town, f"officer@{row.target_unit}", "article", row.pk, ReviseArticle(**form))
    give(town, f"officer@{row.target_unit}", "article", row.pk, SubmitArticle())
    give(town, f"leader@{row.target_unit}", "article", row.pk, ApproveArticle())
    return Article.objects.get(pk=row.pk)


def relay() -> None:
    """Let everybody hear what happened."""
    while tasks.relay_once():
        pass
