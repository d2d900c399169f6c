"""The second factor: asked for at the sign-in, and one's own page of factors. Source: GB/T 22239-2019 8.1.4.1 d."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from uuid import UUID

from django.conf import settings
from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from minsheng import wording
from minsheng.core.people import actions, addresses, factors, passwords, queries
from minsheng.core.people.forms import FactorForm, NewCodesForm
from minsheng.core.people.gates import signed_in
from minsheng.core.people.models import Staff
from minsheng.core.people.pages import confirming, proving
from minsheng.core.people.signin import ADDING, BACKEND, BEGAN, SEEN, STALE, WAITING, StaffBackend, client_address
from minsheng.core.policies import queries as policies
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock, documents, one_time, security_keys

# The mark of a browser that is not asked again, where the city's rules allow that.
_DEVICE = "minsheng_device" if settings.PLAIN_HTTP else "__Host-minsheng_device"
_WAITS = timedelta(minutes=10)
Own = Callable[[HttpRequest, Staff, queries.Person], HttpResponse]


def enter(
    request: HttpRequest, staff: Staff, wanted: str, *, by_password: bool = True, has_shown_factor: bool = False
) -> HttpResponse:
    """Go on from a right password, or from the city's own service: sign in, or ask for the account's factor first.

    `has_shown_factor`: the service says so, and the city trusts it.
    """
    mark = request.COOKIES.get(_DEVICE, "")
    now = clock.now()
    rules = policies.rules_for(staff.city_id, now=now)
    if has_shown_factor:
        _sign_in(request, staff, by_password=by_password)
        request.session[factors.SHOWN] = True
    elif not factors.has_any(staff.pk):
        _sign_in(request, staff, by_password=by_password)
    elif factors.knows_device(staff.pk, mark, days=rules.second_factor_days, now=now):
        _sign_in(request, staff, by_password=by_password)
        request.session[factors.SHOWN] = True
    else:
        # A session known before is worth nothing, and this one knows nobody until the factor is shown.
        request.session.cycle_key()
        request.session[WAITING] = {
            "staff": staff.pk,
            "hash": staff.get_session_auth_hash(),
            "at": time.time(),
            "next": wanted,
            "by_password": by_password,
        }
        return redirect("people:sign_in_factor")
    return redirect(wanted)


@sensitive_post_parameters("code", "answer")
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for the factor of whoever has given the right password, or whose session has shown none yet."""
    staff, wanted = _waiting(request)
    if staff is None:
        return redirect("people:sign_in")
    now = clock.now()
    rules = policies.rules_for(staff.city_id, now=now)
    days = rules.second_factor_days
    form = FactorForm(request.POST if request.method == "POST" else None, days=days)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            proving.prove(request, staff, form.cleaned_data, now=now)
        except Rejected as refused:
            form.add_error("code", wording.say(refused))
            status = 429 if refused.code == "factor_locked" else 422
        else:
            waiting = request.session.pop(WAITING, {})
            if not request.user.is_authenticated:
                _sign_in(request, staff, by_password=waiting.get("by_password", True))
            proving.note(request)
            response = redirect(wanted)
            if days and form.cleaned_data["remember"]:
                mark = factors.remember_device(staff.pk, days=days, now=now)
                _keep_mark(response, mark, days)
            return response
    context = {"form": form, "question": proving.question(request, staff.pk)}
    return render(request, "people/factor.html", context, status=status)


def own(page: Own) -> Callable[[HttpRequest], HttpResponse]:
    """Let somebody at their own factors: signed in, with a role, and with a factor shown if the account has any.

    Whoever must have one and has none comes in: this is where it is added.
    """

    @wraps(page)
    def view(request: HttpRequest) -> HttpResponse:
        staff = request.user
        if not isinstance(staff, Staff) or (person := queries.person_of(staff, now=clock.now())) is None:
            return signed_in(lambda _request, _person: redirect("people:factors"))(request)
        if not request.session.get(factors.SHOWN) and factors.has_any(staff.pk):
            return redirect("people:sign_in_factor")
        if addresses.keeps_out(person, client_address(request) or ""):
            return signed_in(lambda _request, _person: redirect("people:factors"))(request)
        # The factor comes first, then the password.
        if request.session.get(STALE) and not factors.lacking(request.session, person, now=clock.now()):
            return redirect("people:password")
        return page(request, staff, person)

    return view


def confirmed(page: Own) -> Own:
    """Let somebody change their factors who has confirmed lately who they are."""

    @wraps(page)
    def view(request: HttpRequest, staff: Staff, person: queries.Person) -> HttpResponse:
        return confirming.held_up(request, person) or page(request, staff, person)

    return view


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@own
def confirm(request: HttpRequest, staff: Staff, person: queries.Person) -> HttpResponse:
    """Ask somebody to confirm who they are, and lead them back to what they opened."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = settings.LOGIN_REDIRECT_URL
    form = confirming.form_of(staff, request.POST if request.method == "POST" else None)
    status = confirming.prove(request, staff, form) if request.method == "POST" else 0
    if status == 200:
        return redirect(wanted)
    return confirming.ask(request, staff, form, status=status or 200, next=wanted)


@require_safe
@own
@confirmed
def mine(request: HttpRequest, staff: Staff, person: queries.Person) -> HttpResponse:
    """Show one's own factors, and what may be added."""
    return _page(request, staff, person)


