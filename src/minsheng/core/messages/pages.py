"""What providers of text messages tell of those that they took; each learns nothing here."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from minsheng.core.messages import doors
from minsheng.core.messages import receipts as taking
from minsheng.gateways import clock, sms_http


@csrf_exempt
@require_http_methods(["GET", "POST"])
def receipts(request: HttpRequest, provider: str) -> HttpResponse:
    """Take the receipts of a provider that sends its token; nothing else exists here."""
    found = doors.named(provider)
    if found is None or found.receipts is None:
        raise Http404
    name, token = found.name, found.receipts.token
    return doors.answer(
        request, found, token, read=sms_http.read_receipts, take=lambda told: taking.take(name, told, now=clock.now())
    )
