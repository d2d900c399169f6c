"""Forms of packs: which two are compared, and which is to come into force from when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng.desks.administration.pressing import KeyedForm

_CHOOSE = {"invalid_choice": gettext_lazy("请从列表中选择"), "required": gettext_lazy("请从列表中选择")}
Choices = list[tuple[str, str]]


class DifferenceForm(forms.Form):
    """Two packs beside each other."""

    one = forms.ChoiceField(label=gettext_lazy("规则包"), error_messages=_CHOOSE)
    other = forms.ChoiceField(label=gettext_lazy("与之比较"), error_messages=_CHOOSE)

    def __init__(self, given: Mapping[str, Any] | None, *, names: Choices) -> None:
        super().__init__(given)
        for field in ("one", "other"):
            self.fields[field].choices = names  # type: ignore[attr-defined]


class TrialForm(KeyedForm):
    """The pack that is to come into force, and from which day on."""

    pack = forms.ChoiceField(label=gettext_lazy("规则包"), error_messages=_CHOOSE)
    overlays = forms.MultipleChoiceField(
        label=gettext_lazy("叠加包"), required=False, error_messages=_CHOOSE, widget=forms.CheckboxSelectMultiple
    )
    starts_on = forms.DateField(
        label=gettext_lazy("施行日期"),
        help_text=gettext_lazy("明天或以后；当日零时起适用。"),
        error_messages={
            "required": gettext_lazy("请填写施行日期"),
            "invalid": gettext_lazy("日期应写成 2026-03-02 的形式"),
        },
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def __init__(self, *args: Any, packs: Choices, overlays: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pack"].choices = [("", _("请选择")), *packs]  # type: ignore[attr-defined]
        self.fields["overlays"].choices = overlays  # type: ignore[attr-defined]


class ActivateForm(KeyedForm):
    """Which trial's pack comes into force."""

    trial = forms.IntegerField(widget=forms.HiddenInput)