@require_POST
@own
@confirmed
def begin_codes(request: HttpRequest, staff: Staff, person: queries.Person) -> HttpResponse:
    """Begin to set up codes on a telephone."""
    factors.set_up_codes(staff.pk, now=clock.now())
    return redirect("people:factor_codes")


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@own
@confirmed
def codes(request: HttpRequest, staff: Staff, person: queries.Person) -> HttpResponse:
    """Show the QR code of codes that are being set up, and take them into use with the first one."""
    now = clock.now()
    begun = factors.being_set_up(staff.pk, now=now)
    if begun is None:
        return redirect("people:factors")
    form = NewCodesForm(request.POST if request.method == "POST" else None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            made = factors.confirm_codes(staff.pk, form.cleaned_data["code"], actor=person.actor, now=now)
        except Rejected as refused:
            form.add_error("code", wording.say(refused))
            status = 429 if refused.code == "factor_locked" else 422
        else:
            proving.note(request)
            return _added(request, made)
    issuer = f"{person.city_name}12345"
    drawn = documents.qr_svg(
        one_time.address(begun.secret, account=staff.username, issuer=issuer), label=_("验证器应用的二维码")
    )
    groups = [begun.secret[start : start + 4] for start in range(0, len(begun.secret), 4)]
    context = {"form": form, "qr": drawn, "secret": " ".join(groups)}
    return render(request, "people/factor_codes.html", context, status=status)


@sensitive_post_parameters()
@require_POST
@own
@confirmed
def add_key(request: HttpRequest, staff: Staff, person: queries.Person) -> HttpResponse:
    """Take a security key into use."""
    state = request.session.pop(ADDING, None)
    try:
        if state is None:
            raise security_keys.NotProven
        key = security_keys.added(proving.host_of(request), request.POST.get("answer", "")[:20_000], state=state)
    except security_keys.NotProven:
        return _page(request, staff, person, refusal=_("安全密钥没有添加成功，请重试。"), status=422)
    made = factors.add_key(staff.pk, key, actor=person.actor, now=clock.now())
    proving.note(request)
    return _added(request, made)


@require_POST
@own
@confirmed
def remove(request: HttpRequest, staff: Staff, person: queries.Person) -> HttpResponse:
    """Take one of one's own factors away."""
    now = clock.now()
    try:
        wanted = UUID(request.POST.get("factor", ""))
        is_wanted = factors.are_wanted(person, now=now)
        gone = factors.remove(staff.pk, wanted, actor=person.actor, is_wanted=is_wanted, now=now)
    except ValueError:
        gone = False
    except Rejected as refused:
        return _page(request, staff, person, refusal=wording.say(refused), status=409)
    messages.success(request, _("已移除。") if gone else _("这一个已经移除。"))
    return redirect("people:factors")


@require_POST
@own
@confirmed
def renew(request: HttpRequest, staff: Staff, person: queries.Person) -> HttpResponse:
    """Make new recovery codes; those of before end."""
    if not factors.has_any(staff.pk):
        return redirect("people:factors")
    return _added(request, factors.renew_codes(staff.pk, actor=person.actor, now=clock.now()))


def _page(
    request: HttpRequest, staff: Staff, person: queries.Person, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    asked = security_keys.ask_to_add(
        proving.host_of(request),
        site=f"{person.city_name}12345",
        person=staff.pk,
        account=staff.username,
        known=factors.keys_of(staff.pk),
    )
    request.session[ADDING] = asked.state
    held = factors.of(staff.pk)
    context = {
        "held": held,
        "left": factors.codes_left(staff.pk),
        "must": not held and factors.are_wanted(person, now=clock.now()),
        "question": asked.options,
        "refusal": refusal,
    }
    return render(request, "people/factors.html", context, status=status)


def _added(request: HttpRequest, made: tuple[str, ...]) -> HttpResponse:
    """Show recovery codes, this once, or go back to the list where none were made."""
    if made:
        return render(request, "people/recovery_codes.html", {"codes": made})
    messages.success(request, _("已添加。"))
    return redirect("people:factors")


def _waiting(request: HttpRequest) -> tuple[Staff | None, str]:
    """Return who is asked for a factor, and where they go then."""
    if isinstance(request.user, Staff):
        lacks = not request.session.get(factors.SHOWN) and factors.has_any(request.user.pk)
        return (request.user if lacks else None), settings.LOGIN_REDIRECT_URL
    kept = request.session.get(WAITING)
    if not isinstance(kept, dict) or time.time() - kept["at"] > _WAITS.total_seconds():
        return None, ""
    staff = StaffBackend().get_user(kept["staff"])
    # A password that was changed meanwhile is asked for again.
    if staff is None or staff.get_session_auth_hash() != kept["hash"]:
        return None, ""
    return staff, kept["next"]


def _sign_in(request: HttpRequest, staff: Staff, *, by_password: bool) -> None:
    auth.login(request, staff, backend=BACKEND)
    request.session[BEGAN] = request.session[SEEN] = time.time()
    now = clock.now()
    if by_password and passwords.is_over(staff, now=now):
        request.session[STALE] = True
    actions.note_signed_in(staff.pk, now=now)


def _keep_mark(response: HttpResponse, mark: str, days: int) -> None:
    response.set_cookie(
        _DEVICE,
        mark,
        max_age=timedelta(days=days),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
