"""Making the code of a window, to be printed and put up there."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from minsheng.core.people import queries as people
from minsheng.core.people.gates import desk
from minsheng.core.people.queries import Person
from minsheng.domain.text import cleaned
from minsheng.gateways import clock, documents
from minsheng.public.ratings import places
from minsheng.public.ratings.places import Place

ROLES: Final = ("office", "officer", "leader", "head")


class PlaceForm(forms.Form):
    """Which unit, item and window; a unit's people make codes of their own unit alone."""

    use_required_attribute = False
    unit = forms.CharField(
        label=gettext_lazy("单位"), max_length=100, widget=forms.TextInput(attrs={"list": "unit-names"})
    )
    item = forms.CharField(label=gettext_lazy("办理事项"), max_length=100)
    window = forms.CharField(label=gettext_lazy("窗口"), max_length=50, required=False)

    def __init__(self, *args: Any, units: list[str], **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.units = units
        for name, words in (("unit", _("请填写单位。")), ("item", _("请填写办理事项。"))):
            self.fields[name].error_messages["required"] = words

    def clean(self) -> dict[str, Any]:
        """Return the values without what shows nothing."""
        found = {name: cleaned(str(value)).strip() for name, value in (super().clean() or {}).items()}
        if found.get("unit") and found["unit"] not in self.units:
            self.add_error("unit", _("没有这个单位，请从列表中选择。"))
        return found


@require_safe
@desk
def code(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the form, and for what was filled in the code with its address. Source: SZ-30b, JY-16."""
    if person.acting_as not in ROLES:
        raise PermissionDenied
    units = [person.unit] if person.in_unit_role and person.unit else people.unit_names(person.city, now=clock.now())
    asked = request.GET if "item" in request.GET else None
    form = PlaceForm(asked, units=units, initial={"unit": units[0] if len(units) == 1 else ""})
    context: dict[str, Any] = {"form": form, "units": units}
    status = 200
    if asked is not None:
        if form.is_valid():
            place = Place(**form.cleaned_data)
            address = places.address(person.city, place)
            if not address.startswith("https://"):
                address = request.build_absolute_uri(address)
            context |= {"place": place, "address": address, "qr": documents.qr_svg(address, label=_("评价二维码"))}
        else:
            status = 422
    return render(request, "desks/rating_code.html", context, status=status)
