"""Forms of the sentences that people are sent: the words, and the day from which they hold."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from minsheng.core.messages.templates import WORDS_AT_MOST
from minsheng.desks.administration.pressing import KeyedForm


class SentenceForm(KeyedForm):
    """A city's own words of a sentence; which of them can be sent, `core.messages.templates` says."""

    words = forms.CharField(
        label=gettext_lazy("文字"),
        max_length=WORDS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={
            "required": gettext_lazy("请填写短信用语"),
            "max_length": gettext_lazy("短信用语最多 300 个字，请缩短"),
        },
    )
    starts_on = forms.DateField(
        label=gettext_lazy("施行日期"),
        error_messages={
            "invalid": gettext_lazy("日期应写成 2026-03-02 的形式"),
            "required": gettext_lazy("请填写施行日期"),
        },
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )


class ResetForm(KeyedForm):
    """Back to the words that the program has."""
