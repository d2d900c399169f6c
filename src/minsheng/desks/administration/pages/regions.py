"""Regions: the tree with the units that serve each, a new one, one that is no more."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from minsheng.core.people import regions
from minsheng.core.people.queries import Person
from minsheng.desks.administration import listing
from minsheng.desks.administration.forms import units as forms
from minsheng.desks.administration.gate import administrator
from minsheng.desks.administration.pressing import KeyedForm, done
from minsheng.domain.regions import Region, Tree

_COLUMNS = (gettext_noop("代码"), gettext_noop("名称"), gettext_noop("上级代码"), gettext_noop("撤销日期"))


@require_http_methods(["GET", "POST"])
@administrator
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the tree; add or rename a region, or say from when one is no more; or give the tree as a file."""
    form = listing.ListForm(listing.asked(request) if request.method == "GET" else {})
    form.is_valid()
    words = form.cleaned_data.get("words", "")
    tree = regions.tree(person.city)
    found = [each for each in tree.by_code.values() if words in each.name or each.code.startswith(words)]
    table = listing.Table("regions", _("区划"), tuple(map(_, _COLUMNS)), lambda: [_cells(each) for each in found])
    if request.method == "GET" and (file := listing.exported(request, person, table)) is not None:
        return file
    if request.method == "POST":
        return _changed(request, person, tree, found)
    return _page(request, person, tree, found, {}, form)


def _changed(request: HttpRequest, person: Person, tree: Tree, found: list[Region]) -> HttpResponse:
    ends = "on" in request.POST
    form: forms.EndRegionForm | forms.RegionForm
    form = forms.EndRegionForm(request.POST, auto_id="end_%s") if ends else forms.RegionForm(request.POST)

    def work(now: datetime) -> None:
        given, city, actor = form.cleaned_data, person.city, person.actor
        if ends:
            regions.end(city, given["code"], on=given["on"], actor=actor, now=now)
        else:
            regions.put(city, given["code"], given["name"], parent=given["parent"], actor=actor, now=now)

    if done(request, person, form, "region end" if ends else "region", work):
        messages.success(request, _("已办理。"))
        return redirect("administration:regions")
    return _page(request, person, tree, found, {"end" if ends else "put": form}, listing.ListForm({}), status=422)


def _page(
    request: HttpRequest,
    person: Person,
    tree: Tree,
    found: list[Region],
    refused: dict[str, KeyedForm],
    form: listing.ListForm,
    *,
    status: int = 200,
) -> HttpResponse:
    serving: dict[str, list[str]] = {}
    for unit, codes in regions.served(person.city).items():
        for code in codes:
            serving.setdefault(code, []).append(unit)
    shown = {"put": forms.RegionForm(), "end": forms.EndRegionForm(auto_id="end_%s"), **refused}
    rows = [(each, "　" * (len(tree.chain(each.code)) - 1), serving.get(each.code, [])) for each in found]
    context = {**listing.frame(form, total=len(found)), "rows": rows, "forms": shown}
    return render(request, "administration/regions.html", context, status=status)


def _cells(each: Region) -> tuple[str, str, str, str]:
    return (each.code, each.name, each.parent, str(each.ended_on or ""))
