"""An order's way in plain words for whoever filed it: what has happened, what happens next, and by when.

Nothing of the house's own affairs is told: no return, no dispute, no supervision; an answer only once it has passed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from minsheng import wording
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, CLOSED, Order
from minsheng.domain.rules import Rules

_WORK: Final = ("handle", "redo", "direct_answer")
_WITH_UNIT: Final = frozenset({"DISPATCHED", "HANDLING", "RETURN_REQUESTED", "SUPPLEMENT", "WAIT_SYNC"})
_BACK_WITH_US: Final[Mapping[str, str]] = {
    "DETERMINE": gettext_noop("热线中心正在请有关单位认定是否受理"),
    "REDO": gettext_noop("您对办理结果不满意，热线中心正在安排重新办理"),
    "RESEARCH": gettext_noop("您对办理结果不满意，热线中心正在研判"),
    "DECISION": gettext_noop("您对办理结果不满意，热线中心正在作最后核定"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step as the appellant reads it; `text` is what somebody wrote, an answer or an explanation."""

    at: datetime
    words: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands now, what comes next, and the moment by which it must."""

    words: str
    due: datetime | None


def day_and_time(moment: datetime, rules: Rules, *, now: datetime) -> str:
    """Return a moment as one says it: 6月3日 17:30; another year's than today's with the year."""
    local, today = moment.astimezone(rules.worktime.zone), now.astimezone(rules.worktime.zone)
    parts = {"year": local.year, "month": local.month, "day": local.day, "time": f"{local:%H:%M}"}
    if local.year != today.year:
        return _("%(year)d年%(month)d月%(day)d日 %(time)s") % parts
    return _("%(month)d月%(day)d日 %(time)s") % parts


def standing(order: Order, rules: Rules, *, now: datetime, may_rate: bool = False) -> Standing:
    """Return how the order stands. A deadline that has passed is told as passed, never promised again.

    `may_rate`: the reader can rate on the page; otherwise a person will call.
    """
    if order.status == CLOSED:
        return Standing(_closed(order), None)
    if order.is_internal and order.status == "REFERRED":
        return Standing(_("已按规定转有关单位内部办理"), None)
    if order.children:
        return Standing(_("已分别转 %(count)d 个单位办理，各单位进展见下") % {"count": len(order.children)}, None)
    due = _next_due(order)
    late = due is not None and due < now
    until = day_and_time(due, rules, now=now) if due is not None and not late else ""
    if order.status == "DRAFT":
        words = _("已收到，热线中心最迟 %(until)s 前核对并决定受理") if until else _("已收到，等待热线中心核对")
    elif order.status in _BACK_WITH_US:
        words = _(_BACK_WITH_US[order.status])
    elif order.status == "EMERGENCY":
        words = _("已按紧急事项受理，最迟 %(until)s 前转交处置单位") if until else _("已按紧急事项受理，正在安排处置")
    elif order.status in ("SUBMITTED", "RESTRICTED"):
        words = _("已受理，热线中心最迟 %(until)s 前转交%(term)s") if until else _("已受理，热线中心正在研究")
    elif order.status in _WITH_UNIT:
        words = _("已转%(unit)s，最迟 %(until)s 前答复") if until else _("已转%(unit)s办理")
    elif order.status == "REPLIED":
        words = _("%(unit)s已提交答复，热线中心正在审核，最迟 %(until)s 前审完") if until else _("答复正在审核")
    elif order.status in (CALLBACK, CALLBACK_MANUAL) and not may_rate:
        words = _("已答复，我们会在 %(until)s 前电话回访") if until else _("已答复，等待电话回访")
    elif order.status in (CALLBACK, CALLBACK_MANUAL):
        words = _("已答复，请您评价；未评价的，我们会在 %(until)s 前回访") if until else _("已答复，请您评价")
    else:
        words = _("正在办理")
    term = wording.tr(rules.unit_term)
    said = words % {"until": until, "unit": order.lead or term, "term": term}
    if due is not None and late and order.status not in (CALLBACK, CALLBACK_MANUAL):
        said += _("；原定 %(until)s 前完成，已超过时限，正在督促") % {"until": day_and_time(due, rules, now=now)}
    return Standing(said, due)


def timeline(
    facts: Sequence[Fact],
    order: Order,
    rules: Rules,
    *,
    knows_who: bool,
    now: datetime,
    said: Sequence[Fact] = (),
) -> list[Line]:
    """Return what has happened, the oldest first; of others whose appeals were joined to this one nothing.

    `knows_who`: the reader has shown who they are; only then they are told where an internal referral went (A-23).
    `said`: what the reader said on the order that theirs was joined to.
    """
    found: list[Line] = []
    waiting: Fact | None = None
    own = [fact for fact in facts if not getattr(fact.event, "joined", "")]
    for fact in sorted((*own, *said), key=lambda fact: fact.at):
        if isinstance(fact.event, ev.Replied):
            waiting = fact
        line = _line(fact, waiting, rules, knows_who=knows_who, now=now)
        if line is not None:
            found.append(line)
    return found


def _line(fact: Fact, answer: Fact | None, rules: Rules, *, knows_who: bool, now: datetime) -> Line | None:
    at = fact.at
    match fact.event:
        case ev.Completed():
            return None
        case ev.Registered():
            return Line(at, _("收到您的诉求"))
        case ev.Submitted():
            return Line(at, _("热线中心已受理"))
        case ev.Answered(text=text):
            return Line(at, _("热线中心答复"), text)
        case ev.NotAccepted(explanation=text):
            return Line(at, _("不予受理，理由如下"), text)
        case ev.OpinionDecided(confirmed=True, reason=text):
            return Line(at, _("经认定不予受理，理由如下") if text else _("经认定不予受理"), text)
        case ev.DispatchDeclined(explanation=text):
            return Line(at, _("不再转办，说明如下"), text)
        case ev.Dispatched():
            return Line(at, _dispatched(fact, rules, now))
        case ev.Signed(unit=unit):
            return Line(at, _("%(unit)s已签收") % {"unit": unit})
        case ev.ExtensionApproved(until=until):
            return Line(at, _("情况较复杂，办理时间延长到 %(until)s") % {"until": day_and_time(until, rules, now=now)})
        case ev.ProgressReported(text=text, unit=unit):
            return Line(at, _("%(unit)s先说明了办理情况") % {"unit": unit}, text)
        case ev.Linked():
            return Line(at, _("您反映的事项与正在办理的另一件相同，已合并办理"))
        case ev.Split(units=units):
            return Line(at, _("已同时转%(unit)s办理") % {"unit": wording.tr("、").join(units)})
        case ev.LeadNamed(lead=unit):
            return Line(at, _("已明确由%(unit)s牵头办理") % {"unit": unit})
        case ev.Replied(unit=unit):
            return Line(at, _("%(unit)s已提交答复，热线中心审核中") % {"unit": unit})
        case ev.AuditRejected():
            return Line(at, _("答复还不完整，已要求%(term)s补充") % {"term": wording.tr(rules.unit_term)})
        case ev.AuditPassed():
            text = answer.event.text if answer is not None and isinstance(answer.event, ev.Replied) else ""
            return Line(at, _("答复如下"), text)
        case _:
            return _later(fact, rules, knows_who=knows_who)


def _later(fact: Fact, rules: Rules, *, knows_who: bool) -> Line | None:
    at, citizen = fact.at, fact.by.role == "citizen"
    match fact.event:
        case ev.CalledBack(reached=True, satisfied=None):
            return Line(at, _("回访时您对办理结果没有异议"))
        case ev.CalledBack(reached=True) | ev.SmsAnswered() | ev.JoinedRated():
            return Line(at, _("您的评价：%(grade)s") % {"grade": _grade(fact.event, rules)})
        case ev.Urged(text=text) if citizen:
            return Line(at, _("您催办了一次"), text)
        case ev.MaterialAdded(files=files):
            return Line(at, _("补充了材料（附件 %(count)d 个）") % {"count": files} if files else _("补充了说明"))
        case ev.ChoiceChanged(publish=publish):
            return Line(at, _("您改为可以公开") if publish == "yes" else _("您改为不公开"))
        case ev.Reopened():
            return Line(at, _("经核查，重新办理"))
        case ev.AppellantNotified() if knows_who:
            told = next((each for each in fact.notices if each.kind == "referral_notice"), None)
            return Line(at, wording.say(told, rules) if told is not None else _("已按规定转有关单位内部办理"))
        case ev.Published():
            return Line(at, _("办理结果可以公开，待工作人员去除个人信息后公布"))
        case ev.Withdrawn():
            return Line(at, _("已不再公开"))
        case ev.Closed(reason="linked"):
            return None  # it goes on with the other; the line before says so
        case ev.Closed(reason=reason):
            return Line(at, _("办结（%(reason)s）") % {"reason": wording.ENDINGS.get(reason, "")})
        case _:
            return None


def _grade(rated: ev.CalledBack | ev.SmsAnswered | ev.JoinedRated, rules: Rules) -> str:
    """Return the grade that was given, by the city's names for grades."""
    named = wording.tr(rules.satisfaction_grades.get(rated.grade, ""))
    return named or (_("满意") if rated.satisfied else _("不满意"))


