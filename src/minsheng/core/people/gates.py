"""The gates before pages: signed in, confidentiality acknowledged. A page behind one is given the person."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url

from minsheng.core.features import queries as features
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import addresses, factors, queries
from minsheng.core.people.models import Staff
from minsheng.core.people.permissions import sees_orders, sees_things
from minsheng.core.people.signin import LEFT, STALE, client_address
from minsheng.gateways import clock

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, queries.Person, P], HttpResponse]
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


# An administrator sits where the city is not administered from.
ELSEWHERE: Final = "elsewhere"


def person_of(request: HttpRequest) -> queries.Person | None:
    """Return the person of the request's session as of now, read once a request.

    None without a role today, and while the city's rules want a second factor that the session has not shown, or a new
    password.
    """
    if hasattr(request, "minsheng_person"):
        found: queries.Person | None = request.minsheng_person
        return found
    user, wanted = request.user, request.session.get(queries.ACTING_AS)
    now = clock.now()
    person = queries.person_of(user, wanted=wanted, now=now) if isinstance(user, Staff) else None
    if person is not None and factors.lacking(request.session, person, now=now):
        request.minsheng_wants = "people:factors"  # type: ignore[attr-defined]
        person = None
    elif person is not None and addresses.keeps_out(person, client_address(request) or ""):
        addresses.note_kept_out(person, now=now)
        request.minsheng_wants = ELSEWHERE  # type: ignore[attr-defined]
        person = None
    elif person is not None and request.session.get(STALE) and not _changes_password(request):
        request.minsheng_wants = "people:password"  # type: ignore[attr-defined]
        person = None
    request.minsheng_person = person  # type: ignore[attr-defined]
    return person


def signed_in(page: Page[P]) -> View[P]:
    """Let people in who are signed in and hold a role; send the others to the sign-in page and back here afterwards.

    Whose last role has ended meanwhile is told so, and can sign out there.
    """

    @wraps(page)
    def view(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        person = person_of(request)
        if person is None:
            wanted: str | None = getattr(request, "minsheng_wants", None)
            return _without_role(request) if wanted is None else _to_what_is_wanted(request, wanted)
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


def thing_desk(page: Page[P]) -> View[P]:
    """Let people in who may see orders, or things beside them, and have acknowledged confidentiality.

    Which things exist for somebody is asked of their kind. Source: SZ-11.5, SZ-18.
    """

    @wraps(page)
    def view(request: HttpRequest, person: queries.Person, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not sees_things(person.acting_as):
            raise PermissionDenied("role without content")
        if not person.acknowledged:
            return redirect("people:confidentiality")
        return page(request, person, *args, **kwargs)

    return signed_in(view)


def told(page: Page[P]) -> View[P]:
    """Let people in who are told something: whoever may see orders once they have acknowledged confidentiality."""

    @wraps(page)
    def view(request: HttpRequest, person: queries.Person, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if sees_orders(person.acting_as) and not person.acknowledged:
            return redirect("people:confidentiality")
        return page(request, person, *args, **kwargs)

    return signed_in(view)


def left(request: HttpRequest) -> int | None:
    """Return whose session it was that ended in this browser by itself, until somebody signs in; for keeping alone.

    A page asks for things beside the form (a preview, signals): any of these may be what met the end.
    """
    found = request.session.get(LEFT)
    return found if isinstance(found, int) and not request.user.is_authenticated else None


def _without_role(request: HttpRequest) -> HttpResponse:
    """Say that the role is over, and offer the way out to whoever sits down next; what a form sent is kept."""
    staff = request.user
    assert isinstance(staff, Staff)
    is_sent = request.method not in ("GET", "HEAD")
    is_kept = is_sent and bool(features.keep_unsent(request, staff.pk))
    today = clock.now().astimezone(ZONE).date()
    context = {"is_over": staff.assignments.filter(ends_on__lt=today).exists(), "is_sent": is_sent, "is_kept": is_kept}
    return render(request, "people/without_role.html", context, status=403)


def _changes_password(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name == "people:password"


def _to_what_is_wanted(request: HttpRequest, page: str) -> HttpResponse:
    """Lead to the second factor or the new password that is asked for first; what a form sent is kept."""
    if page == ELSEWHERE:
        return render(request, "people/elsewhere.html", status=403)
    if request.method not in ("GET", "HEAD"):
        features.keep_unsent(request, request.user.pk)
    return redirect(page)


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if request.method in ("GET", "HEAD"):
        wanted = request.get_full_path()
    else:
        # A form that was sent after the session had ended can't be repeated by a redirect: what was typed is kept for
        # whoever had the session, and offered on the form's page.
        # Of one that was ended on purpose nothing is kept here (the browser's tab does), and its page is all the same
        # where one goes on.
        wanted = features.keep_unsent(request, left(request))
    return redirect_to_login(wanted or "/", resolve_url("people:sign_in"))
