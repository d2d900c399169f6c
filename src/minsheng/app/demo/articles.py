"""The articles of a demonstration city: one for each question that people ask there, by the unit that knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from minsheng.app.demo import material
from minsheng.app.demo.cities import DemoCity, units_of
from minsheng.cases.knowledge.actions import ARTICLES
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.actors import Actor
from minsheng.domain.knowledge.article import ApproveArticle, DraftArticle, SubmitArticle

_MINUTE = timedelta(minutes=1)


def publish(
    city: DemoCity, accounts: Mapping[tuple[str, str], str], *, now: datetime
) -> dict[str, str]:  # fmt: skip
    """Let the units write and publish what is asked; return the articles' numbers by the topics' titles."""
    names = {unit.key: unit.name for unit in units_of(city)}
    found = {}
    for topic in material.TOPICS:
        if topic.type == "consult" and topic.unit in names and "{" not in topic.title:
            found[topic.title] = _publish(city, topic, names[topic.unit], accounts, now=now)
    return found


def _publish(
    city: DemoCity, topic: material.Topic, unit: str, accounts: Mapping[tuple[str, str], str], *, now: datetime
) -> str:
    editor, leader = (Actor(role, unit, accounts.get((role, unit))) for role in ("officer", "leader"))
    title = topic.title.removeprefix("咨询")
    command = DraftArticle(
        kind="question", title=title, phrasings=(f"{title}怎么办", f"如何办理{title}"), body=topic.answer,
        category=topic.category, review_months=12,
    )  # fmt: skip
    opens = ARTICLES.opens
    assert opens is not None
    made = lifecycles.begin(
        ARTICLES, command, city=city.code, by=editor, now=now, made=lambda id: opens(id, city.code)
    )  # fmt: skip
    steps = ((SubmitArticle(), editor), (ApproveArticle(), leader))
    for place, (step, by) in enumerate(steps, start=1):
        done = lifecycles.apply(ARTICLES, made.id, step, city=city.code, by=by, now=now + place * _MINUTE)
    number: str = ARTICLES.rows().values_list("number", flat=True).get(pk=done.id)
    return number
