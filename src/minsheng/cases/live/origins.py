"""Where the stream is, and whose pages may read it: our own, from the web's port or through one proxy."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.http.request import split_domain_port, validate_host

PATH = "/live/stream"


def allowed(headers: Mapping[str, str]) -> bool:
    """Tell whether a request for the stream may come from where it says it comes from.

    A browser that asks across origins says so; one that says nothing asks within its own. Source: ASVS 3.4.2, 3.5.
    """
    host, _ = split_domain_port(headers.get("host", "").lower())
    if not host or not validate_host(host, settings.ALLOWED_HOSTS):
        return False
    origin = headers.get("origin", "")
    if not origin:
        return headers.get("sec-fetch-site", "none") in ("none", "same-origin")
    return origin in _ours(headers["host"].lower(), host)


def shared_with(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """Return the headers that let the page of an allowed origin read the answer."""
    origin = headers.get("origin", "")
    if not origin:
        return [(b"vary", b"Origin")]
    return [
        (b"vary", b"Origin"),
        (b"access-control-allow-origin", origin.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
    ]


def _ours(asked: str, host: str) -> set[str]:
    """Return the origins of our pages: the web's port on the same host, the same origin, and those configured."""
    scheme = "http" if settings.PLAIN_HTTP else "https"
    own = {f"{scheme}://{asked}", f"{scheme}://{host}:{settings.WEB_PORT}"}
    if (scheme, settings.WEB_PORT) in (("http", 80), ("https", 443)):
        own.add(f"{scheme}://{host}")
    return own | set(settings.CSRF_TRUSTED_ORIGINS)


def address(*, host: str, scheme: str) -> str:
    """Return the stream's address for a page that was asked for at `host`: a path where one proxy serves both."""
    if settings.LIVE_URL:
        return str(settings.LIVE_URL)
    if settings.BEHIND_PROXY:
        return PATH
    name, _ = split_domain_port(host)
    return f"{scheme}://{name}:{settings.LIVE_PORT}{PATH}"
