"""The page of components: every one in every state, for who builds pages and for the tests of contrast and size."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minsheng.gateways import clock


class SampleForm(forms.Form):
    """A form with something right and something wrong in it."""

    name = forms.CharField(label=gettext_lazy("单位名称"), help_text=gettext_lazy("按备案名称填写。"))
    kind = forms.ChoiceField(
        label=gettext_lazy("类别"),
        choices=[("", gettext_lazy("请选择")), ("a", gettext_lazy("咨询")), ("b", gettext_lazy("投诉"))],
        error_messages={"required": gettext_lazy("请选择类别。")},
    )
    text = forms.CharField(
        label=gettext_lazy("办理情况"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("请写明办理情况。")},
    )
    agreed = forms.BooleanField(label=gettext_lazy("已告知诉求人"), required=False)


@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Show every component in every state; a real hotline has no such page."""
    if not (settings.DEMO or settings.DEBUG):
        raise Http404
    form = SampleForm({"name": _("城市管理局"), "agreed": "on"})
    form.is_valid()
    return render(request, "site/design.html", {"sample": form, **_samples()})


def _samples() -> dict[str, Any]:
    now = clock.now()
    lights = [
        ("green", _("正常"), _("余6小时20分工时"), now + timedelta(hours=30)),
        ("yellow", _("临期"), _("余1小时5分工时"), now + timedelta(hours=2)),
        ("red", _("超期"), _("超2小时工时"), now - timedelta(hours=3)),
        ("gray", _("暂停"), _("余3小时工时"), None),
    ]
    colors = ("ink", "ink-soft", "line", "line-strong", "ground", "paper", "sunk", "hover", "accent", "accent-strong",
               "accent-pale", "bar", "green", "green-pale", "yellow", "yellow-pale", "red", "red-pale", "gray",
               "gray-pale", "mark", "focus")  # fmt: skip
    return {"lights": lights, "colors": colors, "now": now}
