"""The form of a survey: a field a question, marked with where a choice leads. What is skipped is not asked back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _

from minsheng import wording
from minsheng.domain.rejected import Rejected
from minsheng.domain.surveys.questions import LONGEST, MULTIPLE, TEXT, Answers, Question, skippable

# The version of a UUID that nothing but chance makes.
_BY_CHANCE: Final = 4


class SurveyForm(forms.Form):
    """The questions of a survey, and the district for the weights."""

    def __init__(self, questions: Sequence[Question], districts: Sequence[str], **more: Any) -> None:
        super().__init__(**more)
        self.questions = questions
        # By chance alone: a key that grows with time would tell the hour.
        self.fields["key"] = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
        may_be_skipped = skippable(questions)
        for number, question in enumerate(questions, start=1):
            field = _field(number, question)
            field.required = question.kind != TEXT and number not in may_be_skipped
            field.error_messages["required"] = wording.say(Rejected("question_unanswered", number=number))
            self.fields[f"q{number}"] = field
        if districts:
            choices = [("", _("不便说明")), *((each, each) for each in districts)]
            self.fields["district"] = forms.ChoiceField(label=_("您所在的地区"), choices=choices, required=False)

    # What `citizens/fields.html` asks of a form.
    asked_fields: tuple[str, ...] = ()

    @property
    def key(self) -> UUID:
        """Return the form's key; one that was sent without has one of its own."""
        given = self.cleaned_data.get("key")
        return given if isinstance(given, UUID) and given.version == _BY_CHANCE else uuid4()

    def answers(self) -> Answers:
        """Return what was answered, by the question's number."""
        found: dict[int, tuple[str, ...]] = {}
        for number, question in enumerate(self.questions, start=1):
            given = self.cleaned_data.get(f"q{number}") or ()
            found[number] = tuple(given) if question.kind == MULTIPLE else (str(given),) if given else ()
        return found

    def refuse(self, refused: Rejected, said: str) -> None:
        """Put a refusal's sentence beside the question that it is about."""
        name = f"q{refused.params.get('number', '')}"
        self.add_error(name if name in self.fields else None, said)


def _field(number: int, question: Question) -> forms.Field:
    label = f"{number}. {question.text}"
    skips = "；".join(
        _("选“%(option)s”的，请跳到第 %(to)s 题") % {"option": option, "to": to}
        if to
        else _("选“%(option)s”的，答到这里即可") % {"option": option}
        for option, to in question.skips
    )
    choices = [(each, each) for each in question.options]
    if question.kind == TEXT:
        words = forms.Textarea(attrs={"rows": 4})
        hint = _("请不要填写姓名、电话等个人信息。")
        return forms.CharField(label=label, required=False, max_length=LONGEST, widget=words, help_text=hint)
    if question.kind == MULTIPLE:
        several = forms.CheckboxSelectMultiple
        return forms.MultipleChoiceField(
            label=label, choices=choices, required=False, widget=several, help_text=_("可选多项。")
        )
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.RadioSelect, help_text=skips)
