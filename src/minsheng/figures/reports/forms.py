"""Forms of reports: a new one, words, what is sent, receipts, instructions, scores."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_LONGEST = 20_000
_BIGGEST_FILE = 2 * 1024 * 1024


class _Keyed(forms.Form):
    """A form that may be sent twice and counts once."""

    key = forms.UUIDField(widget=forms.HiddenInput)


class PlanForm(_Keyed):
    """A report of any kind for any days: what is asked for, or a period that was before the platform."""

    kind = forms.ChoiceField(label=_("报告种类"))
    since = forms.DateField(label=_("开始日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(
        label=_("结束日期（含）"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("这一天算在内。"),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]


class WordsForm(_Keyed):
    """The words of one section."""

    section = forms.CharField(widget=forms.HiddenInput, max_length=60)
    text = forms.CharField(
        label=_("文字"), required=False, max_length=_LONGEST, strip=False, widget=forms.Textarea(attrs={"rows": 6})
    )


class SendForm(_Keyed):
    """The number under which the report goes out."""

    number = forms.CharField(
        label=_("发文字号"),
        required=False,
        max_length=60,
        help_text=_("例如：××12345通报〔2026〕9号；公开发布的可不填。"),
    )


class ReasonForm(_Keyed):
    """Why a report is given back, or taken back."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class ReceiptForm(_Keyed):
    """A recipient who has it."""

    recipient = forms.CharField(widget=forms.HiddenInput, max_length=200)


class InstructionForm(_Keyed):
    """What a leader wrote on it."""

    leader = forms.CharField(label=_("批示领导"), max_length=60)
    words = forms.CharField(label=_("批示内容"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))


class ButtonForm(_Keyed):
    """A step that a button is enough for."""


class ScoresForm(_Keyed):
    """A file with the scores that others gave for a period."""

    criterion = forms.ChoiceField(label=_("项目"))
    since = forms.DateField(label=_("开始日期"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    until = forms.DateField(
        label=_("结束日期（含）"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    file = forms.FileField(label=_("得分文件"), help_text=_("CSV 文件，两列：单位、得分（0 至 100）。"))

    def __init__(self, *args: Any, criteria: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = criteria  # type: ignore[attr-defined]

    def clean_file(self) -> Any:
        """Return the file if it is no larger than any list of units can be."""
        file = self.cleaned_data["file"]
        if file.size > _BIGGEST_FILE:
            raise forms.ValidationError(_("文件超过 2 MB，请只保留单位和得分两列。"))
        return file


class PopulationForm(_Keyed):
    """The inhabitants of a year."""

    year = forms.IntegerField(label=_("年份"), min_value=2000, max_value=2100)
    count = forms.IntegerField(label=_("常住人口（人）"), min_value=1, max_value=2_000_000_000)
    source = forms.CharField(label=_("来源"), max_length=100, help_text=_("例如：市统计局统计公报。"))
