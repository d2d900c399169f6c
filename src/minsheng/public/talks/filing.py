"""Filing in a talk: the portal's own questions and checks, one a message, and its own filing at the end.

Source: SQ-2, JY-2a, JY-9.1a, SZ-15.1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.public.citizens import limits
from minsheng.public.portal import filings, steps
from minsheng.public.portal.filings import Kept
from minsheng.public.portal.forms import StepForm, sounds_dangerous
from minsheng.public.talks.persons import Person

_NONE: Final = frozenset(("无", "没有", "跳过", "不填", "不是", "不清楚", "none", "skip"))
_ONWARD: Final = frozenset(("继续", "下一步", "完成", "好了", "continue"))
_YES: Final = frozenset(("1", "确认", "提交", "确认提交", "是", "yes"))
# The field in which a step's answer stands, and those that may be left out.
_FIELDS: Final = {
    "type": "type",
    "place": "place",
    "about": "target_unit",
    "publish": "publish",
    "contact": "appellant",
}
_OPTIONAL: Final = ("place", "about")
_TITLE_AT_MOST: Final = 30
_SHOWN_AT_MOST: Final = 120
_SENTENCE: Final = re.compile(r"[。！？!?；;\n]")


@dataclass(frozen=True, slots=True)
class Turn:
    """What is said, and whether the talk is over."""

    words: str
    is_over: bool = False


def portal(city: str) -> str:
    """Return the address of the portal's filing; empty where the installation has none."""
    return f"{settings.PUBLIC_URL}{reverse('portal:begin', args=(city,))}" if settings.PUBLIC_URL else ""


def may_begin(person: Person, *, now: datetime) -> bool:
    """Tell whether somebody who has bound a telephone may file here: some cities want a real name of them first."""
    rules = policies.rules_for(person.account.city, now=now)
    return not steps.needs_real_name(rules) or (person.citizen is not None and person.citizen.is_verified)


def question(person: Person, draft: Kept, *, now: datetime) -> str:
    """Return what is asked next of a draft."""
    rules = policies.rules_for(person.account.city, now=now)
    code = steps.unasked(draft.answers, visitor=person.visitor(now=now), rules=rules)
    match code:
        case "check":
            return _summary(person, draft, rules, now)
        case "files":
            return _("可以现在发图片或语音。没有的，或发完了，请回复“继续”。")
        case "content":
            return _("请写明发生了什么：时间、经过，以及您希望怎样解决。请不要写姓名、电话、证件号码。")
    form = _form(person, draft, code, None, rules, now)
    field = form.fields[_FIELDS[code]]
    if choices := _choices(form, code):
        listed = "\n".join(f"{place} {label}" for place, (_code, label) in enumerate(choices, 1))
        end = _("请回复数字。")
        return f"{field.label}\n{listed}\n{end}"
    end = _("不填的请回复“无”。") if code in _OPTIONAL else ""
    return f"{field.label}{field.help_text}{end}"


def answer(person: Person, draft: Kept, text: str, *, now: datetime) -> Turn:
    """Take an answer as the portal would; what is not right is said, and asked again."""
    rules = policies.rules_for(person.account.city, now=now)
    code = steps.unasked(draft.answers, visitor=person.visitor(now=now), rules=rules)
    plain = unicodedata.normalize("NFKC", text).strip(" 。.！!“”\"'").casefold()
    if code == "check":
        if plain in _YES:
            return _filed(person, draft, rules, now)
        return Turn(question(person, draft, now=now))
    if code == "files":
        if plain in _ONWARD | _NONE:
            return _onward(person, draft, steps.FILES_PASSED, now)
        return Turn(question(person, draft, now=now))
    form = _form(person, draft, code, _sent(person, draft, code, text, plain, rules, now), rules, now)
    if not form.is_valid():
        return Turn(f"{_wrong(form)}\n{question(person, draft, now=now)}")
    turn = _onward(person, draft, steps.answered(form), now)
    if code == "content" and sounds_dangerous(text):
        warning = _("如果危险正在发生，请立即拨打 110、119 或 120，不要等候网上办理。")
        return Turn(f"{warning}\n{turn.words}")
    return turn


