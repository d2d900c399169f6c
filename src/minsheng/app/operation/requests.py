"""Every request has an id: for log lines, for what it sets off in other processes, and for whoever reports a fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from minsheng.gateways import clock, tracing
from minsheng.gateways.ids import uuid7

HEADER: Final = "X-Request-ID"
Next = Callable[[HttpRequest], HttpResponse]


def identified(get_response: Next) -> Next:
    """Give the request its id, and the answer too. One from outside counts only where a proxy of ours sets it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "") if settings.BEHIND_PROXY else ""
        own = given if tracing.is_id(given) else str(uuid7(clock.now()))
        with tracing.belonging_to(own):
            response = get_response(request)
        response.headers[HEADER] = own
        return response

    return middleware
