"""What scripts ask for while somebody types: keep it, give it back, forget it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from minsheng.core.drafts import typed, unsent
from minsheng.core.ledger.values import ZONE
from minsheng.core.people.gates import left, signed_in
from minsheng.core.people.queries import Person
from minsheng.gateways import clock

_FORMS_OF_A_PAGE = 30


@sensitive_post_parameters()
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep what was typed so far; after the session has ended, too, for whoever had it. Source: JY-8d, SZ-26."""
    staff = request.user.pk if request.user.is_authenticated else left(request)
    if staff is None:
        said = _("登录已失效。已填的内容仍在本页，请在新窗口登录后继续。")
        return JsonResponse({"said": said, "kept": False}, status=401)
    if not typed.is_theirs(request, staff):
        said = _("现在登录的是另一人，没有自动保存。已填的内容仍在本页，请由原来的人登录后继续。")
        return JsonResponse({"said": said, "kept": False}, status=401)
    kept = typed.keep(request, staff)
    if not request.user.is_authenticated:
        said = _("登录已失效，已填的内容已保存，重新登录后可以恢复。")
        return JsonResponse({"said": said if kept else "", "kept": kept}, status=401)
    at = _at(clock.now())
    return JsonResponse({"said": _("已自动保存 %(at)s") % {"at": at} if kept else ""})


@require_safe
@signed_in
def kept(request: HttpRequest, person: Person) -> HttpResponse:
    """Give back what the person typed into the forms of a page and has not handed in."""
    found = {}
    for form in request.GET.getlist("form")[:_FORMS_OF_A_PAGE]:
        held = unsent.of(person.id, form, now=clock.now()) if unsent.fits(form, {}) else None
        if held is not None:
            at = f"{held.saved_at.astimezone(ZONE):%m-%d %H:%M}"
            said = _("%(at)s 填写的内容没有提交，重新填写会替换它。") % {"at": at}
            found[form] = {"said": said, "fields": held.fields}
    return JsonResponse(found)


@require_safe
@signed_in
def token(request: HttpRequest, person: Person) -> HttpResponse:
    """Give a page, whose token is of an earlier signing in, the one of now, and say whose it is."""
    return JsonResponse({"token": get_token(request), "person": str(person.id)})


@require_safe
@signed_in
def taken(request: HttpRequest, person: Person) -> HttpResponse:
    """Say which showings of forms were handed in: what a tab has kept of them is of no use any more."""
    asked = list(zip(request.GET.getlist("form"), request.GET.getlist("key"), strict=False))[:_FORMS_OF_A_PAGE]
    return JsonResponse({"taken": [form for form, key in asked if _is_taken(person, form, key)]})


@require_POST
@signed_in
def drop(request: HttpRequest, _person: Person) -> HttpResponse:
    """Forget what was typed into a form."""
    typed.taken(request)
    return HttpResponse(status=204)


def _is_taken(person: Person, form: str, key: str) -> bool:
    try:
        return unsent.fits(form, {}) and unsent.is_taken(person.id, form, key=UUID(key))
    except ValueError:
        return False


def _at(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%H:%M:%S}"
