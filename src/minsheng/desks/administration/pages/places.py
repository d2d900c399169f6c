"""Places that people name: the list, a new one, one with its address and other names, one that is no more."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minsheng.core.people import places
from minsheng.core.people.place_files import SHEET
from minsheng.core.people.places import Listed
from minsheng.core.people.queries import Person
from minsheng.desks.administration import listing
from minsheng.desks.administration.forms.places import KnownPlaceForm, PlaceForm
from minsheng.desks.administration.gate import administrator
from minsheng.desks.administration.pressing import KeyedForm, done


@require_http_methods(["GET", "POST"])
@administrator
def listed(request: HttpRequest, person: Person) -> HttpResponse:
    """Show the places in use, found by name, address or pinyin; enter one; or give them as a file to be taken in."""
    form = PlaceForm(request.POST if request.method == "POST" else None, auto_id="add_%s")

    def work(now: datetime) -> None:
        places.put(person.city, form.place(), actor=person.actor, now=now)

    if request.method == "POST" and done(request, person, form, "place", work):
        messages.success(request, _("已登记。"))
        return redirect("administration:places")
    look = listing.ListForm(request.GET)
    look.is_valid()
    words = look.cleaned_data.get("words", "")
    table = listing.Table(
        "places", _("地点"), SHEET.heading, lambda: [_cells(each) for each in places.every(person.city, words)]
    )
    if request.method == "GET" and (file := listing.exported(request, person, table)) is not None:
        return file
    rows, onward = places.page(person.city, words, after=listing.after(request))
    frame = listing.frame(look, onward=onward, total=places.count(person.city, words))
    context = {**frame, "rows": rows, "add": form}
    return render(request, "administration/places.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@administrator
def place(request: HttpRequest, person: Person, place: int) -> HttpResponse:
    """Show a place in use; give it another address or other names, or end it."""
    found = places.one(person.city, place)
    if found is None or found.is_ended:
        raise Http404
    ends = "end" in request.POST
    given = request.POST if request.method == "POST" else None
    form: KeyedForm = KeyedForm(given) if ends else KnownPlaceForm(given, known=found.place)

    def work(now: datetime) -> None:
        if isinstance(form, KnownPlaceForm):
            places.put(person.city, form.place(), actor=person.actor, now=now)
        else:
            places.end(person.city, place, actor=person.actor, now=now)

    if request.method == "POST" and done(request, person, form, f"place {place}{' end' if ends else ''}", work):
        messages.success(request, _("已停用。") if ends else _("已保存。"))
        return redirect("administration:places")
    context = {
        "found": found,
        "form": form,
        "edit": KnownPlaceForm(known=found.place) if ends else form,
        "ending": form if ends else KeyedForm(auto_id="end_%s"),
    }
    return render(request, "administration/place.html", context, status=422 if form.errors else 200)


def _cells(each: Listed) -> tuple[str, str, str, str]:
    own = each.place
    return (own.name, own.address, own.region, "、".join(own.aliases))
