"""How a provider of text messages comes in: by its name and a token of its own, in the address or as a header."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse

from minsheng.gateways import sms_http
from minsheng.gateways.sms_http import Provider

T = TypeVar("T")


def named(provider: str) -> Provider | None:
    """Return what the installation's file says of a provider; None for one that it does not name."""
    return sms_http.named(Path(settings.SMS_FILE) if settings.SMS_FILE else None, provider)


def answer(
    request: HttpRequest,
    provider: Provider,
    token: str,
    *,
    read: Callable[[Provider, bytes, str], Iterable[T]],
    take: Callable[[list[T]], object],
) -> HttpResponse:
    """Take all that the body says, or nothing of it; of a GET, as some providers send, what the address says.

    Raises: Http404 where the token is another.
    """
    given = request.headers.get("X-Token") or request.GET.get("token", "")
    if not hmac.compare_digest(given.encode(), token.encode()):
        raise Http404
    body, kind = request.body, request.content_type or ""
    if request.method == "GET":
        body, kind = request.META["QUERY_STRING"].encode(), "form"
    try:
        told = list(read(provider, body, kind))
    except ValueError:
        return _plain("bad body", status=400)
    take(told)
    return _plain("ok")


def _plain(words: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
