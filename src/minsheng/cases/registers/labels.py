"""What the registers are called where people see them."""

from __future__ import annotations

from typing import Any, Final

from minsheng.core.lifecycles.kinds import Labels
from minsheng.core.people import queries as people
from minsheng.domain.actors import UNIT_ROLES, Actor

PAPER_EVENTS: Final = {"PaperRegistered": "登记", "PaperAmended": "修订", "PaperRepealed": "废止"}
TRAINING_EVENTS: Final = {
    "TrainingPlanned": "安排培训",
    "TrainingHeld": "记录培训结果",
    "TrainingCancelled": "取消培训",
}
MECHANISM_EVENTS: Final = {
    "MechanismOpened": "建立机制", "MechanismChanged": "调整机制", "MechanismEnded": "终止机制",
}  # fmt: skip
PLAN_EVENTS: Final = {
    "PlanDrafted": "编制预案", "PlanRevised": "修订预案", "PlanActivated": "预案生效", "PlanEnded": "终止预案",
}  # fmt: skip
BYLAW_EVENTS: Final = {"BylawFiled": "报送实施细则", "BylawEnded": "终止实施细则"}
INCIDENT_EVENTS: Final = {
    "IncidentReported": "登记事件", "IncidentEnded": "事件结束", "IncidentReviewed": "复盘",
}  # fmt: skip


def heading(row: Any) -> str:
    """Return what an entry is about."""
    return str(row.title)


def shows(row: Any, actor: Actor, event: str, name: str, value: Any) -> Any:
    """Return what an actor reads of a training: a unit its own results alone, and no remark on others (SZ-8c)."""
    if event != "TrainingHeld" or actor.role not in UNIT_ROLES or actor.unit == row.target_unit:
        return value
    if name == "results":
        mine = people.known_as(actor.unit or "")
        return tuple(each for each in value if each.split(" ")[0] in mine)
    return "" if name == "text" else value


PAPERS: Final = Labels(
    name="制度标准规范",
    states={"IN_FORCE": "有效", "REPEALED": "已废止"},
    commands={"register_paper": "登记文件", "amend_paper": "登记修订", "repeal_paper": "登记废止"},
    fields={
        "title": "名称", "number": "文号", "kind": "类别", "issued": "发布日期", "text": "主要内容",
        "document": "修订文件文号", "on": "废止日期", "reason": "废止理由",
    },
    choices={"kind": {"standard": "标准规范", "rule": "制度", "guide": "业务指导"}},
    heading=heading,
)  # fmt: skip
TRAININGS: Final = Labels(
    name="培训",
    states={"PLANNED": "已安排", "HELD": "已举办", "CANCELLED": "已取消"},
    commands={"plan_training": "安排培训", "record_training": "记录培训结果", "cancel_training": "取消培训"},
    fields={
        "course": "课程", "audience": "对象", "when": "时间", "place": "地点", "units": "参训单位", "text": "说明",
        "results": "培训结果", "unit": "单位", "present": "参训人数", "passed": "合格人数", "score": "平均分",
        "reason": "取消理由",
    },
    shows=shows,
    choices={
        "audience": {"seats": "话务人员", "officers": "经办人员", "leaders": "分管负责人", "specialists": "政策专员"}
    },
    heading=heading,
)  # fmt: skip
MECHANISMS: Final = Labels(
    name="协同治理机制",
    states={"ACTIVE": "运行中", "ENDED": "已终止"},
    commands={"open_mechanism": "建立机制", "change_mechanism": "调整机制", "end_mechanism": "终止机制"},
    fields={
        "title": "名称", "units": "协同单位", "since": "建立日期", "document": "文件名称、文号", "text": "协同事项",
        "on": "终止日期", "reason": "终止理由",
    },
    heading=heading,
)  # fmt: skip
PLANS: Final = Labels(
    name="应急预案",
    states={"DRAFTED": "待批准", "ACTIVE": "已生效", "ENDED": "已终止"},
    commands={"draft_plan": "编制预案", "revise_plan": "修订预案", "activate_plan": "批准生效", "end_plan": "终止预案"},
    fields={
        "title": "名称", "document": "文件名称、文号", "text": "主要内容", "edition": "版本", "reason": "终止理由",
        "unit": "单位",
    },
    heading=heading,
)  # fmt: skip
BYLAWS: Final = Labels(
    name="实施细则",
    states={"IN_FORCE": "执行中", "ENDED": "已终止"},
    commands={"file_bylaw": "报送实施细则", "end_bylaw": "终止实施细则"},
    fields={
        "title": "名称", "document": "文件名称、文号", "sign": "签收时限（如 30分钟）",
        "handle": "办理时限（如 3个工作日）", "reason": "终止理由", "unit": "单位",
    },
    heading=heading,
)  # fmt: skip
INCIDENTS: Final = Labels(
    name="平台安全事件",
    states={"OPEN": "处置中", "ENDED": "待复盘", "REVIEWED": "已复盘"},
    commands={"report_incident": "登记事件", "end_incident": "登记结束", "review_incident": "复盘"},
    fields={
        "level": "平台层级", "severity": "级别（一级最轻，五级最重）", "began": "开始时间", "ended": "结束时间",
        "down_minutes": "中断分钟数", "text": "情况", "cause": "原因",
    },
    choices={
        "level": {"city": "市本级", "county": "县（市、区）"},
        "severity": {"1": "一级", "2": "二级", "3": "三级", "4": "四级", "5": "五级"},
    },
)  # fmt: skip
