"""Where exchanges of the cities' own tell of calls."""

from __future__ import annotations

import hmac
import logging
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from minsheng.cases.telephony import cti as records
from minsheng.core.policies import queries as policies
from minsheng.gateways import clock
from minsheng.gateways.switch import cti
from minsheng.gateways.switch.cti import CtiMisconfigured, Vendor

logger = logging.getLogger(__name__)
_AT_MOST = 16_384


@csrf_exempt
@require_POST
def told(request: HttpRequest, token: str = "") -> HttpResponse:
    """Take what an exchange tells of a call, by its token in a header or in the address; else nothing exists here."""
    vendor = _vendor(token or request.headers.get("X-Token", "") or _bearer(request))
    if vendor is None or vendor.city not in {each.code for each in policies.cities()}:
        return _plain("not found", status=404)
    try:
        return _taken(request, vendor)
    except Exception:
        # The address is not said: it may hold the token.
        logger.exception("exchange %s: a message was not taken", vendor.name)
        return _plain("not taken", status=500)


def _taken(request: HttpRequest, vendor: Vendor) -> HttpResponse:
    body = request.read(_AT_MOST + 1)
    if len(body) > _AT_MOST:
        return _plain("too large", status=413)
    try:
        message = cti.read(body, request.content_type or "")
    except ValueError:
        return _plain("bad body", status=400)
    records.take(message, vendor=vendor, now=clock.now())
    return _plain("ok")


def _vendor(token: str) -> Vendor | None:
    try:
        known = cti.vendors(Path(settings.CTI_FILE) if settings.CTI_FILE else None)
    except CtiMisconfigured:
        return None
    return next((each for each in known if hmac.compare_digest(each.token.encode(), token.encode())), None)


def _bearer(request: HttpRequest) -> str:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _plain(words: str, *, status: int = 200) -> HttpResponse:
    answer = HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
    # Django would log the address of what is refused.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
