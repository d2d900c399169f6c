"""What cases are called where people see them; packs name grounds and measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng.cases.orders.reading import words
from minsheng.core.lifecycles.kinds import Labels
from minsheng.core.people import vault
from minsheng.core.words import queries as said
from minsheng.domain.actors import Actor
from minsheng.domain.rules import Rules

EVENTS: Final = {
    "CaseProposed": "提出问责建议",
    "CaseAccepted": "受理问责建议",
    "CaseExempted": "认定不予追究",
    "MeasureDecided": "作出问责决定",
    "CaseFlagged": "标明从重情形",
    "CopyFiled": "抄报备案",
    "CaseServed": "送达决定",
    "SelfCriticized": "提交书面检查",
    "CaseAppealed": "书面申诉",
    "AppealDecided": "申诉处理意见",
    "CaseHandedOver": "移送",
    "CaseArchived": "归档",
    "AppealExpired": "申诉期满，决定生效",
    "AppealOverdue": "申诉逾期未处理",
    "CaseRecomputed": "年历载入，重算时限",
}


def options(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    """Return what the city's rules let choose, by the field's name."""
    measures = dict.fromkeys((*rules.accountability_measures, *rules.accountability_unit_measures))
    return {
        "grounds": rules.accountability_grounds,
        "ground": rules.accountability_exemptions,
        "aggravating": rules.accountability_aggravating,
        "measures": {each: each for each in measures},
    }


# What the person who answers, and their unit, read of a case: decision and appeal, not who proposed it and why.
_OF_SUBJECT: Final = frozenset((
    "MeasureDecided", "CaseServed", "SelfCriticized", "CaseAppealed", "AppealDecided", "AppealExpired", "AppealOverdue",
))  # fmt: skip


# The person who answers reads the decision; the evidence is for those who decide on it.
EVIDENCE: Final = ("office", "discipline", "command", "head")


def decides(row: Any, actor: Actor) -> bool:
    """Tell whether a case is the actor's to decide on, or to watch over: never the subject's own, in whatever role."""
    return actor.role in EVIDENCE and actor.person not in row.namesakes


def tells(row: Any, actor: Actor, event: str) -> bool:
    """Tell whether a line of a case's history is shown to an actor."""
    return decides(row, actor) or event in _OF_SUBJECT


def readable(row: Any, actor: Actor) -> Any:
    """Return the copies in a case's evidence that exist for an actor who decides or watches over it."""
    own = actor.role == "head" and actor.unit != row.state.get("superior", "").partition("@")[2]
    return row.snapshots.filter(is_open=True) if own else row.snapshots.all()


def beside(row: Any, actor: Actor) -> list[tuple[str, str]]:
    """Return the links of a case's page: the copies of the orders that are its evidence, for those who decide."""
    if not decides(row, actor):
        return []
    copies = readable(row, actor).order_by("number").values_list("number", "order")
    return [(number, reverse("accountability:evidence", args=(row.pk, order))) for number, order in copies]


def opens(row: Any, actor: Actor) -> bool:
    """Tell whether an actor may open the words: who decides or watches over it, and the subject, whom it is about."""
    return decides(row, actor) or (bool(row.account) and row.account == actor.person)


def covers(row: Any, actor: Actor) -> Callable[[str], str]:
    """Return what covers the words of a case: who complained in the orders in evidence, and the name of who answers."""
    cover = words.covering_for(row.state.get("orders", ()), actor=actor, city=row.city_id)
    name = said.said(f"case/{row.pk}", "person")

    def covered(text: str) -> str:
        return cover(text.replace(name, vault.mask_name(name)) if name else text)

    return covered


def warns(row: Any, actor: Actor) -> str:
    """Return the reminder to protect whoever complained, for those who decide on the case or watch over it."""
    if not row.state.get("protects") or not decides(row, actor):
        return ""
    return _("涉嫌打击报复或泄露投诉人信息：请保护投诉人、举报人，其身份不得告知被追究的单位和人员。")


def first(row: Any) -> Mapping[str, tuple[str, ...]]:
    """Return the measures that a flagged case is offered first, the heavier before the lighter (JY-23.2)."""
    return {"measures": tuple(row.state.get("recommended", ()))}


LABELS: Final = Labels(
    name="问责事项",
    states={
        "PROPOSED": "待受理、待决定", "EXEMPT": "不予追究", "DECIDED": "待送达", "SERVED": "已送达，可申诉",
        "APPEALED": "申诉处理中", "APPEAL_DECIDED": "申诉已处理", "FINAL": "决定生效", "ARCHIVED": "已归档",
    },
    commands={
        "propose_case": "提出问责建议", "accept_case": "受理", "exempt": "不予追究、容错", "decide_measure": "作出决定",
        "serve": "记录送达", "self_criticize": "提交书面检查", "appeal": "书面申诉",
        "decide_appeal": "作出申诉处理意见",
        "hand_over": "移送", "archive": "归档", "flag_case": "标明从重情形", "file_copy": "登记备案回执",
    },
    fields={
        "unit": "责任单位", "person": "责任人", "grounds": "问责情形",
        "evidence": "证据（工单编号或材料名称）", "documents": "其他材料",
        "severity": "情节",
        "suspected": "涉嫌违纪违法", "text": "事由和说明", "ground": "不予追究的情形", "ticks": "容错条件",
        "measure": "追究形式", "measures": "追究形式", "aggravating": "从重情形", "mitigating": "从轻、减轻",
        "repeated": "一年内多次追究，从重", "received": "收到时间", "document": "文书名称、文号",
        "recommended": "建议追究形式（重的在前）", "protects": "保护投诉人、举报人", "recipient": "备案机关",
        "to": "向谁申诉", "outcome": "处理意见", "organ": "接收机关", "materials": "材料清单", "receipt": "回执编号",
    },
    clocks={"appeal": "申诉时限", "appeal_decision": "申诉处理时限"},
    choices={
        "severity": {"minor": "较轻", "serious": "较重"},
        "recipient": {"discipline": "纪检监察机关", "personnel": "组织人事部门"},
        "to": {"maker": "作出决定的机关", "superior": "上一级"},
        "outcome": {"uphold": "维持", "change": "变更", "revoke": "撤销"},
        "ticks": {
            "no_prohibition": "法律法规没有明令禁止", "no_private_gain": "没有谋取私利",
            "public_motive": "出于公心、经过集体研究",
            "diligent": "勤勉尽责、没有失职渎职", "corrected": "主动纠正、挽回损失",
        },
    },
    options=options,
    tells=tells,
    beside=beside,
    covers=covers,
    opens=opens,
    unasked=("measure",),
    untold=("protects",),
    warns=warns,
    first=first,
)  # fmt: skip
