"""Confirming who one is before something heavy: many openings, exports, transfers, one's own factors.

Whoever has shown a factor or the password within the pack's `step_up_minutes` goes on unasked. A page asks anybody else
for it, keeps what the form sent in hidden fields of its own, and goes on with that: nothing is typed twice.
Source: GB/T 22239-2019 8.1.4.1 d, 8.1.4.11; JY-23.5.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from minsheng import wording
from minsheng.core.people import alarms, factors, openings, queries
from minsheng.core.people.forms import ConfirmFactorForm, ConfirmPasswordForm
from minsheng.core.people.models import Staff
from minsheng.core.people.pages import passwords, proving
from minsheng.core.people.signin import BEGAN, CONFIRMED
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, queries.Person, P], HttpResponse]
# The fields of the question, beside those of the form that was held up.
PREFIX: Final = "confirm"
_SENT: Final = "confirm-sent"


def exported(page: Page[P]) -> Page[P]:
    """Let people take data out who have confirmed lately who they are; many such files ring. Stands below the gate."""

    @wraps(page)
    def view(request: HttpRequest, person: queries.Person, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        held = held_up(request, person)
        if held is None:
            alarms.count("exports", f"staff:{person.id}", city=person.city, now=clock.now())
        return held or page(request, person, *args, **kwargs)

    return view


def confirmed_when_many(page: Page[P]) -> Page[P]:
    """Let people at a page that opens personal data: after the pack's `step_up_openings` in an hour, once confirmed."""

    @wraps(page)
    def view(request: HttpRequest, person: queries.Person, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        now = clock.now()
        rules = policies.rules_for(person.city, now=now)
        many = openings.made(person.actor, city=person.city, now=now) >= rules.step_up_openings
        held = held_up(request, person) if many else None
        return held or page(request, person, *args, **kwargs)

    return view


def held_up(request: HttpRequest, person: queries.Person) -> HttpResponse | None:
    """Return the page that asks, or None for whoever may go on, now that they have confirmed or had before."""
    staff = request.user
    assert isinstance(staff, Staff)
    if request.method != "POST":
        if is_fresh(request, person, now=clock.now()):
            return None
        return redirect(f"{reverse('people:confirm')}?{urlencode({'next': request.get_full_path()})}")
    if _SENT not in request.POST:
        return None if is_fresh(request, person, now=clock.now()) else ask(request, staff, form_of(staff))
    form = form_of(staff, request.POST)
    if (status := prove(request, staff, form)) != 200:
        return ask(request, staff, form, status=status)
    plain = request.POST.copy()
    for name in [name for name in plain if name.startswith(f"{PREFIX}-")]:
        del plain[name]
    plain._mutable = False
    request.POST = plain  # type: ignore[assignment]
    return None


def is_fresh(request: HttpRequest, person: queries.Person, *, now: datetime) -> bool:
    """Tell whether the session has shown a factor or the password lately; signing in did."""
    rules = policies.rules_for(person.city, now=now)
    shown = max(request.session.get(CONFIRMED, 0.0), request.session.get(BEGAN, 0.0))
    return bool(time.time() - shown <= rules.step_up_minutes * 60)


def ask(request: HttpRequest, staff: Staff, form: Any, *, status: int = 200, next: str = "") -> HttpResponse:
    """Return the page that asks, with what the form sent."""
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and not name.startswith(f"{PREFIX}-")
        for value in values
    ]
    context = {
        "form": form,
        "kept": [] if next else kept,
        "next": next,
        "question": proving.question(request, staff.pk),
        "sent": _SENT,
        "answer": f"{PREFIX}-answer",
    }
    return render(request, "people/confirm.html", context, status=status)


def prove(request: HttpRequest, staff: Staff, form: Any) -> int:
    """Accept what was given, or say on the form what was wrong; return the status: 200, 422, 429, 503."""
    if not form.is_valid():
        return 422
    now = clock.now()
    try:
        if isinstance(form, ConfirmFactorForm):
            proving.prove(request, staff, form.cleaned_data, now=now)
        elif passwords.checked(request, staff.username, form.cleaned_data["password"], now=now) is None:
            form.add_error("password", passwords.wrong(request, staff.username))
            return 422
    except Rejected as refused:
        form.add_error(None, wording.say(refused))
        return {"sign_in_busy": 503, "factor_wrong": 422}.get(refused.code, 429)
    request.session[CONFIRMED] = time.time()
    return 200


def form_of(staff: Staff, data: Any = None) -> ConfirmFactorForm | ConfirmPasswordForm:
    """Return the question for an account: its factor, the password where it has none."""
    kind = ConfirmFactorForm if factors.has_any(staff.pk) else ConfirmPasswordForm
    return kind(data, prefix=PREFIX)
