"""Forms of snippets: what one is called and says, and whose a new one is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.core.snippets.actions import TITLE_AT_MOST, WORDS_AT_MOST
from minsheng.desks.administration.pressing import KeyedForm


class SnippetForm(KeyedForm):
    """What a snippet is called, and what it says."""

    title = forms.CharField(
        label=gettext_lazy("标题"),
        max_length=TITLE_AT_MOST,
        help_text=gettext_lazy("按钮上的字，例如：路灯已修复。"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("请填写标题"),
            "max_length": gettext_lazy("标题最多 30 个字，请缩短"),
        },
    )
    words = forms.CharField(
        label=gettext_lazy("内容"),
        max_length=WORDS_AT_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("不写任何人的姓名、电话、证件号码和住址。"),
        error_messages={
            "required": gettext_lazy("请填写内容"),
            "max_length": gettext_lazy("内容最多 1000 个字，请缩短"),
        },
    )


class NewSnippetForm(SnippetForm):
    """A new snippet."""

    scope = forms.ChoiceField(
        label=gettext_lazy("谁可以用"),
        error_messages={
            "required": gettext_lazy("请从列表中选择"),
            "invalid_choice": gettext_lazy("请从列表中选择"),
        },
    )
    field_order = ("key", "scope", "title", "words")

    def __init__(self, *args: Any, scopes: Sequence[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scope"].choices = [(each, wording.SNIPPET_SCOPES[each]) for each in scopes]  # type: ignore[attr-defined]
