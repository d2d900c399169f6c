"""Inquiries on PostgreSQL, over `domain.duties.inquiry`; who asks and every word is kept sealed (`core.words`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from minsheng.cases.inquiries.models import Inquiry
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Kind, Labels
from minsheng.core.people import queries as people
from minsheng.core.people import successors
from minsheng.core.words import actions as words
from minsheng.domain.duties import inquiry
from minsheng.domain.rejected import Rejected

__all__ = ["KIND"]


def _known(asked: Asked) -> inquiry.Known:
    unit = getattr(asked.command, "unit", "")
    if not unit:
        return inquiry.Known()
    facts = people.unit_facts(asked.city, names=(unit,), now=asked.now)
    if unit not in facts:
        raise Rejected("unit_unknown", unit=unit)
    return inquiry.Known(frozenset(name for name, each in facts.items() if not each.roster))


def _columns(state: inquiry.Inquiry) -> dict[str, Any]:
    return {"kind": state.organ, "units": [state.unit] if state.unit else [], "target_unit": state.unit}


def _opens(id: UUID, city: str) -> Inquiry:
    return Inquiry(id=id, city_id=city, number=numbers.next_of(Inquiry, "来函", id=id, city=city))


KIND = Kind(
    inquiry.CYCLE,
    model=Inquiry,
    names=people.names,
    words={
        "InquiryReceived": "收到来函", "PartGiven": "单位提供情况", "InquiryAnswered": "答复来函",
        "InquiryClosed": "办结",
        "InquiryReminded": "到期前提醒", "InquiryOverdue": "超期未答复", "InquiryRecomputed": "年历载入，重算时限",
    },
    facts=_known,
    keeps=words.keep,
    columns=_columns,
    readers=successors.readers("office", "supervisor", "joint_meeting"),
    labels=Labels(
        name="监督来函",
        states={"RECEIVED": "待答复", "ANSWERED": "已答复", "CLOSED": "已办结"},
        commands={
            "receive_inquiry": "登记来函", "give_part": "提供情况", "answer_inquiry": "答复来函",
            "close_inquiry": "办结",
        },
        fields={
            "organ": "来函方", "asker": "来函单位或来函人", "content": "来函内容", "due": "答复期限",
            "unit": "需提供情况的单位",
            "text": "内容", "document": "复函文号", "opinion": "来函方意见",
        },
        clocks={"inquiry": "来函答复", "inquiry_reminder": "到期提醒"},
        choices={
            "organ": {
                "congress": "人大", "conference": "政协", "party": "民主党派", "media": "新闻媒体",
                "public": "社会公众",
            }
        },
    ),
    opens=_opens,
)  # fmt: skip
