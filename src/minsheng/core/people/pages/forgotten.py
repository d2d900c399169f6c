"""A forgotten password: what to do, the request, and the administrator's list of requests."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import wording
from minsheng.core.people import forgotten, queries
from minsheng.core.people.forms import AnswerForm, ForgottenForm
from minsheng.core.people.gates import signed_in
from minsheng.core.people.signin import client_address
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Say what to do, and take the request; the answer is the same whether there is such an account or not."""
    form = ForgottenForm(request.POST if request.method == "POST" else None)
    is_taken, status = False, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                address = client_address(request) or ""
                forgotten.ask(form.cleaned_data["username"], address=address, now=clock.now())
                is_taken, status = True, 200
            except Rejected as refused:
                form.add_error(None, wording.say(refused))
                status = 429
    return render(request, "people/forgotten.html", {"form": form, "is_taken": is_taken}, status=status)


@require_http_methods(["GET", "POST"])
@signed_in
def requests(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Show who waits for a code, and give one, once the administrator knows who it is."""
    _administers(person)
    if request.method == "GET":
        return _page(request, person)
    form = AnswerForm(request.POST, auto_id=f"%s-{request.POST.get('request', '')[:36].replace('%', '')}")
    if not form.is_valid():
        return _page(request, person, form=form, status=422)
    given = form.cleaned_data
    try:
        code = forgotten.answer(
            given["request"], city=person.city, reason=given["reason"], actor=person.actor, now=clock.now()
        )
    except Rejected as refused:
        form.add_error("reason" if "reason" in refused.code else None, wording.say(refused))
        return _page(request, person, form=form, status=422)
    return _page(request, person, code=code)


@require_POST
@signed_in
def refuse(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Take a request off the list that the account's holder has not made."""
    _administers(person)
    try:
        forgotten.refuse(UUID(request.POST.get("request", "")), city=person.city, actor=person.actor, now=clock.now())
        messages.success(request, _("已从清单去掉，没有发放验证码。"))
    except (ValueError, Rejected):
        messages.error(request, _("这项申请已经办过，请刷新页面。"))
    return redirect("people:password_requests")


def _page(
    request: HttpRequest, person: queries.Person, *, form: AnswerForm | None = None, code: str = "", status: int = 200
) -> HttpResponse:
    context = {"rows": forgotten.waiting(person.city), "form": form, "code": code}
    return render(request, "people/password_requests.html", context, status=status)


def _administers(person: queries.Person) -> None:
    if person.acting_as != "admin":
        raise PermissionDenied("no administrator")
