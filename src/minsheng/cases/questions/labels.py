"""What questions are called where people see them, and what their forms begin with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.html import linebreaks
from django.utils.safestring import mark_safe

from minsheng import wording
from minsheng.cases.knowledge import queries as knowledge
from minsheng.cases.knowledge import searching
from minsheng.cases.knowledge.searching import Hit, Wanted
from minsheng.cases.orders.reading import finding
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles.kinds import Labels
from minsheng.core.words import queries as words
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.covering import covered
from minsheng.domain.knowledge.content import LONGEST_TITLE
from minsheng.domain.knowledge.question import ARTICLE, OPEN, ORDER
from minsheng.domain.rules import Rules

EVENTS: Final = {
    "QuestionAsked": "提问", "QuestionPassed": "转单位答复", "QuestionQuoted": "引用知识答复",
    "AnswerDrafted": "拟写答复", "AnswerApproved": "批准答复", "QuestionAnswered": "答复", "QuestionConverted": "转化",
    "QuestionPublished": "公开问答", "QuestionUnpublished": "撤回公开", "QuestionRecommended": "推荐",
    "QuestionOverdue": "逾期未答复", "QuestionRecomputed": "年历载入，重算时限",
}  # fmt: skip
# Articles that are shown beside a question, and letters of it in lists.
_OFFERED: Final = 5
_HEADED: Final = 40
_SENTENCE: Final = re.compile(r"[。！？!?；;\n]")


def found(city: str, text: str, *, reader: str, now: datetime) -> list[Hit]:
    """Return the articles that may answer a question, the best first."""
    wanted = Wanted(text=text[:LONGEST_TITLE], reader=reader, today=now.astimezone(ZONE).date())
    return searching.search(city, wanted, limit=_OFFERED)


def title_of(text: str) -> str:
    """Return the first sentence of a question, as much of it as a heading has."""
    first = next((each.strip() for each in _SENTENCE.split(text) if each.strip()), "")
    return first[:LONGEST_TITLE]


def asked(row: Any) -> str:
    """Return what was asked."""
    return words.of(f"question/{row.pk}").get(1, {}).get("content", "")


def _headings(rows: Sequence[Any]) -> Mapping[Any, str]:
    """Return the first words of each, covered."""
    said = words.of_streams([f"question/{row.pk}" for row in rows])
    texts = {row.pk: said.get(f"question/{row.pk}", {}).get(1, {}).get("content", "") for row in rows}
    return {row.pk: covered(" ".join(texts[row.pk].split()))[:_HEADED] for row in rows}


def _finds(row: Any, actor: Actor, now: datetime) -> Sequence[tuple[str, str]]:
    """Return the articles that may answer it, while nobody has."""
    hits = found(row.city_id, asked(row), reader="public", now=now) if row.status == OPEN else ()
    return [(f"{hit.number} {hit.title}", reverse("knowledge:article", args=(hit.number,))) for hit in hits]


def _beside(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    """Return what it was answered from, and what became of it."""
    state, links = row.state, []
    if number := state["article"].partition(" v")[0]:
        links.append((state["article"], reverse("knowledge:article", args=(number,))))
    if state["converted_to"] == ORDER:
        orders = finding.of_ids(actor, city=row.city_id, ids=[state["made"]])
        links += [(order.number, reverse("desks:order", args=(order.id,))) for order in orders]
    elif state["converted_to"] == ARTICLE:
        made = knowledge.named(row.city_id, state["made"])
        if made is not None:
            links.append((made.number, reverse("things:thing", args=("article", made.pk))))
    return links


def _fills(row: Any, command: str) -> Mapping[str, object]:
    """Return what the forms begin with: the draft of the unit that has it, what everybody may read."""
    stream = f"question/{row.pk}"
    match command:
        case "draft_answer" | "answer_question":
            # What another unit wrote before it was passed on is not this one's.
            return {"text": words.said(stream, "text")} if row.state["draft"] else {}
        case "convert_question":
            return {"to": ORDER if row.status == OPEN else ARTICLE}
        case "publish_question":
            text = row.text or covered(words.said(stream, "text"))
            return {"title": row.title or covered(title_of(asked(row))), "text": text}
        case _:
            return {}


def _warns(row: Any, actor: Actor) -> str:
    if row.status == OPEN and row.state["agrees"]:
        return wording.tr("提问人同意：需要办理的，可以转为诉求工单。")
    return ""


def _reading(row: Any, actor: Actor) -> str:
    """Return the unit's draft, for the unit that wrote it."""
    is_own = row.status == OPEN and row.state["draft"] and actor.role in UNIT_ROLES
    return mark_safe(linebreaks(words.said(f"question/{row.pk}", "text"), autoescape=True)) if is_own else ""  # noqa: S308


def _options(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    return {"type": rules.appeal_types}


LABELS: Final = Labels(
    name="问答台",
    states={"OPEN": "待答复", "ANSWERED": "已答复", "CONVERTED": "已转化"},
    commands={
        "quote_answer": "引用知识条目答复", "pass_question": "转单位答复", "draft_answer": "拟写答复",
        "approve_answer": "批准答复", "answer_question": "答复提问人", "convert_question": "转为知识条目或诉求工单",
        "publish_question": "公开问答", "unpublish_question": "撤回公开", "recommend_question": "推荐",
    },
    fields={
        "content": "提问内容", "unit": "单位", "article": "知识条目（编号）", "text": "答复内容", "to": "转为",
        "consent": "提问人同意转为诉求工单", "type": "诉求类型", "place": "地点", "publish": "诉求是否公开",
        "title": "公开的标题", "reason": "理由", "recommended": "列在最前", "agrees": "同意转为诉求",
        "seen": "提问前看过的条目", "verified": "已实名", "clock": "时限",
    },
    choices={
        "to": {ARTICLE: "知识条目草稿（单位已答复的）", ORDER: "诉求工单（要求办理的）"},
        "publish": {"yes": "公开", "no": "不公开"},
    },
    options=_options,
    clocks={"question": "答复提问"},
    unasked=(
        "order", "channel", "appellant", "content", "target_unit", "target_person", "line", "system", "upper_due",
        "utility", "matter", "real_name", "written_opinion", "confidential", "lead_needed", "emergency", "programme",
        "call",
    ),
    untold=("account", "digest", "made"),
    headings=_headings,
    beside=_beside,
    finds=_finds,
    fills=_fills,
    warns=_warns,
    reading=_reading,
)  # fmt: skip
