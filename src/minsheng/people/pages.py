"""Signing in and out, the confidentiality acknowledgement, one's role and password."""

from __future__ import annotations

import time
from datetime import timedelta

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import auth, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from minsheng.gateways import clock
from minsheng.people import actions, labels, queries
from minsheng.people.forms import ConfidentialityForm, PasswordForm, SignInForm
from minsheng.people.gates import signed_in
from minsheng.people.models import Staff
from minsheng.people.signin import BEGAN, EXPIRED, SEEN

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
        if request.user.is_authenticated:
            return redirect(wanted)
        expired = request.session.pop(EXPIRED, False) if settings.SESSION_COOKIE_NAME in request.COOKIES else False
        return _sign_in_page(request, SignInForm(), wanted, expired=bool(expired))
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _sign_in_page(request, form, wanted, status=422)
    staff = auth.authenticate(request, username=form.cleaned_data["username"], password=form.cleaned_data["password"])
    if staff is None:
        locked = getattr(request, "axes_locked_out", False)
        form.add_error(None, _locked_words(form.cleaned_data["username"]) if locked else _(_WRONG))
        return _sign_in_page(request, form, wanted, status=429 if locked else 422)
    auth.login(request, staff)
    request.session[BEGAN] = request.session[SEEN] = time.time()
    actions.note_signed_in(staff.pk, now=clock.now())
    return redirect(wanted)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, here and in the database."""
    auth.logout(request)
    return redirect("people:sign_in")


@require_http_methods(["GET", "POST"])
@signed_in
def confidentiality(request: HttpRequest, person: queries.Person) -> HttpResponse:
    """Show the confidentiality text and record its acknowledgement. Source: SZ-11.5."""
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
    form = PasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _change_password(request, form, person):
        messages.success(request, _("密码已修改。"))
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "people/password.html", {"form": form}, status=422 if request.method == "POST" else 200)


def _change_password(request: HttpRequest, form: PasswordForm, person: queries.Person) -> bool:
    staff = request.user
    if not isinstance(staff, Staff) or not staff.check_password(form.cleaned_data["old"]):
        form.add_error("old", _("当前密码不正确"))
        return False
    try:
        actions.set_password(person.id, password=form.cleaned_data["new"], actor=person.actor, now=clock.now())
    except ValidationError as fault:
        form.add_error("new", fault)
        return False
    staff.refresh_from_db()
    auth.update_session_auth_hash(request, staff)
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
            "idle_minutes": settings.SESSION_IDLE // timedelta(minutes=1),
        },
        status=status,
    )


def _locked_words(username: str) -> str:
    last = AccessAttempt.objects.filter(username=username).order_by("-attempt_time").first()
    begun = last.attempt_time if last is not None else timezone.now()
    until = timezone.localtime(begun + settings.AXES_COOLOFF_TIME) + timedelta(seconds=59)
    return _("登录失败次数过多，账号已锁定。请在 %(until)s 以后再试，或联系系统管理员。") % {"until": f"{until:%H:%M}"}
