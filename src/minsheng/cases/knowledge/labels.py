"""What the knowledge base is called where people see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import quote

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from minsheng import wording
from minsheng.cases.knowledge import rendering
from minsheng.cases.knowledge.models import Basis
from minsheng.core.lifecycles.kinds import Labels
from minsheng.domain.actors import Actor
from minsheng.domain.rules import Rules
from minsheng.gateways import packfiles

ARTICLE_EVENTS: Final = {
    "ArticleDrafted": "编写条目", "ArticleRevised": "修订条目", "ArticleSubmitted": "送审",
    "ArticleApproved": "批准，定时发布",
    "ArticlePublished": "发布", "ArticleSentBack": "退回修改", "ArticleFlagged": "标为待核实",
    "ArticleConfirmed": "核实无误", "ArticleExpired": "有效期届满", "ArticleCheckDue": "到期应复核",
    "ArticleWithdrawn": "撤下", "ArticleMoved": "移交单位",
}  # fmt: skip
BASIS_EVENTS: Final = {
    "BasisRegistered": "登记依据", "BasisAmended": "登记修改", "BasisEnded": "有效期届满", "BasisRepealed": "登记废止",
}  # fmt: skip
DUTY_EVENTS: Final = {
    "PolicyChanged": "交办更新", "AnswerRequested": "交办标准答案", "EntryUpdated": "条目已更新",
    "NoChangeClaimed": "报告无需修改", "NoChangeConfirmed": "确认无需修改", "NoChangeRefused": "不同意无需修改",
    "EntryComplained": "登记投诉", "DutyOverdue": "逾期未更新", "DutyRecomputed": "年历载入，重算时限",
}  # fmt: skip
KIND_NAMES: Final = {"information": "信息", "question": "问答"}
AUDIENCE_NAMES: Final = {"public": "公众", "seats": "仅话务人员", "enterprise": "企业", "talent": "人才"}
STATES: Final = {
    "DRAFT": "编写中", "REVIEW": "待审批", "PUBLISHED": "已发布", "TO_VERIFY": "待核实", "EXPIRED": "已过期",
    "WITHDRAWN": "已撤下",
}  # fmt: skip


@cache
def _leaves() -> Mapping[str, str]:
    return {code: leaf.path for code, leaf in packfiles.categories().by_code.items()}


def _categories(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    return {"category": _leaves()}


def heading(row: Any) -> str:
    """Return what a thing is about."""
    return str(row.title)


def _pages(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    address = reverse("knowledge:article", args=(row.number,))
    state = row.state
    if not state["pending"]:
        return ((wording.tr("阅读条目、版本与差异"), address),)
    waiting = f"{address}?edition={state['latest']}" + (f"&against={state['edition']}" if state["edition"] else "")
    return ((wording.tr("阅读待发布的版本"), waiting), (wording.tr("阅读条目、版本与差异"), address))


def _reading(row: Any, actor: Actor) -> str:
    """Return the version that waits, for its unit's people."""
    draft = row.state["draft"]
    if not draft or actor.unit not in (row.target_unit,):
        return ""
    return format_html("<h3>{}</h3>{}", draft["title"], mark_safe(rendering.html(draft["body"])))  # noqa: S308


def _fills(row: Any, command: str) -> Mapping[str, object]:
    """Return what the form of the next version begins with: the one that waits, else the published one."""
    if command != "revise_article":
        return {}
    content = row.state["draft"] or row.state["content"]
    names = dict(Basis.objects.filter(pk__in=content["basis"]).values_list("pk", "number"))
    given = {name: "\n".join(value) if isinstance(value, list) else value for name, value in content.items()}
    return {**given, "basis": "\n".join(names.values()), "review_months": content["review_months"] or ""}


