"""Where WeChat, WeCom and Alipay bring what people write: answered within five seconds, else by another message."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from minsheng.core.policies import queries as policies
from minsheng.gateways import clock
from minsheng.gateways.wechat import doors, file, xml
from minsheng.gateways.wechat.api import BYTES_AT_MOST
from minsheng.gateways.wechat.values import Account, NotTheirs
from minsheng.public.talks import actions, errands

_log = logging.getLogger(__name__)

# Seconds after which nobody waits for the answer any more, a little less than the platforms say.
PATIENCE: Final = 4.5


@csrf_exempt
@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, account: str) -> HttpResponse:
    """Take what an account's platform brings and proves to be its; nothing else exists here."""
    began = time.monotonic()
    found = file.named(Path(settings.WECHAT_FILE) if settings.WECHAT_FILE else None, account)
    if found is None or found.city not in {each.code for each in policies.cities() if each.active}:
        raise Http404
    try:
        if request.method == "GET":
            return _plain(doors.echo(found, request.GET.dict(), now=clock.now()))
        return _taken(request, found, began)
    except NotTheirs as fault:
        # Neither the address nor the body is said: both may hold a person.
        _log.warning("account %s: a request that is not taken: %s", found.name, fault.args[0])
        return _plain("not taken", status=403)


def _taken(request: HttpRequest, account: Account, began: float) -> HttpResponse:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit() or int(length[:12]) > xml.BODY_AT_MOST:
        return _plain("too long", status=413)
    now = clock.now()
    try:
        body = request.body
    except RawPostDataException as fault:
        # A form with files has been read as one already; no platform sends such.
        raise NotTheirs("multipart") from fault
    asked = doors.asked(account, request.GET.dict(), body, now=now)
    words = actions.take(account, asked, now=now)
    fits = doors.says_at_once(account) and len(words.encode()) <= BYTES_AT_MOST
    if words and (not fits or time.monotonic() - began > PATIENCE):
        errands.say(account, asked.said.person, words, now=now)
        words = ""
    answer = doors.answered(account, asked, words, now=now)
    return HttpResponse(answer.body, content_type=answer.kind)


def _plain(words: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
