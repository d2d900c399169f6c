"""The system administrator renames, merges, splits and ends units: seen first, then done. Source: SZ-3, SZ-8a.

Nothing of an order is shown but its number: the administrator reads no content (roles, "ADM no content").
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.cases.orders import successions
from minsheng.cases.orders.successions import Preview
from minsheng.core.people import queries as people
from minsheng.core.people import units
from minsheng.core.people.gates import signed_in
from minsheng.core.people.queries import Person
from minsheng.core.people.units import Change
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock

_STAFF = "staff-"
_CHOOSE = {"required": gettext_lazy("请选择单位"), "invalid_choice": gettext_lazy("请从列表中选择单位")}


class ChangeForm(forms.Form):
    """Which unit, and what stands in its place: as many fields as the change needs."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    unit = forms.ChoiceField(label=gettext_lazy("现在的单位"), error_messages=_CHOOSE)
    name = forms.CharField(
        label=gettext_lazy("新名称"),
        max_length=units.NAME_AT_MOST,
        error_messages={"required": gettext_lazy("请填写单位名称。")},
    )
    into = forms.ChoiceField(label=gettext_lazy("并入的单位"), error_messages=_CHOOSE)
    parts = forms.MultipleChoiceField(
        label=gettext_lazy("拆分后的单位"),
        help_text=gettext_lazy("至少选两个；新单位须先登记并备案联系人。按住 Ctrl 可多选。"),
        error_messages=_CHOOSE,
        widget=forms.SelectMultiple(attrs={"size": 8}),
    )

    def __init__(
        self, given: Mapping[str, object] | None = None, *, what: str, names: list[str], unit: str = ""
    ) -> None:
        super().__init__(given, initial={"key": uuid4(), "unit": unit})
        choices = [(name, name) for name in names]
        for field in ("unit", "into", "parts"):
            self.fields[field].choices = choices  # type: ignore[attr-defined]
        wanted = {"rename": "name", "merge": "into", "split": "parts", "end": ""}[what]
        for field in {"name", "into", "parts"} - {wanted}:
            del self.fields[field]

    def change(self, what: str) -> Change:
        """Return what is asked for."""
        given = self.cleaned_data
        one = given.get("name") or given.get("into")
        successors = (str(one),) if one else tuple(given.get("parts", ()))
        staff = {
            name.removeprefix(_STAFF): str(value)
            for name, value in self.data.items()
            if name.startswith(_STAFF) and value
        }
        return Change(what, given["unit"], successors, staff)


@require_safe
@signed_in
def changes(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the units in force, and what became of those that were called otherwise."""
    _administrator(person)
    former = [(each, wording.UNIT_CHANGES[each.what]) for each in units.former(person.city)]
    context = {
        "units": people.unit_names(person.city, now=clock.now()),
        "former": former,
        "whats": list(wording.UNIT_CHANGES.items()),
    }
    return render(request, "desks/unit_changes.html", context)


@require_http_methods(["GET", "POST"])
@signed_in
def change(request: HttpRequest, person: Person, what: str) -> HttpResponse:
    """Ask which unit and what becomes of it, say what would happen, and do it once it is confirmed."""
    _administrator(person)
    if what not in wording.UNIT_CHANGES:
        raise Http404
    now = clock.now()
    names = people.unit_names(person.city, now=now)
    if request.method == "GET":
        return _page(request, ChangeForm(what=what, names=names, unit=request.GET.get("unit", "")), what)
    # A second press finds the unit gone: its key, not the list, says that it was done.
    form = ChangeForm(request.POST, what=what, names=[*names, request.POST.get("unit", "")])
    if not form.is_valid():
        return _page(request, form, what, status=422)
    wanted = form.change(what)
    try:
        if "confirm" in request.POST:
            return _done(request, person, form, wanted, now)
        seen = successions.preview(person.city, wanted, now=now)
    except Rejected as refusal:
        form.add_error(None, wording.say(refusal))
        return _page(request, form, what, status=422)
    accounts = units.accounts(person.city, unit=seen.change.unit) if what == "split" else []
    return _page(request, form, what, seen=seen, accounts=[(f"{_STAFF}{name}", shown) for name, shown in accounts])


def _done(request: HttpRequest, person: Person, form: ChangeForm, wanted: Change, now: datetime) -> HttpResponse:
    key = str(form.cleaned_data["key"])
    moved = successions.carry_out(person.city, wanted, key=key, actor=person.actor, now=now)
    said = (
        _("已经变更过，没有重复执行。") if moved is None else _("变更完成，移交工单 %(count)d 件。") % {"count": moved}
    )
    messages.success(request, said)
    return redirect("desks:unit_changes")


def _page(
    request: HttpRequest,
    form: ChangeForm,
    what: str,
    *,
    seen: Preview | None = None,
    accounts: list[tuple[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "form": form,
        "what": what,
        "label": wording.UNIT_CHANGES[what],
        "seen": seen,
        "accounts": accounts or [],
    }
    return render(request, "desks/unit_change.html", context, status=status)


def _administrator(person: Person) -> None:
    if person.acting_as != "admin":
        raise PermissionDenied("not the administrator")
