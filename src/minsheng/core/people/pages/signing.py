"""Signing in and out, the confidentiality acknowledgment, one's role and password."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import auth, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from minsheng import wording
from minsheng.core.people import actions, labels, limits, passes, queries, single
from minsheng.core.people import passwords as rules_of
from minsheng.core.people.forms import ConfidentialityForm, GivePassForm, PassForm, PasswordForm, SignInForm
from minsheng.core.people.gates import person_of, signed_in
from minsheng.core.people.models import Staff
from minsheng.core.people.pages import factors, passwords
from minsheng.core.people.signin import EXPIRED, STALE, checking, client_address
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock

_WRONG = gettext_noop("账号或密码不正确。连续输错 5 次，账号将锁定 30 分钟。")


@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign somebody in; the session's key changes, so that one known before is worth nothing."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    # Only a path of our own: what does not begin with "/" would be taken for a view's name.
    if not wanted.startswith("/") or not url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}):
        wanted = settings.LOGIN_REDIRECT_URL
    if request.method == "GET":
        # Whoever has no role any more keeps nobody else from signing in here.
        if person_of(request) is not None:
            return redirect(wanted)
        expired = request.session.pop(EXPIRED, False) if settings.SESSION_COOKIE_NAME in request.COOKIES else False
        return _sign_in_page(request, SignInForm(), wanted, expired=bool(expired))
    form = PassForm(request.POST) if "code" in request.POST else SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, wanted, status=422)
    now, username = clock.now(), form.cleaned_data["username"]
    code, password = form.cleaned_data.get("code"), form.cleaned_data["password"]
    try:
        # Together: a code is not used up for somebody who is asked to come again.
        with transaction.atomic():
            fits = not code or passes.use(username, code, now=now)
            staff = passwords.checked(request, username, password, has_pass=bool(code), now=now) if fits else None
        if not fits:
            limits.hit(limits.SIGN_IN_BY_ADDRESS, client_address(request) or "", now=now)
            form.add_error("code", _("验证码不正确、已用过或已过期。"))
            return _sign_in_page(request, form, wanted, status=422)
    except limits.TooOften as refused:
        # Strangers behind the same address keep nobody out: a code from the leader on duty lets in here, too.
        form = PassForm(request.POST, initial={"username": username})
        form.add_error(None, passwords.address_words(refused))
        return _sign_in_page(request, form, wanted, status=429)
    except Rejected as refused:
        form.add_error(None, wording.say(refused))
        return _sign_in_page(request, form, wanted, status=503)
    if staff is None:
        if not getattr(request, "axes_locked_out", False):
            form.add_error(None, _(_WRONG))
            return _sign_in_page(request, form, wanted, status=422)
        form = PassForm(request.POST, initial={"username": username})
        form.add_error(None, passwords.locked_words(username))
        return _sign_in_page(request, form, wanted, status=429)
    if queries.person_of(staff, now=now) is None:
        form.add_error(None, _("您的岗位尚未开始或已经到期，不能登录。请联系系统管理员。"))
        return _sign_in_page(request, form, wanted, status=422)
    return factors.enter(request, staff, wanted)


@require_http_methods(["GET", "POST"])
@signed_in
def give_pass(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Give the holder of a locked account a code that lets them in once; it is said to them by telephone."""
    if person.acting_as not in passes.GIVERS:
        raise PermissionDenied("neither administrator nor supervisor")
    form = GivePassForm(request.POST if request.method == "POST" else None)
    code, status = "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                code = passes.give(**form.cleaned_data, city=person.city, actor=person.actor, now=clock.now())
                status = 200
            except Rejected as refused:
                form.add_error(None, wording.say(refused))
    return render(request, "people/give_pass.html", {"form": form, "code": code}, status=status)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, here and in the database."""
    auth.logout(request)
    return redirect("people:sign_in")


@require_http_methods(["GET", "POST"])
@signed_in
def confidentiality(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Show the confidentiality text and record its acknowledgment. Source: SZ-11.5."""
    form = ConfidentialityForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.acknowledge(person.id, actor=person.actor, now=clock.now())
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(
        request,
        "people/confidentiality.html",
        {
            "form": form,
            "clauses": [_(clause) for clause in labels.CONFIDENTIALITY],
            "version": labels.CONFIDENTIALITY_VERSION,
        },
        status=422 if request.method == "POST" else 200,
    )


@require_POST
@signed_in
def act_as(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Change the role one acts in, to another of one's own."""
    role = request.POST.get("role", "")
    if role in person.roles:
        request.session[queries.ACTING_AS] = role
    else:
        messages.error(request, _("您没有这个岗位，未作切换。"))
    return redirect(settings.LOGIN_REDIRECT_URL)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@signed_in
def password(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Change one's own password; other sessions of the account end."""
    policy = rules_of.policy_of(person.city, now=clock.now())
    form = PasswordForm(request.POST if request.method == "POST" else None, words=_(policy.words))
    if request.method == "POST" and form.is_valid() and _change_password(request, form, person):
        messages.success(request, _("密码已修改。"))
        return redirect(settings.LOGIN_REDIRECT_URL)
    staff = request.user
    assert isinstance(staff, Staff)
    context = {"form": form, "is_over": request.session.get(STALE, False), "is_first": staff.password_is_first}
    return render(request, "people/password.html", context, status=422 if request.method == "POST" else 200)


def _change_password(request: HttpRequest, form: PasswordForm, person: queries.Person) -> bool:
    staff = request.user
    assert isinstance(staff, Staff)
    now = clock.now()
    try:
        # Whoever sits at somebody's open session guesses here otherwise: it counts as a sign-in does.
        if passwords.checked(request, staff.username, form.cleaned_data["old"], now=now) is None:
            form.add_error("old", passwords.wrong(request, staff.username))
            return False
        with checking():
            actions.set_password(person.id, password=form.cleaned_data["new"], actor=person.actor, now=now)
    except Rejected as refused:
        form.add_error(None, wording.say(refused))
        return False
    except ValidationError as fault:
        form.add_error("new", fault)
        return False
    staff.refresh_from_db()
    auth.update_session_auth_hash(request, staff)
    request.session.pop(STALE, None)
    return True


def _sign_in_page(
    request: HttpRequest, form: SignInForm, wanted: str, *, status: int = 200, expired: bool = False
) -> HttpResponse:
    return render(
        request,
        "people/sign_in.html",
        {
            "form": form,
            "next": wanted,
            "expired": expired,
            "has_single": single.is_offered(),
            "idle_minutes": settings.SESSION_IDLE // timedelta(minutes=1),
        },
        status=status,
    )
