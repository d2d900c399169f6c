"""Forms of places."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from minsheng.core.people.places import ADDRESS_AT_MOST, ALIASES_AT_MOST, NAME_AT_MOST, Place
from minsheng.core.people.sheets import parts_of
from minsheng.desks.administration.pressing import KeyedForm


class PlaceForm(KeyedForm):
    """A place: what it is called, where it is."""

    name = forms.CharField(
        label=gettext_lazy("名称"),
        max_length=NAME_AT_MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": gettext_lazy("请填写地点名称"),
            "max_length": gettext_lazy("名称最多 50 个字，请缩短"),
        },
    )
    region = forms.CharField(
        label=gettext_lazy("所在区划代码"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("6、9 或 12 位代码，见“区划”；填写后，登记时会带出区划名称。"),
    )
    address = forms.CharField(
        label=gettext_lazy("地址"),
        max_length=ADDRESS_AT_MOST,
        required=False,
        error_messages={"max_length": gettext_lazy("地址最多 100 个字，请缩短")},
    )
    aliases = forms.CharField(
        label=gettext_lazy("别名"),
        max_length=(NAME_AT_MOST + 1) * ALIASES_AT_MOST,
        required=False,
        help_text=gettext_lazy("群众常用的叫法，几个之间用顿号隔开。"),
    )

    def place(self) -> Place:
        """Return the place."""
        given = self.cleaned_data
        return Place(given["name"], given["region"], given["address"], parts_of(given["aliases"]))


class KnownPlaceForm(PlaceForm):
    """A place that is there: its name and its region are what it is known by."""

    def __init__(self, *args: Any, known: Place, **kwargs: Any) -> None:
        initial = {"address": known.address, "aliases": "、".join(known.aliases)}
        super().__init__(*args, initial=initial, **kwargs)
        self._known = known
        del self.fields["name"], self.fields["region"]

    def place(self) -> Place:
        """Return the place with its new address and other names."""
        given = self.cleaned_data
        return Place(self._known.name, self._known.region, given["address"], parts_of(given["aliases"]))
