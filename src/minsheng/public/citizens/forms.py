"""Forms of accounts, and what every form of a citizen shares: plain labels, one error per field, the question."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.core.people import vault
from minsheng.domain.text import cleaned
from minsheng.public.citizens import captcha

_PHONE = {"inputmode": "tel", "autocomplete": "tel"}
# Narrower than the vault, where seats put what somebody rang from: what a citizen mistypes is noticed at once.
MOBILE = re.compile(r"1[3-9][0-9]{9}")
MOBILE_OR_LANDLINE = re.compile(rf"{MOBILE.pattern}|0[1-9][0-9]{{1,2}}[0-9]{{7,8}}(?:-[0-9]{{1,6}})?")


def telephone(text: str, *, like: re.Pattern[str], otherwise: str, area: str = "") -> str:
    """Return a number as digits. Raises: ValidationError that says `otherwise` for one that is not like the pattern."""
    try:
        digits = vault.normal_phone(text, area=area)
    except vault.BadPhone as bad:
        # What is to be done about two numbers, or about words beside one, `otherwise` doesn't say.
        said = wording.say(bad) if bad.params["reason"] in ("two", "remark") else otherwise
        raise forms.ValidationError(said) from bad
    if not like.fullmatch(digits):
        raise forms.ValidationError(otherwise)
    return digits


class Text(forms.CharField):
    """A line; without anything to be seen in it (direction marks, spaces of no width, fillers) it is empty."""

    def to_python(self, value: Any) -> str:
        """Return the text, or nothing."""
        return cleaned(str(super().to_python(value)))


class LongText(Text):
    """Several lines; a line's end counts as one letter, however a browser sends it."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **kwargs)


class CitizenForm(forms.Form):
    """A form without the browser's own checks: what is wrong is said by us, in one place, in the reader's language."""

    use_required_attribute = False
    # Fields that a template shows apart.
    asked_fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class AskedForm(CitizenForm):
    """A form with the question to people; `now` is the moment of the request."""

    asked_fields = ("question_token", "question_proof", "question_answer")
    question_token = forms.CharField(widget=forms.HiddenInput, max_length=600, required=False)
    question_proof = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)
    question_answer = forms.CharField(
        label=gettext_lazy("请回答"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "short"}),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now

    @cached_property
    def question(self) -> captcha.Question:
        """The question that the page asks; a form that is right never needs it."""
        return captcha.ask(now=self._now)

    def clean(self) -> dict[str, Any]:
        """Check the question last, when everything else is right: it is good once."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                captcha.check(
                    cleaned.get("question_token", ""),
                    answer=cleaned.get("question_answer", ""),
                    proof=cleaned.get("question_proof", ""),
                    now=self._now,
                )
            except captcha.NotHuman:
                self.add_error("question_answer", gettext_lazy("请重新回答这个问题。"))
        return cleaned


class PhoneForm(AskedForm):
    """A telephone to which a code is sent."""

    phone = forms.CharField(
        label=gettext_lazy("手机号码"),
        max_length=30,
        error_messages={"required": gettext_lazy("请填写手机号码。")},
        widget=forms.TextInput(attrs=_PHONE),
    )
    field_order = ("phone",)

    def clean_phone(self) -> str:
        """Return the number as digits."""
        otherwise = _("手机号码不正确，请填写以 1 开头的 11 位手机号码。")
        return telephone(str(self.cleaned_data["phone"]), like=MOBILE, otherwise=otherwise)


class CodeForm(CitizenForm):
    """The code that came by text message."""

    code = forms.CharField(
        label=gettext_lazy("短信验证码"),
        max_length=12,
        help_text=gettext_lazy("6 位数字，10 分钟内有效。"),
        error_messages={"required": gettext_lazy("请填写短信验证码。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "short"}),
    )

    def clean_code(self) -> str:
        """Return the digits; spaces, dashes and wide digits are nobody's fault."""
        code = unicodedata.normalize("NFKC", str(self.cleaned_data["code"]))
        return "".join(each for each in code if each.isdecimal())


class FrontNameForm(CitizenForm):
    """The name that others see."""

    front_name = forms.CharField(
        label=gettext_lazy("对外显示的名字"),
        max_length=40,
        required=False,
        help_text=gettext_lazy("可以不填，也可以用网名；请勿使用真实姓名、电话。"),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )


class WishForm(CitizenForm):
    """How somebody wishes to be told: by which channel first, in which language, without news."""

    channel = forms.ChoiceField(
        label=gettext_lazy("优先用什么告诉我"),
        required=False,
        help_text=gettext_lazy("收不到时改用短信或电话。"),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("消息用什么语言"),
        choices=[("", "中文"), ("en", "English")],
        required=False,
    )
    no_news = forms.BooleanField(
        label=gettext_lazy("不接收公开、关注和调查类消息"),
        required=False,
        help_text=gettext_lazy("转办、延期、答复和回访告知是必须送达的，不能关闭。"),
    )

    def __init__(self, *args: Any, channels: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["channel"].choices = [("", _("诉求的来源渠道")), *channels]  # type: ignore[attr-defined]


class RealNameForm(CitizenForm):
    """Name and number for the demonstration's register."""

    name = forms.CharField(
        label=gettext_lazy("姓名"),
        max_length=50,
        error_messages={"required": gettext_lazy("请填写姓名。")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    id_number = forms.CharField(
        label=gettext_lazy("证件号码"),
        max_length=30,
        error_messages={"required": gettext_lazy("请填写证件号码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
