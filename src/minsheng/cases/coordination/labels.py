"""What meetings and programmes are called where people see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext

from minsheng.cases.orders.reading import about
from minsheng.core.lifecycles.kinds import Labels
from minsheng.domain.actors import Actor
from minsheng.domain.rules import Rules

MEETING_EVENTS: Final = {
    "MeetingCalled": "召集会议",
    "AttendanceConfirmed": "确认出席",
    "MinutesRecorded": "形成会议纪要",
    "MinutesAmended": "修改会议纪要",
    "MinutesApproved": "审定会议纪要",
    "MeetingDecided": "会议结果",
    "TaskReported": "报告任务完成",
    "TaskMissed": "任务超期",
    "MeetingRecomputed": "年历载入，重算时限",
}
PROGRAMME_EVENTS: Final = {
    "SessionPlanned": "安排场次",
    "UnitsInvited": "邀请单位",
    "GuestConfirmed": "确认出席",
    "WentOnAir": "开始直播",
    "AppealScreened": "筛选来电",
    "AnsweredOnAir": "现场答复",
    "SessionClosed": "结束直播",
    "SessionFollowedUp": "跟踪办结",
    "SessionPublished": "发布节目成果",
}


MEETINGS: Final = Labels(
    name="协调会",
    states={"CALLED": "待召开", "MET": "待形成结果", "DECIDED": "已明确牵头", "UNRESOLVED": "未能明确"},
    commands={
        "call_meeting": "召集会议", "confirm_attendance": "确认出席", "record_minutes": "记录会议纪要",
        "amend_minutes": "修改会议纪要", "approve_minutes": "审定会议纪要",
        "decide_meeting": "记录会议结果", "report_task": "报告任务完成",
    },
    fields={
        "when": "会议时间", "units": "参会单位", "question": "议题", "orders": "有关工单（编号）", "kind": "会议种类",
        "level": "协调层级", "attends": "是否出席", "substitute": "代为出席的人",
        "rank": "出席人职务",
        "reason": "不能出席的理由", "document": "会议纪要名称、文号", "present": "到会单位", "outcome": "会议结果",
        "lead": "牵头单位", "co": "协办单位", "tasks": "任务", "texts": "任务内容",
        "text": "内容（纪要或完成情况）", "unit": "单位",
        "agenda": "议程", "members": "参会负责人",
    },
    clocks={"meeting_task": "会议任务"},
    choices={
        "kind": {"coordination": "专题协调会", "joint": "联席会议", "leading": "领导小组会议", "style": "作风建设会议"},
        "level": {"unit": "单位", "county": "县（市、区）", "city": "市"},
        "outcome": {"lead": "明确牵头单位", "unresolved": "未能明确"},
        "rank": {"head": "主要负责人", "leader": "分管负责人"},
    },
    covers=about.covers,
    beside=about.links,
    untold=("orders",),
)  # fmt: skip


def options(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    """Return what the city's rules let choose, by the field's name."""
    return {"kind": rules.program_kinds}


# Who prepares and runs a session.
STUDIO: Final = ("office", "seat", "supervisor")


def heading(row: Any) -> str:
    """Return the topic of a session."""
    return str(row.topic)


def studio(row: Any, actor: Actor) -> list[tuple[str, str]]:
    """Return the address of the studio's page, for those who prepare and run a session."""
    if actor.role not in STUDIO:
        return []
    return [(gettext("直播间"), reverse("desks:studio", args=(row.pk,)))]


PROGRAMMES: Final = Labels(
    name="节目场次",
    heading=heading,
    states={
        "PLANNED": "已安排", "INVITED": "已邀请", "ON_AIR": "直播中", "CLOSED": "跟踪办理中", "FOLLOWED_UP": "全部办结",
    },
    commands={
        "plan_session": "安排场次", "invite": "邀请单位", "confirm_attendance": "确认出席", "go_on_air": "开始直播",
        "answer_on_air": "现场答复", "screen_appeal": "筛选来电",
        "close_session": "结束直播", "publish_session": "发布节目成果",
    },
    fields={
        "kind": "节目", "when": "直播时间", "topic": "主题", "units": "受邀单位", "unit": "单位", "attends": "是否出席",
        "substitute": "代为出席的人", "rank": "上线人职务", "reason": "不能出席的理由",
        "order": "工单编号", "text": "答复内容", "received": "收到", "answered": "现场答复", "followed_up": "转为工单",
        "topics": "民生热点", "answers": "政策问答（问题和答复）", "replay": "回看地址",
        "verdict": "是否上线", "note": "给直播间的提示",
    },
    choices={
        "rank": MEETINGS.choices["rank"], "verdict": {"on_air": "上线", "later": "稍后", "off": "不上线"},
    },
    untold=("counts",),
    beside=studio,
    options=options,
)  # fmt: skip
