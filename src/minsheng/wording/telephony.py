"""What telephony is called where people see it: states of agents, reasons, outcomes of calls."""

from __future__ import annotations

from typing import Final

from minsheng.wording.language import Table

STATES = Table(
    {
        "OFFLINE": "离线", "READY": "就绪", "RINGING": "振铃", "TALKING": "通话中", "WRAP_UP": "话后处理",
        "BREAK": "小休", "TRAINING": "培训",
    }
)  # fmt: skip
REASONS = Table({"missed_ring": "振铃未接", "role_ended": "已不是话务人员"})
NO_ORDER = Table({"silent": "无内容", "harassment": "骚扰", "misdialed": "误拨", "called_again": "重拨"})
OUTCOMES = Table(
    {"order": "已登记诉求", "silent": "无内容", "harassment": "骚扰", "misdialed": "误拨", "called_again": "重拨"}
)
PARTIES = Table(
    {"expert": "专家", "specialist": "政策专员", "unit": "承办单位", "emergency": "紧急号码", "tier": "其他平台"}
)
# What a talk of three led to on the telephone.
TALKS = Table({"": "进行中", "unreached": "未接通", "talked": "已通话", "passed": "已转交"})
# Whose telephone of a unit is rung.
RUNG = Table({"contact": "联系人", "duty": "值班人员"})
# Of nobody: numbers of this form are not given out.
DEMO_NUMBER: Final = "19900001234"
TELEPHONY_NOTICES: Final = {
    "calls_answered_late": "近 24 小时 15 秒接通率为 {rate}，低于 95%，请到「话务」查看并增派座席。",
}
