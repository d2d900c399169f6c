"""What the base template must know for `live.js`: attributes of `<body>`, and the origin for the content policy."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.urls import reverse

from minsheng.cases.live import origins, queries, sessions
from minsheng.core.people import gates
from minsheng.core.people.permissions import sees_things

# Seconds between looks where no stream gets through. Whom calls and emergencies reach looks often.
_POLL_OFTEN, _POLL = 5, 60
_PRESSED = ("seat", "dispatcher", "duty_leader")


def stream(request: HttpRequest) -> dict[str, Any]:
    """Return `live`: the values of the body's data-live attributes; None for a page of nobody at a desk."""
    person = gates.person_of(request) if hasattr(request, "user") else None
    if person is None or not person.acknowledged or not sees_things(person.acting_as):
        return {"live": None}
    return {
        "live": {
            "url": origins.address(host=request.get_host(), scheme=request.scheme or "http"),
            "since": queries.newest(),
            "person": sessions.name_of(person),
            "poll": _POLL_OFTEN if person.acting_as in _PRESSED else _POLL,
            "poll_url": reverse("live:since"),
            "presence_url": reverse("live:presence"),
        }
    }


def origin(request: HttpRequest) -> str:
    """Return the stream's origin for `connect-src`, empty where it is the page's own.

    A worker obeys the policy that came with its own script: the answer with `live-worker.js` needs it, too.
    """
    try:
        host = request.get_host()
    except DisallowedHost:
        # The answer to such a request is a refusal, and it too carries a policy.
        return ""
    parts = urlsplit(origins.address(host=host, scheme=request.scheme or "http"))
    found = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return "" if found == f"{request.scheme}://{host}" else found
