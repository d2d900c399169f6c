"""What providers of text messages tell us; each knows a token of its own, and learns nothing here."""

from __future__ import annotations

import hmac
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from minsheng.core.messages import receipts as taking
from minsheng.gateways import clock, sms_http


@csrf_exempt
@require_POST
def receipts(request: HttpRequest, provider: str) -> HttpResponse:
    """Take the receipts of a provider that sends its token, in the address or as a header; nothing else exists here."""
    found = sms_http.named(Path(settings.SMS_FILE) if settings.SMS_FILE else None, provider)
    given = request.headers.get("X-Token") or request.GET.get("token", "")
    if found is None or found.receipts is None:
        raise Http404
    if not hmac.compare_digest(given.encode(), found.receipts.token.encode()):
        raise Http404
    try:
        told = list(sms_http.read_receipts(found, request.body, request.content_type or ""))
    except (ValueError, UnicodeDecodeError):
        return HttpResponse("bad body", status=400, content_type="text/plain; charset=utf-8")
    taking.take(found.name, told, now=clock.now())
    return HttpResponse("ok", content_type="text/plain; charset=utf-8")