def _waiting(row: Any, actor: Actor) -> str:
    """Say how the next version stands beside the published one, and that a duty holds the mark."""
    state = row.state
    said = []
    if state["edition"] and state["pending"]:
        waits = {
            "DRAFT": wording.tr("新版本编写中"),
            "REVIEW": wording.tr("新版本待审批"),
            "SCHEDULED": wording.tr("新版本已批准，待发布"),
        }
        said.append(waits[state["pending"]])
    if state["duty"]:
        said.append(wording.tr("更新职责逾期，条目待核实：完成更新后自动恢复。"))
    return "；".join(said)


def _articles(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    return tuple((number, reverse("knowledge:article", args=(number,))) for number in row.entries)


def _resting(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    return ((wording.tr("以此为依据的条目"), f"{reverse('knowledge:find')}?basis={quote(row.number)}"),)


def _begins(asked: Mapping[str, str], actor: Actor, city: str) -> Mapping[str, object]:
    """Return what the form of a duty begins with: the question that its address names."""
    return {"question": asked["question"][:200]} if asked.get("question") else {}


ARTICLES: Final = Labels(
    name="知识条目",
    states=STATES,
    commands={
        "draft_article": "编写条目", "revise_article": "修订", "submit_article": "送审", "approve_article": "批准发布",
        "send_back_article": "退回修改", "flag_article": "标为待核实", "confirm_article": "核实无误",
        "withdraw_article": "撤下", "move_article": "移交单位",
    },
    fields={
        "kind": "类型", "title": "标题（问答类写问题）", "phrasings": "其他问法", "body": "正文（可用 Markdown）",
        "audience": "读者", "category": "分类", "region": "适用区划（名称或代码，全市的留空）",
        "basis": "依据的文号（须已登记）",
        "valid_from": "有效期起", "valid_to": "有效期止", "review_months": "复核周期（月）", "tags": "标签",
        "item_code": "政务服务事项编码", "english_title": "英文标题", "publish_at": "发布时间（留空即刻发布）",
        "reason": "理由", "unit": "单位", "edition": "版本",
    },
    choices={"kind": KIND_NAMES, "audience": AUDIENCE_NAMES},
    options=_categories,
    clocks={"article_valid": "有效期", "article_check": "复核", "article_publish": "定时发布"},
    unasked=("duty",),
    heading=heading,
    beside=_pages,
    fills=_fills,
    warns=_waiting,
    reading=_reading,
)  # fmt: skip
BASES: Final = Labels(
    name="依据文件",
    states={"IN_FORCE": "有效", "ENDED": "已到期", "REPEALED": "已废止"},
    commands={"register_basis": "登记依据", "amend_basis": "登记修改", "repeal_basis": "登记废止"},
    fields={
        "kind": "类别", "title": "名称", "number": "文号", "issuer": "发布机关", "issued": "发布日期",
        "since": "施行日期", "until": "有效期止", "document": "修改文件的名称、文号", "text": "修改内容",
        "on": "废止日期", "reason": "废止理由",
    },
    choices={"kind": {"law": "法律法规", "regulation": "规章", "notice": "文件通知", "guide": "办事指南"}},
    clocks={"basis_valid": "有效期"},
    heading=heading,
    beside=_resting,
)  # fmt: skip
DUTIES: Final = Labels(
    name="知识更新职责",
    states={"DUE": "待更新", "DONE": "已完成", "OVERDUE": "逾期"},
    commands={
        "change_policy": "交办更新", "request_answer": "交办标准答案", "update_entry": "报告已更新",
        "no_change_needed": "报告无需修改", "confirm_no_change": "确认无需修改", "complain_entry": "登记投诉",
    },
    fields={
        "unit": "单位", "entries": "条目（编号）", "document": "政策文件", "question": "待回答的问题",
        "entry": "条目编号", "reason": "理由", "confirmed": "同意无需修改", "loss": "已造成损失",
    },
    clocks={"kb_update": "知识更新"},
    beside=_articles,
    begins=_begins,
)  # fmt: skip
