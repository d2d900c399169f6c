"""What fields offer while one types, as JSON for combobox.js; and saying what an appeal is about."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from minsheng.cases.appeals import actions as appeals
from minsheng.cases.orders.storage import records
from minsheng.core.people import places as people_places
from minsheng.core.people import queries as people
from minsheng.core.people.gates import desk
from minsheng.core.people.permissions import CATEGORIZERS
from minsheng.core.people.queries import Person
from minsheng.domain import matching
from minsheng.domain.matching import Fit
from minsheng.gateways import clock, packfiles
from minsheng.workbench.steps import order_or_404

_LONGEST, _MOST = 100, 12


@require_safe
@desk
def categories(request: HttpRequest, person: Person) -> HttpResponse:
    """Offer categories that fit what was typed: code, name, and the branch on which it stands."""
    tree = packfiles.categories()
    found = tree.matching(_typed(request), limit=_MOST)
    options = [{"value": each.code, "label": each.path, "why": _words(each.words)} for each in found]
    return _offered(options)


@require_safe
@desk
def units(request: HttpRequest, person: Person) -> HttpResponse:
    """Offer units that have joined and fit what was typed, with why."""
    typed = _typed(request)
    why = {
        Fit.BEGINS: "",
        Fit.HOLDS: _("名称含“%(typed)s”") % {"typed": typed},
        Fit.SHORT: _("简称“%(typed)s”") % {"typed": typed},
    }
    found = matching.matching(people.unit_names(person.city, now=clock.now()), typed, limit=_MOST)
    return _offered([{"value": name, "label": name, "why": why[fit]} for name, fit in found])


@require_safe
@desk
def places(request: HttpRequest, person: Person) -> HttpResponse:
    """Offer places of the city that fit what was typed: what is written into the field, and where it is."""
    found = people_places.matching(person.city, _typed(request), limit=_MOST)
    return _offered(
        [{"value": each.said, "label": each.said, "why": _("、").join(each.place.aliases)} for each in found]
    )


@require_POST
@desk
def categorize(request: HttpRequest, person: Person, order_id: str) -> HttpResponse:
    """Say what an order's appeal is about, or say it better."""
    row = order_or_404(person, order_id)
    if person.acting_as not in CATEGORIZERS:
        raise PermissionDenied("not a role that categorizes")
    tree = packfiles.categories()
    code, text = request.POST.get("category", ""), request.POST.get("category_text", "").strip()
    known = tree.chosen(code=code, text=text)
    if known is None and (code or text):
        messages.error(request, _("没有这个分类，请从列表中选择。"))
    else:
        appeals.categorize(
            records.appeal_of(row.id), category=known.code if known else "", city=row.city_id, actor=person.actor,
            now=clock.now(),
        )  # fmt: skip
        messages.success(request, _("分类已改为“%(path)s”。") % {"path": known.path} if known else _("已取消分类。"))
    came_from = request.POST.get("list")
    here = resolve_url("desks:order", order_id=row.id)
    return redirect(here if came_from is None else f"{here}?list={came_from}")


def _typed(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "").strip()[:_LONGEST]


def _words(words: Sequence[str]) -> str:
    return _("包括：%(words)s") % {"words": "、".join(words)} if words else ""


def _offered(options: Sequence[dict[str, str]]) -> JsonResponse:
    count = len(options)
    said = (
        ngettext("%(n)s 项，用上下键选择", "%(n)s 项，用上下键选择", count) % {"n": count} if count else _("没有符合的")
    )
    return JsonResponse({"said": said, "options": list(options)})
