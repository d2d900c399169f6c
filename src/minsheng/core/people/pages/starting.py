"""Setting a password by a code that the administrator has given: the first one, or a new one for one forgotten."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from minsheng import wording
from minsheng.core.people import limits, passes
from minsheng.core.people.forms import StartForm
from minsheng.core.people.signin import checking, client_address
from minsheng.domain.rejected import Rejected
from minsheng.gateways import clock


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """Ask for account, code and a password; set it, and go on to signing in. Which of the two was wrong is not said."""
    form = StartForm(request.POST if request.method == "POST" else None)
    if request.method == "GET":
        return _page(request, form)
    if form.is_valid() and _is_set(request, form):
        messages.success(request, _("密码已设定，请登录。"))
        return redirect("people:sign_in")
    return _page(request, form, status=422)


def _is_set(request: HttpRequest, form: StartForm) -> bool:
    now, address = clock.now(), client_address(request) or ""
    given = form.cleaned_data
    try:
        limits.check(limits.SIGN_IN_BY_ADDRESS, address, now=now)
        with checking():
            is_done = passes.set_password(given["username"], given["code"], given["new_password"], now=now)
    except Rejected as refusal:
        form.add_error(None, wording.say(refusal))
        return False
    except ValidationError as fault:
        form.add_error("new_password", fault)
        return False
    if not is_done:
        limits.hit(limits.SIGN_IN_BY_ADDRESS, address, now=now)
        form.add_error(None, _("账号或验证码不正确，或验证码已用过、已过期。请核对，或请系统管理员重新发放。"))
    return is_done


def _page(request: HttpRequest, form: StartForm, *, status: int = 200) -> HttpResponse:
    return render(request, "people/start.html", {"form": form}, status=status)
