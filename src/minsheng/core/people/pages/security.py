"""The security administrator's page: lost factors. Source: GB/T 22239-2019 8.1.5."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.core.people import factors, queries
from minsheng.core.people.forms import ResetFactorForm
from minsheng.core.people.gates import signed_in
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock


@require_safe
@signed_in
def overview(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Show what the security administrator sees to."""
    _secures(person)
    return render(request, "people/security.html", {"form": ResetFactorForm()})


@require_http_methods(["GET", "POST"])
@signed_in
def reset_factor(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Take the factors of somebody who has lost them; they add new ones after the next sign-in."""
    _secures(person)
    if request.method == "GET":
        return redirect("people:security")
    form = ResetFactorForm(request.POST)
    if form.is_valid():
        try:
            factors.reset(**form.cleaned_data, city=person.city, actor=person.actor, now=clock.now())
        except Rejected as refused:
            form.add_error("reason" if "reason" in refused.code else "username", wording.say(refused))
        else:
            messages.success(request, _("已重置。请通知本人：下次登录后须重新添加第二因素。"))
            return redirect("people:security")
    return render(request, "people/security.html", {"form": form}, status=422)


def _secures(person: queries.Person) -> None:
    if person.acting_as != "security_admin":
        raise PermissionDenied("no security administrator")
