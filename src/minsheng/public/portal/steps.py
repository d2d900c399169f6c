"""The way of filing: which questions there are, in which order, and what is still unanswered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.domain.orders import commands as cmd
from minsheng.domain.rules import Rules
from minsheng.public.citizens.visitors import Visitor
from minsheng.public.portal import forms
from minsheng.public.portal.filings import Answers


@dataclass(frozen=True, slots=True)
class Step:
    """One page of filing. `form` is None for the pages that ask nothing of a form."""

    code: str
    title: Any
    form: type[forms.StepForm] | None = None


STEPS: Final = (
    Step("type", gettext_lazy("诉求类型"), forms.TypeForm),
    Step("content", gettext_lazy("发生了什么"), forms.ContentForm),
    Step("place", gettext_lazy("地点"), forms.PlaceForm),
    Step("about", gettext_lazy("涉及的单位"), forms.AboutForm),
    Step("files", gettext_lazy("图片、视频和文件")),
    Step("publish", gettext_lazy("是否公开"), forms.PublishForm),
    Step("contact", gettext_lazy("联系方式"), forms.ContactForm),
    Step("check", gettext_lazy("核对并提交")),
)
BY_CODE: Final = {step.code: step for step in STEPS}
# What a draft holds of each page that was sent, in the order of the pages.
_ASKED: Final = {
    "type": "type",
    "title": "content",
    "content": "content",
    "place": "place",
    "target_unit": "about",
    "files": "files",
    "publish": "publish",
    "appellant": "contact",
}
# May be empty. Without the others nothing can be filed.
_OPTIONAL: Final = frozenset({"place", "target_unit", "files"})
# Files lie beside the answers: this one says that their page was passed, with files or without.
FILES_PASSED: Final = {"files": "passed"}
# Under this name a draft keeps what was typed on one page and is no answer yet: JSON, the fields by name and the step.
_TYPED: Final = "typed"
# So many letters of each field: more than any answer may have, so that what is too long can still be cut.
_TYPED_AT_MOST: Final = 4 * forms.CONTENT_AT_MOST


def place_of(code: str) -> int:
    """Return the number of a step, from 1."""
    return next(place for place, step in enumerate(STEPS, start=1) if step.code == code)


def following(code: str) -> str:
    """Return the step after this one."""
    return STEPS[place_of(code)].code


def before(code: str) -> str | None:
    """Return the step before this one, or None."""
    place = place_of(code)
    return STEPS[place - 2].code if place > 1 else None


def missing(answers: Answers, *, visitor: Visitor, rules: Rules) -> str | None:
    """Return the first step that must be gone through before filing, or None."""
    for name, step in _ASKED.items():
        if name not in _OPTIONAL and not answers.get(name):
            return step
    if visitor.account is None and not answers.get("phone"):
        return "contact"
    if needs_real_name(rules) and not (visitor.account is not None and visitor.account.is_verified):
        return "contact"
    return None


def unasked(answers: Answers, *, visitor: Visitor, rules: Rules) -> str:
    """Return where to go on: the first step whose page was never sent, then what is missing, else the last look."""
    for name, step in _ASKED.items():
        if name not in answers:
            return step
    return missing(answers, visitor=visitor, rules=rules) or "check"


def needs_real_name(rules: Rules) -> bool:
    """Tell whether who files on the web must be known by a register. Source: SQ-10.1, A-60."""
    return rules.real_name == "required_online" and rules.web_channel in rules.online_channels


def command_of(answers: Answers, *, visitor: Visitor, rules: Rules, channel: str = "") -> cmd.Register:
    """Return the registration that the answers make; `channel`: the page's own where it is another's."""
    choice = answers["publish"]
    verified = visitor.account is not None and visitor.account.is_verified
    return cmd.Register(
        type=answers["type"],
        channel=channel or rules.web_channel,
        appellant=answers["appellant"],
        publish="yes" if choice == "yes" else "no",
        confidential=True if choice == "confidential" else None,
        content=answers["content"],
        place=answers.get("place", ""),
        target_unit=answers.get("target_unit", ""),
        real_name=True if verified else None,
        written_opinion=True if answers.get("written") else None,
    )


def summary(answers: Answers, *, visitor: Visitor, rules: Rules, files: int) -> list[tuple[str, str, str]]:
    """Return what was answered for the last look: the step to change it at, its label, the words."""
    publish = dict(forms.PublishForm.base_fields["publish"].choices)  # type: ignore[attr-defined]
    kinds = dict(forms.ContactForm.base_fields["appellant"].choices)  # type: ignore[attr-defined]
    account = visitor.account
    who = account.name if account is not None else answers.get("name", "")
    phone = account.phone if account is not None else answers.get("phone", "")
    none = _("未填写")
    return [
        ("type", _("诉求类型"), wording.tr(rules.appeal_types.get(answers.get("type", ""), ""))),
        ("content", _("一句话概括"), answers.get("title", "")),
        ("content", _("详细情况"), answers.get("content", "")),
        ("place", _("地点"), answers.get("place", "") or none),
        ("about", _("涉及的单位"), answers.get("target_unit", "") or none),
        ("files", _("附件"), _("%(count)d 个") % {"count": files}),
        ("publish", _("是否公开"), str(publish.get(answers.get("publish", ""), ""))),
        ("contact", _("身份"), str(kinds.get(answers.get("appellant", ""), ""))),
        ("contact", _("称呼"), who or none),
        ("contact", _("联系电话"), phone),
        ("contact", _("书面意见"), _("需要") if answers.get("written") else _("不需要")),
    ]


def typed(step: Step, sent: Mapping[str, str]) -> dict[str, str]:
    """Return what a draft keeps of a page that was left without an answer; nothing of one where nothing was typed."""
    names = step.form.base_fields if step.form is not None else ()
    found = {name: sent.get(name, "")[:_TYPED_AT_MOST] for name in names}
    return {_TYPED: json.dumps({"step": step.code, **found}, ensure_ascii=False)} if any(found.values()) else {}


def answered(form: forms.StepForm) -> dict[str, str]:
    """Return what a draft keeps of a page that is right; what was typed before gives way to it."""
    return {**form.answers(), _TYPED: ""}


def form_of(
    step: Step, *, visitor: Visitor, rules: Rules, units: list[str], data: Mapping[str, str] | None, answers: Answers
) -> forms.StepForm:
    """Return a step's form, with what was sent or with what was answered before."""
    assert step.form is not None
    more: dict[str, Any] = {"with_account": visitor.account is not None} if step.form is forms.ContactForm else {}
    typed_last = json.loads(answers.get(_TYPED) or "{}")
    initial = {**answers, **(typed_last if typed_last.get("step") == step.code else {})}
    return step.form(data, initial=initial, rules=rules, units=units, **more)
