"""Security headers on every answer, sessions that end by themselves, and forms whose texts documents can hold."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from minsheng.app.site import pages
from minsheng.cases.live import context as live
from minsheng.core.people.signin import BEGAN, EXPIRED, LEFT, SEEN
from minsheng.domain.text import cleaned

Next = Callable[[HttpRequest], HttpResponse]

_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")
# The moment of last use is written at most this often, so that reading a page does not cost a write each time.
_SEEN_EVERY_SECONDS: Final = 30


def headers(get_response: Next) -> Next:
    """Add the headers that every answer carries; nothing is cached but what says so itself.

    Source: ASVS 3.4.3, 3.4.6, 14.3.2; GB/T 22239-2019 8.1.4.10.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code == 405 and not response.content and request.method in ("GET", "HEAD"):
            allowed = response.headers.get("Allow", "")
            response = pages.not_opened(request)
            response.headers["Allow"] = allowed
        response.headers.setdefault("X-Frame-Options", "DENY")
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


class ContentPolicy(CSPMiddleware):
    """The content security policy of settings; where event streams have an origin of their own, with that, too.

    Source: ASVS 3.4.3.
    """

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        """Return the parts of the policy for one answer."""
        parts = super().get_policy_parts(request, response, report_only)
        if streams := live.origin(request):
            parts.update = {**(parts.update or {}), "connect-src": [streams]}
        return parts


def session_limits(get_response: Next) -> Next:
    """End sessions that were idle for 15 minutes or are 8 hours old, and say so on the sign-in page.

    The wall clock counts here, also where a test clock moves the business time.
    Source: GB/T 22239-2019 8.1.4.1 b.
    """
    idle = settings.SESSION_IDLE.total_seconds()
    longest = settings.SESSION_LONGEST.total_seconds()

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and auth.SESSION_KEY in request.session:
            present = time.time()
            seen = request.session.get(SEEN, 0.0)
            if present - seen > idle or present - request.session.get(BEGAN, 0.0) > longest:
                left = int(request.session[auth.SESSION_KEY])
                # Emptied under its own key, not deleted: a page asks for several things at once, and the form among
                # them must know whose it is, whichever of them met the end. Signing in changes the key.
                request.session.clear()
                request.user = AnonymousUser()
                request.session[EXPIRED] = True
                request.session[LEFT] = left
            elif present - seen > _SEEN_EVERY_SECONDS:
                request.session[SEEN] = present
        return get_response(request)

    return middleware


class CleanForms:
    """Clean the texts of every form before a view counts or keeps them; passwords are taken as they were typed.

    It acts when the view is known: a body that is too large has been refused by then, and nothing was read before.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Put cleaned texts in the place of what was sent."""
        if request.method != "POST" or request.content_type not in _FORMS:
            return
        plain = request.POST.copy()
        for name, values in plain.lists():
            if "password" not in name:
                plain.setlist(name, [cleaned(each) if isinstance(each, str) else each for each in values])
        plain._mutable = False
        request.POST = plain  # type: ignore[assignment]
