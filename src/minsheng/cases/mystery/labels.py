"""What campaigns and calls are called where people see them, and what of them a unit reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.urls import reverse

from minsheng import wording
from minsheng.cases.orders.storage import planted
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.files import queries as files
from minsheng.core.lifecycles.kinds import Labels
from minsheng.core.people import queries as people
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.mystery import campaign
from minsheng.domain.mystery.call import SECOND
from minsheng.wording.labels import ROLES

CAMPAIGN_EVENTS: Final = {
    "CampaignOpened": "开展测评", "SecondsDrawn": "抽取复评", "WindowOpened": "形成结果，异议期开始",
    "ScoreContested": "提出异议", "ContestDecided": "处理异议", "WindowClosed": "异议期结束",
    "WindowRecomputed": "按新年历重算时限", "CampaignPublished": "公布结果", "CampaignCancelled": "取消测评",
}  # fmt: skip
CALL_EVENTS: Final = {
    "CallGiven": "下达任务", "OutcomeRecorded": "记录拨测", "SecondAsked": "抽中复评", "RatedAgain": "复评",
    "CallVoided": "作废",
}  # fmt: skip
ANSWERS: Final = {"right": "与依据一致", "partly": "部分一致", "wrong": "不一致"}
CALL_STATES: Final = {
    "GIVEN": "待拨测", "RECORDED": "已拨测", "SECOND": "待复评", "RATED": "已复评", "VOID": "已作废",
}  # fmt: skip
# What a unit reads of a campaign: that it was opened, results, complaints; not how others were drawn and rated.
_OF_UNIT: Final = ("CampaignOpened", "WindowOpened", "ScoreContested", "ContestDecided", "CampaignPublished")
_NOT_OF_UNIT: Final = ("units", "told", "told_units", "scenario", "script")


def heading(row: Any) -> str:
    """Return what a campaign is."""
    return f"{row.title}（{row.period}）"


def tells(row: Any, actor: Actor, event: str) -> bool:
    """Tell whether a line of a campaign's history is shown to an actor."""
    return actor.role not in UNIT_ROLES or event in _OF_UNIT


def sees(row: Any, actor: Actor, event: Any) -> bool:
    """Tell whether an actor reads of this complaint: a unit of its own alone."""
    if actor.role not in UNIT_ROLES or not isinstance(event, campaign.ScoreContested | campaign.ContestDecided):
        return True
    return event.unit in people.known_as(actor.unit or "")


def shows(row: Any, actor: Actor, event: str, name: str, value: Any) -> Any:
    """Return what an actor reads of a field: of the scores its own, unless it is on the list (SZ-36)."""
    if name == "scores":
        return tuple(_score(each) for each in value if _reads(row, actor, each.unit))
    if name == "tenths":
        return _points(value)
    return "" if actor.role in UNIT_ROLES and name in _NOT_OF_UNIT else value


def parties(row: Any, actor: Actor) -> list[str]:
    """Return which of a campaign's units an actor is shown: of a unit itself alone."""
    if actor.role not in UNIT_ROLES:
        return list(row.units)
    return sorted(set(row.units) & set(people.known_as(actor.unit or "")))


def _reads(row: Any, actor: Actor, unit: str) -> bool:
    if actor.role not in UNIT_ROLES:
        return True
    names = people.known_as(actor.unit or "")
    is_listed = row.status == campaign.PUBLISHED and bool(set(names) & set(row.state.get("told_units", ())))
    return is_listed or unit in names


def _score(score: campaign.Score) -> str:
    told = {"unit": score.unit, "points": _points(score.tenths), "calls": score.calls}
    if not score.calls and not score.tenths:
        return wording.tr("{unit}：没有拨测").format(**told)
    return wording.tr("{unit} {points}分（拨测{calls}次）").format(**told)


def _points(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def beside(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    """Return the links on a campaign's page: to a new task, while it is open."""
    if actor.role == "office" and row.status == campaign.OPEN:
        return ((wording.tr("下达拨测任务"), reverse("desks:mystery_give", args=(row.pk,))),)
    return ()


def beside_call(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    """Return the links on a call's page: its campaign, its recordings, the orders that came of it."""
    found = [(wording.tr("测评活动"), reverse("things:thing", args=("campaign", row.campaign)))]
    for each in files.of_stream(f"mystery_call/{row.pk}"):
        found.append((each.name, reverse("desks:mystery_file", args=(row.pk, each.id))))
    for id, number in orders.numbers(actor, city=row.city_id, ids=planted.of_task(str(row.pk))).items():
        found.append((wording.tr("工单 {number}").format(number=number), reverse("desks:order", args=(id,))))
    return found


def heading_call(row: Any) -> str:
    """Return whom a call is to."""
    return str(row.target_unit)


def state_for(row: Any, person: str) -> str:
    """Return where a call stands to its caller, who does not learn that it was drawn, or to its rater."""
    known = "RECORDED" if row.caller == person and row.status in (SECOND, "RATED") else row.status
    return wording.tr(CALL_STATES[known])


CAMPAIGNS: Final = Labels(
    parties=parties,
    name="测评",
    states={
        "OPEN": "拨测中", "RATING": "复评中", "WINDOW": "异议期", "DECIDING": "待公布", "PUBLISHED": "已公布",
        "CANCELLED": "已取消",
    },
    commands={
        "open_campaign": "开展测评", "draw_seconds": "结束拨测，抽取复评", "open_window": "形成结果，开始异议期",
        "complain_score": "提出异议", "decide_complaint": "处理异议", "publish_campaign": "公布结果",
        "cancel_campaign": "取消测评",
    },
    fields={
        "title": "名称", "agency": "测评机构", "period": "评估周期", "units": "测评单位",
        "scenario": "场景", "script": "话术要求", "told": "结果告知的岗位", "told_units": "结果告知的单位",
        "seed": "随机种子", "digest": "名单摘要", "calls": "抽中的拨测", "by_workdays": "异议期（工作日）",
        "reason": "理由", "unit": "单位", "upheld": "异议成立", "score": "改定分数", "scores": "结果", "tenths": "分数",
    },
    choices={"told": {role: ROLES[role] for role in campaign.TOLD}},
    heading=heading,
    tells=tells,
    sees=sees,
    shows=shows,
    beside=beside,
)  # fmt: skip
CALLS: Final = Labels(
    name="拨测任务",
    states=CALL_STATES,
    commands={
        "give_call": "下达拨测任务", "record_outcome": "记录拨测", "ask_second": "抽中复评", "rate_again": "复评",
        "void_call": "作废",
    },
    fields={
        "unit": "拨测单位", "question": "所问问题", "article": "依据", "expected": "正确答复", "until": "完成期限",
        "reached": "是否接通", "wait_seconds": "等待秒数", "answer": "答复是否正确",
        "attitude": "服务态度（1 至 5 分）", "done": "是否办到", "text": "情况说明", "reason": "理由",
    },
    choices={"answer": ANSWERS},
    heading=heading_call,
    beside=beside_call,
)  # fmt: skip
