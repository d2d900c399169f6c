"""Where carriers bring the text messages that people send."""

from __future__ import annotations

import hmac

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from minsheng.cases.incoming import actions, mailbox
from minsheng.cases.incoming.values import text_message
from minsheng.core.messages import doors, mailing
from minsheng.core.policies import queries as policies
from minsheng.gateways import clock, sms_http
from minsheng.gateways.antivirus import ScannerAway
from minsheng.gateways.mail import reading
from minsheng.gateways.sms_http import Came


@csrf_exempt
@require_POST
def messages(request: HttpRequest, provider: str) -> HttpResponse:
    """Take messages of a carrier that sends its token; nothing else exists here."""
    found = doors.named(provider)
    if found is None or found.inbound is None or found.inbound.city not in {each.code for each in policies.cities()}:
        raise Http404
    name, city, token = found.name, found.inbound.city, found.inbound.token

    def take(came: list[Came]) -> None:
        for each in came:
            now = clock.now()
            actions.take(text_message(each, provider=name, now=now), city=city, now=now)

    return doors.answer(request, found, token, read=sms_http.read_texts, take=take)


@csrf_exempt
@require_POST
def mail(request: HttpRequest, pipe: str) -> HttpResponse:
    """Take a mail of a server that sends its token: the body is the mail. 503: it is to be brought again."""
    found = mailing.known()
    known = next((each for each in found.pipes if each.name == pipe), None) if found is not None else None
    given = request.headers.get("X-Token", "")
    if found is None or known is None or not hmac.compare_digest(given.encode(), known.token.encode()):
        raise Http404
    if known.city not in {each.code for each in policies.cities()}:
        raise Http404
    raw = request.read(reading.AT_MOST + 1)
    if len(raw) > reading.AT_MOST:
        return HttpResponse("too large", status=413, content_type="text/plain")
    try:
        owed = mailbox.receive(raw, city=known.city, found=found, now=clock.now())
    except ScannerAway:
        return HttpResponse("later", status=503, content_type="text/plain")
    if owed is not None:
        mailbox.acknowledge(owed, found=found, now=clock.now())
    return HttpResponse("ok", content_type="text/plain")