def _dispatched(fact: Fact, rules: Rules, now: datetime) -> str:
    event = fact.event
    assert isinstance(event, ev.Dispatched)
    due = next((each.due for each in fact.clocks if each.name in _WORK and each.due is not None), None)
    unit = event.lead or wording.tr("、").join(event.units)
    if due is None:
        return _("已转%(unit)s办理") % {"unit": unit}
    return _("已转%(unit)s，最迟 %(until)s 前答复") % {"unit": unit, "until": day_and_time(due, rules, now=now)}


def _next_due(order: Order) -> datetime | None:
    """Return the moment that the appellant may count on: of the work while a unit has it, else of the next step."""
    names = {
        "DRAFT": ("acceptance",),
        "EMERGENCY": ("emergency_dispatch",),
        "SUBMITTED": ("dispatch",),
        "RESTRICTED": ("dispatch",),
        "REPLIED": ("audit",),
        CALLBACK: ("callback", "sms"),
        CALLBACK_MANUAL: ("callback",),
    }.get(order.status, (*_WORK, "emergency_result") if order.status in _WITH_UNIT else ())
    for name in names:
        timer = order.timer(name)
        if timer is not None and timer.due is not None and timer.status in ("running", "missed"):
            return timer.due
    return None


def _closed(order: Order) -> str:
    if order.reason == "internal":
        return _("已按规定办结")
    if order.reason == "children_closed":
        return _("各单位均已办结")
    return _("已办结（%(reason)s）") % {"reason": wording.ENDINGS.get(order.reason or "", "")}
