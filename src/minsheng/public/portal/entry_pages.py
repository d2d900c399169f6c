"""The ways into the portal: the cities, a city's start page, number and code, the link of a text message."""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.cases.orders.reading import own
from minsheng.cases.orders.storage import records
from minsheng.cases.orders.storage.queries import Row
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.public.citizens import limits, links, visitors
from minsheng.public.citizens.visitors import Visitor, public
from minsheng.public.portal import codes
from minsheng.public.portal.forms import QueryForm
from minsheng.public.publication import queries as publication

_WRONG: Final = "query_wrong"


@require_safe
def cities(request: HttpRequest) -> HttpResponse:
    """Show the cities; a single one is entered at once."""
    found = policies.cities()
    if len(found) == 1:
        return redirect("portal:start", found[0].code)
    return render(request, "portal/cities.html", {"cities": found})


@require_safe
@public
def start(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Show what is taken and what is not, emergency numbers first."""
    rules = policies.rules_for(visitor.city.code, now=visitor.now)
    newest, _following = publication.page(visitor.city.code, publication.Wanted(), after=None)
    grounds = {code: wording.label_of_code(code, rules) for code in rules.reject_codes if code != "R6"}
    if "R9" in grounds:
        grounds["R9"] = _("依照规定不予受理的其他事项")
    context = {
        "rules_title": rules.title,
        "types": [wording.tr(label) for label in rules.appeal_types.values()],
        "not_taken": list(grounds.values()),
        "emergency": [_numbered(number) for number in rules.emergency_numbers],
        "newest": newest[:5],
        "has_forum": rules.forum_final is not None,
    }
    return render(request, "portal/start.html", context)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@public
def query(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Open an appeal by number and code; the same words for a wrong number, a wrong code, and nothing at all."""
    initial = {"number": request.GET.get("number", "")[:40]}
    form = QueryForm(request.POST if request.method == "POST" else None, initial=initial, now=visitor.now)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        try:
            row = _opened_by_code(visitor, number, form.cleaned_data["code"])
        except limits.TooOften as often:
            form.add_error(None, wording.say(often))
        else:
            if row is not None:
                visitors.open_by_code(request, visitor.city.code, records.appeal_of(row.id))
                return redirect("portal:appeal", visitor.city.code, row.number)
            form.add_error(None, wording.say(Rejected(_WRONG)))
    return render(request, "portal/query.html", {"form": form}, status=422 if request.method == "POST" else 200)


@require_safe
@public
def link(request: HttpRequest, visitor: Visitor, token: str) -> HttpResponse:
    """Open the one order of a text message's link."""
    order = links.order_of(token, city=visitor.city.code, now=visitor.now) if len(token) < 100 else None
    row = own.of_id(visitor.city.code, order) if order is not None else None
    if row is None:
        raise visitors.strange(visitor, wanted="link", command="open_link")
    visitors.open_by_code(request, visitor.city.code, records.appeal_of(row.id))
    return redirect("portal:appeal", visitor.city.code, row.number)


def _opened_by_code(visitor: Visitor, number: str, code: str) -> Row | None:
    """Return the order that number and code open; failures are counted and on record. Raises: TooOften."""
    limits.check(limits.QUERY_BY_ADDRESS, visitor.address, now=visitor.now)
    limits.check(limits.QUERY_BY_NUMBER, f"{visitor.city.code} {number}", now=visitor.now)
    row = own.of_number(visitor.city.code, number)
    if codes.opens(records.appeal_of(row.id) if row is not None else "", code) and row is not None:
        return row
    limits.hit(limits.QUERY_BY_NUMBER, f"{visitor.city.code} {number}", now=visitor.now)
    limits.hit(limits.QUERY_BY_ADDRESS, visitor.address, now=visitor.now)
    visitors.strange(visitor, wanted=f"query {number}", command="query")
    return None


def _numbered(number: str) -> tuple[str, str]:
    """Return an emergency number with what it is for."""
    known = {"110": _("报警"), "119": _("火警、抢险"), "120": _("急救"), "122": _("交通事故"), "水上": _("水上救援")}
    return ("12395" if number == "水上" else number, known.get(number, ""))
