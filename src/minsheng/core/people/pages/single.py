"""Signing in by the city's own service, and the administrator's page of who is who there."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from minsheng import wording
from minsheng.core.people import limits, queries, single
from minsheng.core.people.forms import BindForm
from minsheng.core.people.gates import signed_in
from minsheng.core.people.pages import confirming, factors
from minsheng.core.people.signin import client_address
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock

# What is kept of a question to the service until its answer comes.
_ASKED = "single"


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """Send the browser to the service."""
    if not single.is_offered():
        raise Http404
    wanted = request.GET.get("next", "")
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = settings.LOGIN_REDIRECT_URL
    try:
        begun = single.provider().begin(redirect_uri=_back(request))
    except Rejected as refused:
        messages.error(request, _said(refused))
        return redirect("people:sign_in")
    request.session[_ASKED] = {**begun.kept, "next": wanted}
    return redirect(begun.url)


@require_safe
def complete(request: HttpRequest) -> HttpResponse:
    """Take what the service says, and sign in whoever is bound to it; a question is good for one answer."""
    kept = request.session.pop(_ASKED, None)
    if not single.is_offered() or not isinstance(kept, dict):
        return redirect("people:sign_in")
    now, address = clock.now(), client_address(request) or ""
    answer = {name: str(value) for name, value in request.GET.items()}
    try:
        limits.check(limits.SIGN_IN_BY_ADDRESS, address, now=now)
        who = single.provider().complete(answer, kept=kept, redirect_uri=_back(request))
    except Rejected as refused:
        messages.error(request, _said(refused))
        return redirect("people:sign_in")
    staff = single.account_of(who.subject)
    if staff is None or queries.person_of(staff, now=now) is None:
        limits.tally(limits.SIGN_IN_BY_ADDRESS, address, now=now)
        messages.error(request, _("统一身份认证通过，但没有与它绑定、今天有岗位的账号。请联系系统管理员。"))
        return redirect("people:sign_in")
    rules = policies.rules_for(staff.city_id, now=now)
    is_shown = single.has_shown_factor(who.methods, rules.sso_factor)
    return factors.enter(request, staff, kept["next"], by_password=False, has_shown_factor=is_shown)


@require_http_methods(["GET", "POST"])
@signed_in
def bindings(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Show which accounts are bound to the service, and bind or unbind one."""
    if person.acting_as != "admin":
        raise PermissionDenied("no administrator")
    if request.method == "POST" and (held := confirming.held_up(request, person)) is not None:
        return held
    form = BindForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            is_new = single.bind(
                given["username"], given["subject"], city=person.city, actor=person.actor, now=clock.now()
            )
        except Rejected as refused:
            form.add_error("subject" if "subject" in refused.code else "username", wording.say(refused))
        else:
            messages.success(request, _("已保存。") if is_new else _("没有改动。"))
            return redirect("people:single_bindings")
    context = {"form": form, "rows": single.bound(person.city), "is_offered": single.is_offered()}
    return render(request, "people/bindings.html", context, status=422 if request.method == "POST" else 200)


def _said(refused: Rejected) -> str:
    """Return why the service said no; its adapter's own words are the citizens' register's."""
    return wording.say(Rejected(refused.code.replace("identity_", "single_"), **refused.params))


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("people:single_back"))
