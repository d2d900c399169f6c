"""The forms of the forum: a thread, a comment, the author's rating, the name that everybody reads."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.cases.forum.members import LONGEST
from minsheng.domain.rules import Rules
from minsheng.public.citizens.forms import LongText, Text
from minsheng.public.portal.forms import KeyedForm

POST_AT_MOST: Final = 20_000
COMMENT_AT_MOST: Final = 2_000
_TITLE_AT_MOST: Final = 60


class PostForm(KeyedForm):
    """A thread; whoever writes is shown by the forum name alone. `rules`: the boards of the city."""

    board = forms.ChoiceField(
        label=gettext_lazy("版块"),
        error_messages={
            "required": gettext_lazy("请选择版块。"),
            "invalid_choice": gettext_lazy("没有这个版块，或者它已停止发帖，请选择别的版块。"),
        },
    )

    title = Text(
        label=gettext_lazy("标题"),
        max_length=_TITLE_AT_MOST,
        error_messages={
            "required": gettext_lazy("请填写标题。"),
            "max_length": gettext_lazy("标题请不超过 60 个字。"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    content = LongText(
        rows=8,
        label=gettext_lazy("内容"),
        max_length=POST_AT_MOST,
        help_text=gettext_lazy("写清楚时间、地点和要反映的事。请不要写姓名、电话、证件号码、住址。"),
        error_messages={
            "required": gettext_lazy("请填写内容。"),
            "max_length": gettext_lazy("请不超过 20000 个字。"),
        },
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not rules.forum_boards:
            del self.fields["board"]
            return
        closed = rules.forum_boards_closed
        names = [(code, wording.tr(name)) for code, name in rules.forum_boards.items() if code not in closed]
        self.fields["board"].choices = [("", gettext_lazy("请选择")), *names]  # type: ignore[attr-defined]


class CommentForm(KeyedForm):
    """A comment below a thread."""

    content = LongText(
        rows=3,
        label=gettext_lazy("跟帖"),
        max_length=COMMENT_AT_MOST,
        error_messages={
            "required": gettext_lazy("请填写跟帖的内容。"),
            "max_length": gettext_lazy("请不超过 2000 个字。"),
        },
    )


class RatingForm(KeyedForm):
    """How the author finds the answer, in the pack's grades. Source: SZ-24."""

    satisfied = forms.ChoiceField(
        label=gettext_lazy("您对答复满意吗？"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项。")},
    )

    def __init__(self, *args: Any, rules: Rules, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grades = [(code, wording.tr(label)) for code, label in rules.satisfaction_grades.items()]
        self.fields["satisfied"].choices = grades  # type: ignore[attr-defined]


class NameForm(KeyedForm):
    """The name that everybody reads. Source: SZ-17a."""

    name = Text(
        label=gettext_lazy("网名"),
        # The rule of the forum says how long one may be; this keeps out what is no name at all.
        max_length=LONGEST * 10,
        help_text=gettext_lazy("最多 16 个字。请不要用真实姓名。审核通过后显示，之前的帖子也一起更换。"),
        error_messages={"required": gettext_lazy("请填写网名。"), "max_length": gettext_lazy("网名太长，请缩短。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
