"""What rolls and commendations are called where people see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from minsheng.core.lifecycles.kinds import Labels
from minsheng.core.people import queries as people
from minsheng.domain.actors import Actor
from minsheng.domain.honors.merits import merit_of
from minsheng.domain.rules import Rules

ROLL_EVENTS: Final = {"HonorsListed": "拟定名单", "HonorsIssued": "印发表扬", "HonorsWithdrawn": "撤回名单"}
AWARD_EVENTS: Final = {
    "AwardForwarded": "共同提请", "AwardApproved": "批准表扬", "AwardRefused": "未获批准", "AwardAnnulled": "撤销表扬",
}  # fmt: skip


def said(line: str) -> str:
    """Return a line of a roll in words: who, and beside the name what the year's orders say."""
    merit = merit_of(line)
    who = people.names([merit.subject]).get(merit.subject, merit.subject)
    if not merit.judged:
        told = _("%(who)s：办结 %(orders)s 件，未按时签收 %(late)s 次，尚无满意度评价")
    else:
        told = _("%(who)s：办结 %(orders)s 件，未按时签收 %(late)s 次，满意率 %(rate)s%%（%(satisfied)s/%(judged)s）")
    return told % {
        "who": who,
        "orders": merit.orders,
        "late": merit.late_signs,
        "rate": f"{merit.satisfied * 100 / merit.judged:.2f}" if merit.judged else "",
        "satisfied": merit.satisfied,
        "judged": merit.judged,
    }


def shows(row: Any, actor: Actor, event: str, name: str, value: Any) -> Any:
    """Return figures in words, whoever reads them."""
    if name == "merits":
        return tuple(map(said, value))
    return said(value) if name == "merit" else value


def roll_heading(row: Any) -> str:
    """Return which year a roll is of."""
    return _("%(year)s年度") % {"year": row.year}


def award_heading(row: Any) -> str:
    """Return who is commended, for which year."""
    subject = merit_of(row.state["merit"]).subject
    who = people.names([subject]).get(subject, subject)
    return f"{roll_heading(row)} {who}"


def award_options(rules: Rules) -> Mapping[str, Mapping[str, str]]:
    """Return who may propose, by the city's rules."""
    return {"proposers": {each: each for each in rules.honors_proposers}}


ROLLS: Final = Labels(
    name="年度表扬名单",
    states={"LISTED": "待印发", "ISSUED": "已印发", "WITHDRAWN": "已撤回"},
    commands={"list_honors": "拟定年度表扬名单", "issue_honors": "印发", "withdraw_honors": "撤回"},
    fields={
        "unit": "单位", "year": "年度", "names": "表扬对象（下属单位全称或本单位人员姓名，每行一个）",
        "merits": "表扬对象", "text": "说明", "document": "文件名称、文号", "reason": "理由",
    },
    heading=roll_heading,
    shows=shows,
)  # fmt: skip
AWARDS: Final = Labels(
    name="通报表扬",
    states={"FORWARDED": "待批准", "AWARDED": "已表扬", "REFUSED": "未获批准", "ANNULLED": "已撤销"},
    commands={
        "propose_award": "提请通报表扬", "approve_award": "登记批准", "refuse_award": "登记未获批准",
        "annul_award": "撤销",
    },
    fields={
        "unit": "单位", "person": "个人姓名（表扬单位的不填）", "year": "年度", "ground": "事迹",
        "proposers": "共同提请方", "recipients": "报请", "document": "文件名称、文号", "on": "批准日期",
        "merit": "表扬对象", "reason": "理由",
    },
    options=award_options,
    heading=award_heading,
    shows=shows,
)  # fmt: skip
