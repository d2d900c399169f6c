"""Where carriers bring the text messages that people send; each knows a token of its own."""

from __future__ import annotations

import hmac
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from minsheng.cases.incoming import actions
from minsheng.core.policies import queries as policies
from minsheng.gateways import clock, sms_http


def _cities() -> set[str]:
    return {each.code for each in policies.cities()}


@csrf_exempt
@require_POST
def messages(request: HttpRequest, provider: str) -> HttpResponse:
    """Take messages of a carrier that sends its token, in the address or as a header; nothing else exists here."""
    found = sms_http.named(Path(settings.SMS_FILE) if settings.SMS_FILE else None, provider)
    if found is None or found.inbound is None or found.inbound.city not in _cities():
        raise Http404
    given = request.headers.get("X-Token") or request.GET.get("token", "")
    if not hmac.compare_digest(given.encode(), found.inbound.token.encode()):
        raise Http404
    try:
        came = list(sms_http.read_texts(found, request.body, request.content_type or ""))
    except (ValueError, UnicodeDecodeError):
        return HttpResponse("bad body", status=400, content_type="text/plain; charset=utf-8")
    for each in came:
        actions.take(each, city=found.inbound.city, provider=found.name, now=clock.now())
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")
