"""Where carriers bring the text messages that people send."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from minsheng.cases.incoming import actions
from minsheng.cases.incoming.values import text_message
from minsheng.core.messages import doors
from minsheng.core.policies import queries as policies
from minsheng.gateways import clock, sms_http
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
            actions.take(text_message(each, provider=name), city=city, now=clock.now())

    return doors.answer(request, found, token, read=sms_http.read_texts, take=take)
