"""The security administrator's page: alarms, lost factors, addresses. Source: GB/T 22239-2019 8.1.4.4 c, f, 8.1.5."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.core.people import addresses as networks
from minsheng.core.people import alarms, factors, queries
from minsheng.core.people.forms import AddressesForm, ResetFactorForm
from minsheng.core.people.gates import signed_in
from minsheng.core.people.pages import confirming
from minsheng.core.people.signin import client_address
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock


@require_safe
@signed_in
def overview(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Show what the security administrator sees to."""
    _secures(person)
    return _page(request, person)


@require_http_methods(["GET", "POST"])
@signed_in
def reset_factor(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Take the factors of somebody who has lost them; they add new ones after the next sign-in."""
    _secures(person)
    if request.method == "GET":
        return redirect("people:security")
    if (held := confirming.held_up(request, person)) is not None:
        return held
    form = ResetFactorForm(request.POST)
    if form.is_valid():
        try:
            factors.reset(**form.cleaned_data, city=person.city, actor=person.actor, now=clock.now())
        except Rejected as refused:
            form.add_error("reason" if "reason" in refused.code else "username", wording.say(refused))
        else:
            messages.success(request, _("已重置。请通知本人：下次登录后须重新添加第二因素。"))
            return redirect("people:security")
    return _page(request, person, reset=form, status=422)


@require_http_methods(["GET", "POST"])
@signed_in
def addresses(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Set the networks from which the city is administered; a list without one's own address wants a confirmation."""
    _secures(person)
    if request.method == "GET":
        return redirect("people:security")
    if (held := confirming.held_up(request, person)) is not None:
        return held
    form = AddressesForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            networks.put(
                person.city,
                given["networks"].splitlines(),
                own_address=client_address(request) or "",
                is_confirmed=given["sure"],
                actor=person.actor,
                now=clock.now(),
            )
        except Rejected as refused:
            form.add_error("sure" if refused.code == "addresses_lock_out" else "networks", wording.say(refused))
        else:
            messages.success(request, _("已保存，立即生效。"))
            return redirect("people:security")
    return _page(request, person, listed=form, status=422)


@require_POST
@signed_in
def see_to(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Note that an alarm was seen to."""
    _secures(person)
    try:
        alarms.see_to(UUID(request.POST.get("alarm", "")), city=person.city, actor=person.actor, now=clock.now())
    except (ValueError, Rejected) as fault:
        raise Http404 from fault
    messages.success(request, _("已记为处理过。"))
    return redirect("people:security")


def _page(
    request: HttpRequest,
    person: queries.Person,
    *,
    reset: ResetFactorForm | None = None,
    listed: AddressesForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rung = alarms.latest(person.city)
    names = queries.names(each.about for each in rung)
    rows = [(each, wording.ALARMS.get(each.kind, each.kind), names.get(each.about, each.about)) for each in rung]
    context = {
        "rows": rows,
        "wrong": reset if reset is not None else listed,
        "reset": reset or ResetFactorForm(),
        "listed": listed or AddressesForm(initial={"networks": "\n".join(networks.of(person.city))}),
        "address": client_address(request),
    }
    return render(request, "people/security.html", context, status=status)


def _secures(person: queries.Person) -> None:
    if person.acting_as != "security_admin":
        raise PermissionDenied("no security administrator")
