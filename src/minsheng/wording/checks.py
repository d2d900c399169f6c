"""What checks of closed orders and rounds of looking back are called."""

from __future__ import annotations

from typing import Final

from minsheng.wording.language import Table

CHECK_STATES = Table({"TO_CHECK": "待复核", "FOUND": "待确认", "DONE": "已完成"})
CHECK_COMMANDS = Table(
    {
        "ask_check": "交办复核",
        "record_check": "登记复核结论",
        "confirm_check": "确认结论",
        "refuse_check": "退回重新复核",
    }
)
CHECK_EVENTS = Table(
    {
        "CheckAsked": "交办复核",
        "CheckRecorded": "登记复核结论",
        "CheckConfirmed": "确认结论",
        "CheckRefused": "退回重新复核",
        "CheckMissed": "复核逾期",
        "CheckRecomputed": "按新年历重算时限",
    }
)
CHECK_FIELDS = Table(
    {
        "number": "工单编号",
        "unit": "承办单位",
        "holder": "自查单位",
        "reason": "理由",
        "found": "结论",
        "text": "复核情况",
        "consequence": "造成的后果",
        "reopen": "重新办理",
    }
)
# 无问题, and what a check may find wrong (SZ-41a, SQ-20a).
CHECK_FOUND = Table(
    {
        "none": "无问题",
        "inadequate": "不到位",
        "false_report": "谎报瞒报",
        "unwilling": "能办未办",
        "not_done": "未落实",
    }
)
CHECK_CLOCKS: Final = {"check": "回访复核"}
CHECK_NOTICES: Final = {
    "check_assigned": "有一件已办结的工单要回访复核，请办理。",
    "check_found": "一件工单复核发现问题，请确认结论。",
    "check_late": "一件工单的回访复核已超期，请督促。",
    "lookback_published": "“回头看”的结果已公布，请查看。",
}
LOOKBACK_STATES = Table({"PLANNED": "待抽样", "DRAWN": "复核中", "PUBLISHED": "已公布"})
LOOKBACK_COMMANDS = Table({"plan_lookback": "制定计划", "draw_sample": "抽取样本", "publish_lookback": "公布结果"})
LOOKBACK_EVENTS = Table({"LookbackPlanned": "制定计划", "SampleDrawn": "抽取样本", "LookbackPublished": "公布结果"})
LOOKBACK_FIELDS = Table(
    {
        "quarter": "季度",
        "percent": "抽查比例（%）",
        "holder": "自查单位",
        "seed": "随机种子",
        "digest": "名单摘要",
        "orders": "抽中的工单",
    }
)
KINDS = Table({"check": "回访复核", "lookback": "回头看"})
