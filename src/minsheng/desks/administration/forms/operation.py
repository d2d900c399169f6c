"""Forms of operation: where the city's platform stands."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minsheng import wording
from minsheng.desks.administration.pressing import KeyedForm

_CHOOSE = {"invalid_choice": gettext_lazy("请从列表中选择"), "required": gettext_lazy("请从列表中选择")}


class PlaceForm(KeyedForm):
    """The tier of a platform, and the one above it."""

    tier = forms.ChoiceField(label=gettext_lazy("层级"), error_messages=_CHOOSE)
    parent = forms.ChoiceField(label=gettext_lazy("上级平台"), required=False, error_messages=_CHOOSE)

    def __init__(self, *args: Any, cities: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tier"].choices = list(wording.TIERS.items())  # type: ignore[attr-defined]
        self.fields["parent"].choices = [("", _("（无）")), *cities]  # type: ignore[attr-defined]
