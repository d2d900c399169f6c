"""The form of a question."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng.public.citizens.forms import LongText, Text
from minsheng.public.portal.forms import KeyedForm, close_names

ASKED_AT_MOST = 1_000


class AskForm(KeyedForm):
    """What is asked, of whom; `offered`: names of units that may have been meant."""

    offered: tuple[str, ...] = ()
    content = LongText(
        rows=5,
        label=gettext_lazy("您想问什么"),
        max_length=ASKED_AT_MOST,
        min_length=4,
        help_text=gettext_lazy("例如：退役士兵如何办理报到？请不要写姓名、电话、证件号码。"),
        error_messages={
            "required": gettext_lazy("请写下您的问题。"),
            "max_length": gettext_lazy("请不超过 1000 个字。"),
            "min_length": gettext_lazy("请把问题写得再具体一些。"),
        },
    )
    unit = Text(
        label=gettext_lazy("想请哪个单位答复"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("不清楚的不用填，热线会转给负责的单位。"),
        widget=forms.TextInput(attrs={"list": "unit-names", "autocomplete": "off"}),
    )
    agrees = forms.BooleanField(label=gettext_lazy("如果需要办理，同意转为诉求工单"), required=False)

    def __init__(self, *args: Any, units: tuple[str, ...] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = units

    def clean_unit(self) -> str:
        """Return a unit that there is, or nothing."""
        name = str(self.cleaned_data["unit"]).strip()
        if name and name not in self.units:
            self.offered = tuple(close_names(name, self.units))
            raise forms.ValidationError(_("没有这个单位，请核对名称；不清楚的可以不填。"))
        return name
