"""What a page asks by script: the signals since a number where no stream gets through, and who looks at what."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from minsheng import wording
from minsheng.cases.live import actions, queries, sessions
from minsheng.cases.live.models import Presence
from minsheng.core.features import queries as features
from minsheng.core.people import audiences
from minsheng.core.people.gates import thing_desk
from minsheng.core.people.queries import Person
from minsheng.gateways import clock

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, Person, P], HttpResponse]


def unprolonged(page: Page[P]) -> Page[P]:
    """Let a request that a script makes by itself be no use of the session, or no session would ever be idle.

    A page that is told of a person's input says so and prolongs it. Source: GB/T 22239-2019 8.1.4.1 b.
    """

    @wraps(page)
    def view(request: HttpRequest, person: Person, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        response = page(request, person, *args, **kwargs)
        if "active" not in request.POST:
            # All that was written to it is the moment of its last use (`site.middleware.session_limits`).
            request.session.modified = False
        return response

    return view


@require_safe
@thing_desk
@unprolonged
def since(request: HttpRequest, person: Person) -> HttpResponse:
    """Answer the signals to me after a number; without one, only where the numbers stand.

    409 to a page that was made for the same session in another role: what is told now is not for it.
    """
    if request.GET.get("for", "") not in ("", sessions.name_of(person)):
        return JsonResponse({"error": _("当前岗位已切换，请刷新页面。")}, status=409)
    asked = request.GET.get("id", "")
    if not asked:
        return JsonResponse({"last": queries.newest(), "reload": False, "events": []})
    if not (asked.isdecimal() and asked.isascii() and len(asked) < 19):
        return JsonResponse({"error": _("编号格式不对，请刷新页面。")}, status=422)
    missed = queries.since(int(asked), city=person.city, audiences=audiences.of_actor(person.actor))
    return JsonResponse(
        {
            "last": missed.upto,
            "reload": missed.reload,
            "events": [
                {"id": each.id, "kind": each.kind, "order": each.order, "version": each.version}
                for each in missed.events
            ],
        }
    )


@require_POST
@thing_desk
@unprolonged
def presence(request: HttpRequest, person: Person) -> HttpResponse:
    """Note that I have the thing of a stream before me, or (`leave`) no longer; answer who else has.

    Source: nobody for whom it does not exist is told that it does, or learns who works on it (JY-12).
    """
    stream, now = request.POST.get("stream", ""), clock.now()
    if "\0" in stream or not features.exists_for(person.actor, stream, city=person.city):
        raise Http404
    if "leave" in request.POST:
        actions.leave(stream, person=person, now=now)
        return JsonResponse({"others": []})
    if request.POST.get("active") == "1":
        features.attended(stream, by=person.actor, now=now)
    actions.look(stream, person=person, typing=request.POST.get("typing") == "1", now=now)
    others = queries.present(stream, city=person.city, but=person.id, now=now)
    return JsonResponse({"others": [{"text": _sentence(each), "typing": each.typing} for each in others]})


def _sentence(other: Presence) -> str:
    who = {"name": other.name, "role": wording.ROLES.get(other.role, other.role)}
    return _("%(name)s（%(role)s）正在填写") % who if other.typing else _("%(name)s（%(role)s）正在查看") % who
