"""The five grades, a few words, and a number for whoever wants to be told what came of it."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy

from minsheng.public.citizens.forms import MOBILE_OR_LANDLINE, CitizenForm, LongText, telephone

# From the best to the worst, as the platform of ratings has them (1 is the worst).
GRADES: Final = (
    ("5", gettext_lazy("非常满意")),
    ("4", gettext_lazy("满意")),
    ("3", gettext_lazy("基本满意")),
    ("2", gettext_lazy("不满意")),
    ("1", gettext_lazy("非常不满意")),
)


class RatingForm(CitizenForm):
    """A rating; the key makes a second press harmless."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    grade = forms.ChoiceField(
        label=gettext_lazy("您对这次服务满意吗？"),
        choices=GRADES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选择一项。")},
    )
    words = LongText(
        rows=4,
        label=gettext_lazy("想说的话"),
        max_length=1_000,
        required=False,
        error_messages={"max_length": gettext_lazy("请不超过 1000 个字。")},
    )
    phone = forms.CharField(
        label=gettext_lazy("联系电话"),
        max_length=30,
        required=False,
        help_text=gettext_lazy("愿意知道处理结果的请留下；加密保存，不会公开。"),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )

    def __init__(self, *args: Any, area: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.area = area

    def clean_phone(self) -> str:
        """Return the number as digits, or nothing."""
        given = str(self.cleaned_data["phone"]).strip()
        otherwise = str(gettext_lazy("电话号码不正确，请核对；不愿留下的可以不填。"))
        return telephone(given, like=MOBILE_OR_LANDLINE, otherwise=otherwise, area=self.area) if given else ""
