"""The gates before pages: signed in, confidentiality acknowledged. A page behind one is given the person."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url

from minsheng.people import queries
from minsheng.people.permissions import sees_orders

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, queries.Person, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def signed_in(page: Page[P]) -> View[P]:
    """Let people in who are signed in and hold a role; send the others to the sign-in page and back here afterwards."""

    @wraps(page)
    def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        person = queries.signed_in(request)
        if person is None:
            raise PermissionDenied("no role")
        return page(request, person, *args, **kwargs)

    return view


def desk(page: Page[P]) -> View[P]:
    """Let people in who may see orders and have acknowledged confidentiality. Source: SZ-11.5."""

    @wraps(page)
    def view(request: HttpRequest, person: queries.Person, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not sees_orders(person.acting_as):
            raise PermissionDenied("role without content")
        if not person.acknowledged:
            return redirect("people:confidentiality")
        return page(request, person, *args, **kwargs)

    return signed_in(view)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    # A form that was sent after the session had ended can't be repeated by a redirect: come back to the start.
    wanted = request.get_full_path() if request.method in ("GET", "HEAD") else "/"
    return redirect_to_login(wanted, resolve_url("people:sign_in"))