def _onward(person: Person, draft: Kept, answers: filings.Answers, now: datetime) -> Turn:
    filings.save(draft.id, answers, now=now)
    return Turn(question(person, replace(draft, answers={**draft.answers, **answers}), now=now))


def _sent(person: Person, draft: Kept, code: str, text: str, plain: str, rules: Rules, now: datetime) -> dict[str, str]:
    """Return what a browser would send of a step's page for what was written."""
    if code == "content":
        return {"title": _title(text), "content": text}
    name = _FIELDS[code]
    if code in _OPTIONAL:
        return {name: "" if plain in _NONE else text}
    choices = _choices(_form(person, draft, code, None, rules, now), code)
    chosen = next(
        (each for place, (each, label) in enumerate(choices, 1) if plain in (str(place), *_names(label))), plain
    )
    return {name: chosen}


def _title(text: str) -> str:
    """Return the first sentence, as much of it as a title has."""
    first = next((each.strip() for each in _SENTENCE.split(text) if each.strip()), "")
    return first[:_TITLE_AT_MOST]


def _form(person: Person, draft: Kept, code: str, data: dict[str, str] | None, rules: Rules, now: datetime) -> StepForm:
    units = people.unit_names(person.account.city, now=now) if code == "about" else []
    return steps.form_of(
        steps.BY_CODE[code], visitor=person.visitor(now=now), rules=rules, units=units, data=data,
        answers=draft.answers,
    )  # fmt: skip


def _choices(form: StepForm, code: str) -> Sequence[tuple[str, str]]:
    found: Any = getattr(form.fields[_FIELDS[code]], "choices", ())
    return [(str(each), str(label)) for each, label in found]


def _names(label: str) -> tuple[str, str]:
    """Return what a choice is called: its label, whole or without the explanation behind it."""
    return label.casefold(), re.split("[：:]", label)[0].strip().casefold()


def _wrong(form: StepForm) -> str:
    """Return what is wrong, as the page would say it, with the names that may have been meant."""
    words = "".join(str(each) for found in form.errors.values() for each in found)
    offered = "、".join(getattr(form, "offered", ()))
    return words + (_("可能是：{names}。").format(names=offered) if offered else "")


def _summary(person: Person, draft: Kept, rules: Rules, now: datetime) -> str:
    answered = steps.summary(
        draft.answers, visitor=person.visitor(now=now), rules=rules, files=len(filings.files(draft.id))
    )
    left_out = {_("书面意见"), _("一句话概括")}
    lines = [f"{label}：{_short(words)}" for _step, label, words in answered if label not in left_out]
    end = _("内容属实、愿意配合核实的，请回复“1”提交；回复“取消”不提交。")
    return "\n".join([_("请核对："), *lines, end])


def _short(words: str) -> str:
    return words if len(words) <= _SHOWN_AT_MOST else f"{words[:_SHOWN_AT_MOST]}……"


def _filed(person: Person, draft: Kept, rules: Rules, now: datetime) -> Turn:
    visitor = person.visitor(now=now)
    channel = person.account.kind if person.account.kind in rules.channels else rules.web_channel
    command = steps.command_of(draft.answers, visitor=visitor, rules=rules, channel=channel)
    try:
        limits.hit(limits.FILE_BY_ADDRESS, visitor.address, now=now)
        filed = filings.file(draft.id, command, visitor=visitor, title=draft.answers["title"])
    except Rejected as rejected:
        return Turn(wording.say(rejected, rules))
    words = _("已收到您的诉求，编号 {number}，查询码 {code}，请保存。办理情况会在这里告诉您，也可以回复“进度”查看。")
    return Turn(words.format(number=filed.number, code=filed.answers["code"]), is_over=True)
