"""What ratings are called where people see them."""

from __future__ import annotations

from typing import Any, Final

from minsheng.core.lifecycles.kinds import Labels

EVENTS: Final = {
    "ReviewReceived": "收到评价", "ReviewAssigned": "交被评单位核实", "RaterContacted": "联系评价人",
    "ReviewVerified": "核实", "ReviewRectified": "整改", "ReviewChecked": "复核通过", "ReviewSentBack": "复核退回",
    "ReviewReturned": "结果回传", "ReviewOverdue": "超期", "ReviewRecomputed": "年历载入，重算时限",
}  # fmt: skip


def heading(row: Any) -> str:
    """Return what a rating is about."""
    return f"{row.item} {row.grade}"


LABELS: Final = Labels(
    name="好差评",
    states={
        "RECEIVED": "待交办", "ASSIGNED": "待核实", "VERIFIED": "待整改", "RECTIFIED": "待复核", "CHECKED": "待回传",
        "CLOSED": "已办结",
    },
    commands={
        "receive_review": "登记评价", "assign_review": "交被评单位核实", "verify_review": "核实",
        "rectify_review": "整改", "check_review": "复核", "return_review": "结果回传",
    },
    fields={
        "item": "服务事项", "unit": "被评单位", "window": "窗口", "grade": "评价等级（1 最差，5 最好）",
        "named": "评价人可以联系", "contact": "评价人联系方式", "words": "评价内容", "said": "评价内容",
        "source_no": "来源编号", "verdict": "核实结果", "evidence": "证据", "contacted": "联系评价人的情况",
        "told": "告知评价人的情况", "measure": "整改措施", "passed": "是否通过", "called_back": "已回访评价人",
        "reason": "退回理由", "receipt": "回执编号", "text": "说明", "channel": "方式", "moment": "时间",
        "clock": "时限",
    },
    clocks={"review_contact": "差评联系", "review": "差评整改"},
    choices={
        "verdict": {"true": "属实", "partly": "部分属实", "untrue": "不属实"},
        "clock": {"review_contact": "差评联系", "review": "差评整改"},
    },
    heading=heading,
)  # fmt: skip
