"""What case studies and remedies are called where people see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from minsheng.cases.orders.reading import about
from minsheng.core.lifecycles.kinds import Labels
from minsheng.domain.actors import Actor

STUDY_EVENTS: Final = {
    "StudyDrafted": "编写案例", "StudyRevised": "修改案例", "StudyPublished": "入库发布", "StudyWithdrawn": "撤回案例",
}  # fmt: skip
REMEDY_EVENTS: Final = {
    "RemedyOpened": "交办一类事", "OrdersLinked": "关联工单", "RemedyReported": "报告整治情况",
    "RemedyAccepted": "认可报告", "RemedySentBack": "退回报告", "RemedyLookedAt": "跟踪回看",
    "RemedyOverdue": "逾期未报", "LookDue": "到期应回看",
}  # fmt: skip


def heading(row: Any) -> str:
    """Return what an entry is about."""
    return str(row.title)


def begins(asked: Mapping[str, str], actor: Actor, city: str) -> Mapping[str, object]:
    """Return what the form of a new entry begins with: the orders that its address names."""
    return {"orders": asked["orders"]} if asked.get("orders") else {}


STUDIES: Final = Labels(
    name="案例库",
    states={"DRAFTED": "待入库", "PUBLISHED": "已入库", "WITHDRAWN": "已撤回"},
    commands={
        "draft_study": "编写案例", "revise_study": "修改案例", "publish_study": "入库发布",
        "withdraw_study": "撤回案例",
    },
    fields={
        "title": "名称", "orders": "有关工单（编号，均已办结）", "meeting": "协调会编号", "units": "有关单位",
        "course": "事由和办理经过", "lessons": "经验和启示", "reason": "撤回理由",
    },
    heading=heading,
    begins=begins,
    beside=about.links,
    untold=("orders",),
)  # fmt: skip
REMEDIES: Final = Labels(
    name="一类事",
    states={"OPENED": "整治中", "REPORTED": "待认可", "FOLLOWED": "跟踪中", "DONE": "已见效"},
    commands={
        "open_remedy": "交办一类事", "link_orders": "关联工单", "report_remedy": "报告整治情况",
        "accept_remedy": "认可报告", "send_back_remedy": "退回报告", "look_at_remedy": "记录回看",
    },
    fields={
        "title": "名称", "orders": "有关工单（编号）", "unit": "牵头单位", "co": "协办单位", "text": "内容",
        "by": "完成期限", "look_in_days": "多少天后回看", "finding": "回看结果", "reason": "退回理由",
    },
    clocks={"remedy": "整治", "remedy_look": "回看"},
    choices={"finding": {"helped": "已见效", "came_back": "又有发生"}},
    heading=heading,
    begins=begins,
    beside=about.links,
    covers=about.covers,
    untold=("orders",),
)  # fmt: skip
