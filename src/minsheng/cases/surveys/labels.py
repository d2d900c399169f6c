"""What surveys are called where people see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.urls import reverse

from minsheng import wording
from minsheng.core.lifecycles.kinds import Labels
from minsheng.domain.actors import Actor
from minsheng.domain.surveys import survey
from minsheng.domain.surveys.questions import MULTIPLE, SCALE, SINGLE, TEXT, Question

EVENTS: Final = {
    "SurveyDrafted": "编制问卷", "SurveyOpened": "开始调查", "AnswersTaken": "归入答卷", "SurveyClosed": "结束调查",
    "SurveyPublished": "公布结果", "SurveyCancelled": "取消调查",
}  # fmt: skip
KINDS: Final = {SINGLE: "单选", MULTIPLE: "多选", SCALE: "量表", TEXT: "文字"}
WAYS: Final = {survey.MESSAGE: "短信邀请（抽样）", survey.LINK: "公开链接", survey.TELEPHONE: "电话访问（抽样）"}


def heading(row: Any) -> str:
    """Return what a survey is about."""
    return str(row.title)


def shows(row: Any, actor: Actor, event: str, name: str, value: Any) -> Any:
    """Return what of a field is read: a question a line, as it was written."""
    if name == "questions":
        return tuple(f"{place}. {question_line(each)}" for place, each in enumerate(value, start=1))
    return value


def question_line(question: Question) -> str:
    """Return a question as it was written: its words, kind, options, skip rules."""
    skips = "；".join(f"{option}→{to or '结束'}" for option, to in question.skips)
    options = question.options[-1] if question.kind == SCALE else "、".join(question.options)
    # Of what is left out at the end nothing stands, so that the line can be read again.
    return "｜".join((question.text, KINDS[question.kind], options, skips)).rstrip("｜")


def beside(row: Any, actor: Actor) -> Sequence[tuple[str, str]]:
    """Return the links on a survey's page."""
    found = [(wording.tr("问卷和结果"), reverse("desks:survey", args=(row.pk,)))]
    if row.status == survey.OPEN and row.has_link:
        found.append((wording.tr("公开链接"), reverse("surveys:answer", args=(row.city_id, row.pk))))
    return found


def fills(row: Any, command: str) -> Mapping[str, object]:
    """Return what a draft's form begins with: the survey as it stands."""
    if command != "draft_survey":
        return {}
    state = row.state
    asked = [Question(**{**each, "skips": tuple(map(tuple, each["skips"]))}) for each in state["questions"]]
    names = ("title", "purpose", "ways", "since", "until", "percent", "ends")
    return {**{name: state[name] for name in names}, "questions": "\n".join(map(question_line, asked))}


LABELS: Final = Labels(
    name="社情民意调查",
    states={
        "DRAFT": "编制中", "OPEN": "进行中", "CLOSED": "已结束", "PUBLISHED": "已公布", "CANCELLED": "已取消",
    },
    commands={
        "draft_survey": "编制问卷", "open_survey": "开始调查", "take_answers": "归入答卷", "close_survey": "结束调查",
        "publish_survey": "公布结果", "cancel_survey": "取消调查",
    },
    fields={
        "title": "名称", "purpose": "目的", "questions": "题目", "text": "题目", "kind": "题型",
        "options": "选项（用顿号分隔；量表写最高分）", "skips": "跳题（选项→题号）", "ways": "方式",
        "since": "办结日期起", "until": "办结日期止", "percent": "抽样比例（%）", "ends": "截止日期",
        "seed": "随机种子", "digest": "摘要", "count": "份数", "reason": "理由",
    },
    choices={"ways": WAYS},
    heading=heading,
    shows=shows,
    beside=beside,
    fills=fills,
    untold=("orders", "shares"),
)  # fmt: skip
