"""Forms of calendars: the file of a year, and what was looked at."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from minsheng.desks.administration.pressing import KeyedForm

BYTES_AT_MOST = 100_000


class YearFileForm(forms.Form):
    """The file of a year."""

    file = forms.FileField(
        label=gettext_lazy("日历文件"),
        help_text=gettext_lazy("TOML 格式：放假起止、调休上班日、来源；格式如下例。先预览，确认后才装入。"),
        error_messages={
            "required": gettext_lazy("请选择文件"),
            "empty": gettext_lazy("文件是空的，请重新选择"),
            "invalid": gettext_lazy("请选择文件"),
            "missing": gettext_lazy("请选择文件"),
        },
        widget=forms.FileInput(attrs={"accept": ".toml"}),
    )


class YearForm(KeyedForm):
    """The year that was looked at, as its file says it."""

    content = forms.CharField(widget=forms.HiddenInput, max_length=BYTES_AT_MOST, strip=False)
