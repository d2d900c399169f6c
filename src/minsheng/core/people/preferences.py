"""How somebody wants to see the pages: language, light or dark, density, large type. Cookies, since they belong to a
browser and not to an account, and the page comes right from the first byte.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

Next = Callable[[HttpRequest], HttpResponse]

# What there is to choose; the first is what a new browser gets. Chinese first, whatever the browser would like.
CHOICES: Final = {
    "language": ("zh-hans", "en"),
    "theme": ("auto", "light", "dark", "contrast"),
    "density": ("normal", "compact"),
    "elder": ("off", "on"),
}
_KEPT_FOR: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Preferences:
    """One browser's choices."""

    language: str
    theme: str
    density: str
    elder: bool


def of(request: HttpRequest) -> Preferences:
    """Return the browser's choices; a cookie that says something else counts as none."""
    chosen = {
        name: kept if (kept := request.COOKIES.get(name, "")) in choices else choices[0]
        for name, choices in CHOICES.items()
    }
    return Preferences(chosen["language"], chosen["theme"], chosen["density"], chosen["elder"] == "on")


def speak(get_response: Next) -> Next:
    """Answer in the language that the browser's cookie names."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with translation.override(of(request).language):
            response = get_response(request)
            response.headers.setdefault("Content-Language", translation.get_language() or "zh-hans")
            return response

    return middleware


@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep what was chosen and go back to where one was."""
    wanted = request.POST.get("next", "")
    # Only a path of our own: what does not begin with "/" would be taken for a view's name.
    local = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    response = HttpResponseRedirect(wanted if local else "/")
    for name, choices in CHOICES.items():
        value = request.POST.get(name, "")
        if value in choices:
            response.set_cookie(
                name, value, max_age=_KEPT_FOR, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
            )
    return response
