"""What violations and dossiers are called where people see them; packs name the rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.urls import reverse

from minsheng import wording
from minsheng.cases.monitoring import readers
from minsheng.cases.monitoring.models import Violation
from minsheng.cases.orders.reading import finding, words
from minsheng.core.lifecycles.kinds import Labels
from minsheng.core.people import vault
from minsheng.core.words import queries as said
from minsheng.domain.actors import Actor
from minsheng.domain.monitoring_rule import BY_HAND
from minsheng.domain.rules import Rules

VIOLATION_EVENTS: Final = {
    "ViolationRaised": "自动产生",
    "ViolationSuggested": "系统建议",
    "ViolationRecorded": "登记",
    "ViolationConfirmed": "确认",
    "ViolationDismissed": "不予认定",
    "ViolationAttributed": "明确责任人",
    "ViolationReminded": "提醒督促",
    "ViolationAnnulled": "撤销",
    "ViolationLapsed": "所依据的事实已撤销",
    "ViolationNarrowed": "转为限定范围知悉",
    "ViolationWidened": "恢复知悉范围",
    "ViolationTransferred": "移送",
}
DOSSIER_EVENTS: Final = {
    "DossierSent": "移送", "DossierNarrowed": "转为限定范围知悉",
    "ReceiptFiled": "收到回执", "ResultRecorded": "处理结果",
}  # fmt: skip


def options(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    """Return what the city's rules let choose, by the field's name."""
    return {
        "code": {code: rule.title for code, rule in rules.monitoring_rules.items()},
        "ground": rules.accountability_grounds,
        "receivers": {each: each for each in rules.transfer_receivers},
    }


def withheld(rules: Rules, role: str) -> Mapping[str, frozenset[str]]:
    """Return the rules of which a role records nothing by hand: for it they are none, or facts raise them."""
    found = rules.monitoring_rules.items()
    return {"code": frozenset(code for code, rule in found if rule.how != BY_HAND or role not in rule.creates)}


def beside(row: Any, actor: Actor) -> list[tuple[str, str]]:
    """Return the links of a violation's page: its orders that exist for the actor, and who read their identity."""
    found = finding.of_ids(actor, city=row.city_id, ids=row.orders) if row.orders else []
    links = [(order.number, reverse("desks:order", args=(order.id,))) for order in found]
    if row.state["readings"] and actor.role in row.state["creates"]:
        links.append((wording.tr("查看个人信息的记录"), reverse("desks:monitoring_readings", args=(row.pk,))))
    return links


def handed_on(row: Any, actor: Actor) -> list[tuple[str, str]]:
    """Return the links of a dossier's page: the violations that it hands on, as far as they exist for the actor."""
    found = readers.VIOLATIONS.rows(Violation.objects.filter(pk__in=row.state["violations"]), actor)
    return [
        (f"{number} {kind}", reverse("things:thing", args=("violation", str(id))))
        for id, number, kind in found.order_by("pk").values_list("pk", "number", "kind")
    ]


def heading(row: Any) -> str:
    """Return what a violation is about: the number of its rule."""
    return str(row.kind)


def covers(row: Any, actor: Actor) -> Callable[[str], str]:
    """Return what covers the words of a violation: who complained in its orders, and the name of who answers."""
    return _covering([row], actor=actor)


def covers_of_dossier(row: Any, actor: Actor) -> Callable[[str], str]:
    """Return what covers the words of a dossier: who complained in any of its violations, and who answers for one."""
    return _covering(list(Violation.objects.filter(pk__in=row.state["violations"])), actor=actor)


def _covering(rows: Sequence[Any], *, actor: Actor) -> Callable[[str], str]:
    orders = [order for row in rows for order in row.orders]
    cover = words.covering_for(orders, actor=actor, city=rows[0].city_id)
    names = [said.said(f"violation/{row.pk}", "person") for row in rows if row.is_personal]

    def covered(text: str) -> str:
        for name in filter(None, names):
            text = text.replace(name, vault.mask_name(name))
        return cover(text)

    return covered


_SHARED: Final = {
    "code": "情形", "unit": "责任单位", "party": "责任单位", "person": "责任人",
    "happened": "发生时间（不填为现在）",
    "evidence": "证据（工单编号或材料名称）", "documents": "材料", "consequence": "造成的后果",
    "citation": "依据的法律法规或规定",
    "text": "说明", "reason": "理由", "counted": "计入日期", "ground": "问责情形", "snapshot": "当时的答复",
    "finding": "核查结论", "dossier": "移送编号", "reminded": "须先提醒督促",
}  # fmt: skip
VIOLATIONS: Final = Labels(
    name="监察情形",
    states={
        "SUGGESTED": "待确认", "RAISED": "已认定", "TRANSFERRED": "已移送", "DISMISSED": "不予认定",
        "ANNULLED": "已撤销",
    },
    commands={
        "raise_violation": "自动产生", "record_violation": "登记监察情形", "confirm_violation": "确认",
        "dismiss_violation": "不予认定",
        "attribute_violation": "明确责任人", "remind_violation": "提醒督促", "annul_violation": "撤销",
        "lapse_violation": "事实已撤销", "narrow_violation": "转为限定范围知悉",
        "widen_violation": "恢复知悉范围", "mark_transferred": "移送",
    },
    fields=_SHARED,
    options=options,
    withheld=withheld,
    beside=beside,
    heading=heading,
    covers=covers,
    untold=(
        "orders", "source", "clock", "sees", "creates", "receivers", "account", "namesakes", "readings", "reminded",
    ),
)  # fmt: skip
DOSSIERS: Final = Labels(
    name="移送",
    states={"SENT": "待回执", "RECEIVED": "待处理结果", "CLOSED": "已有结果"},
    commands={
        "transfer_violations": "移送", "file_receipt": "登记回执", "record_result": "登记处理结果",
        "narrow_dossier": "转为限定范围知悉",
    },
    fields={
        "violations": "监察情形（编号）", "receivers": "接收机关", "materials": "移送材料", "text": "说明",
        "organ": "接收机关",
        "receipt": "回执编号", "result": "处理结果", "document": "文书名称、文号",
    },
    options=options,
    beside=handed_on,
    covers=covers_of_dossier,
    untold=("violations", "sees", "creates", "is_hidden"),
)  # fmt: skip
