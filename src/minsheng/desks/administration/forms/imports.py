"""Forms of a list that comes from a file: the file, and the rows that were looked at."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class FileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        help_text=gettext_lazy("XLSX 或 CSV，一次最多 1000 行、1 MB。先预览，确认后才写入。"),
        error_messages={
            "required": gettext_lazy("请选择文件"),
            "empty": gettext_lazy("文件是空的，请重新选择"),
            "invalid": gettext_lazy("请选择文件"),
            "missing": gettext_lazy("请选择文件"),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class RowsForm(forms.Form):
    """The rows that were looked at, as the page keeps them, and the lines of those that were refused."""

    key = forms.UUIDField()
    rows = forms.CharField(max_length=2_000_000)
    skip = forms.CharField(max_length=20_000, required=False)

    @property
    def skipped(self) -> set[int]:
        """Return the lines that are left out."""
        return {int(each) for each in self.cleaned_data["skip"].split(",") if each.isascii() and each.isdigit()}
