"""What sanctions are called where people see them, and what a new one begins with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from minsheng import wording
from minsheng.cases.orders.reading import about
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles.kinds import Labels
from minsheng.domain.actors import Actor
from minsheng.domain.orders.order import Order
from minsheng.domain.orders.supervision import grounds_of
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.wording.labels import MEASURE_GROUNDS as GROUNDS

EVENTS: Final = {
    "SanctionProposed": "拟定",
    "SanctionRevised": "修改文稿",
    "SanctionApproved": "审批通过",
    "SanctionRefused": "审批不通过",
    "SanctionSent": "发出",
    "ReceiptFiled": "收到回执",
    "InterviewRecorded": "约谈记录",
    "SanctionAnnulled": "撤销",
}


_KINDS: Final = {"interview": "约谈", "notice": "通报", "special_report": "信息专报"}


def options(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    """Return what the city's rules let choose, by the field's name."""
    organs = "、".join(rules.severe_organs)
    return {"kind": {**_KINDS, "push": f"推送{organs}"} if organs else _KINDS}


def begins(asked: Mapping[str, str], actor: Actor, city: str) -> Mapping[str, object]:
    """Return what the form of a new sanction about an order begins with: its unit, ground, and a draft of the text."""
    try:
        row = orders.find(asked.get("orders", ""), actor=actor, city=city)
    except Rejected:
        return {}
    order = orders.peek([row.id])[row.id].order
    grounds = grounds_of(order)
    return {
        "orders": row.number,
        "unit": order.responsible_unit or "",
        "ground": grounds[0] if grounds else "",
        "text": draft(order, row.number),
    }


def draft(order: Order, number: str) -> str:
    """Return what the facts of an order say of its unit; who complained and what they said is no part of it."""
    unit = order.responsible_unit or "有关单位"
    lines = [f"{unit}承办的{number}号工单："]
    if order.dispatched_at is not None:
        lines.append(f"{_day(order.dispatched_at)}交办，共退回被驳回{len(order.refused_returns)}次。")
    given = order.supervision
    if given is not None and given.issued_at is not None:
        lines.append(f"{_day(given.issued_at)}督办，现为第{given.level}级，{_STATES[given.status]}。")
    late = [each for each in order.breaches if each.party == order.responsible_unit]
    if late:
        lines.append(f"办理中超期或违规{len(late)}次。")
    lines += [
        f"提醒{order.reminders}次，催办{order.urges}次。",
        f"理由：{'；'.join(GROUNDS[g] for g in grounds_of(order))}。",
    ]
    return "\n".join(lines)


_STATES: Final = {"ISSUED": "尚未反馈", "FEEDBACK": "已反馈待审核", "CLOSED": "已结"}


def _day(moment: Any) -> str:
    local = moment.astimezone(ZONE)
    return f"{local.year}年{local.month}月{local.day}日"


def heading(row: Any) -> str:
    """Return what a sanction is, as lists show it."""
    return wording.tr(_KINDS.get(row.kind, "推送"))


# A unit reads what was sent to it, not who proposed it and what was changed.
_OF_UNIT: Final = ("SanctionProposed", "SanctionRevised", "SanctionSent", "ReceiptFiled", "InterviewRecorded",
                   "SanctionAnnulled")  # fmt: skip


def tells(row: Any, actor: Actor, event: str) -> bool:
    """Tell whether a line of a sanction's history is shown to an actor."""
    return actor.unit is None or event in _OF_UNIT


LABELS: Final = Labels(
    name="约谈通报",
    states={
        "PROPOSED": "待审批", "REFUSED": "未通过", "APPROVED": "待发出", "SENT": "待回执", "CLOSED": "已完成",
        "ANNULLED": "已撤销",
    },
    commands={
        "propose_sanction": "拟定约谈、通报、专报或推送", "revise_sanction": "修改文稿", "approve_sanction": "审批通过",
        "refuse_sanction": "审批不通过", "send_sanction": "发出", "file_receipt": "登记回执",
        "record_interview": "记录约谈", "annul_sanction": "撤销",
    },
    fields={
        "unit": "单位", "kind": "措施", "ground": "理由", "orders": "依据的工单（编号）", "severity": "情节",
        "when": "约谈时间", "participants": "参加人", "text": "内容", "is_public": "可以公开", "reason": "理由",
        "recipients": "发往", "recipient": "回执方", "receipt": "回执编号", "document": "记录名称、文号",
        "present": "到场人员",
    },
    choices={"ground": GROUNDS, "severity": {"minor": "较轻", "serious": "严重"}},
    options=options,
    heading=heading,
    begins=begins,
    tells=tells,
    beside=about.links,
    covers=about.covers,
    untold=("orders",),
)  # fmt: skip
