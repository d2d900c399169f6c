"""Faults of the program, reported to an error tracker that the office runs itself, by the protocol of Sentry.

Without a DSN nothing is sent. What is sent says where the program failed: no address, no form, no cookie, no local
variable, and of an exception's words what `domain.covering` leaves.
"""

from __future__ import annotations

import logging
from typing import Any, Final

import sentry_sdk
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

from minsheng.app.operation.logs import mask
from minsheng.domain.covering import covered
from minsheng.gateways import tracing

# Of what the library gathers, these parts alone leave the house.
_KEPT: Final = ("event_id", "timestamp", "level", "logger", "platform", "release", "environment", "transaction",
                "exception", "logentry", "server_name", "sdk", "tags")  # fmt: skip
# What a function was called with would be personal.
_OF_A_FRAME: Final = ("filename", "function", "lineno", "module", "in_app", "abs_path")


def report_to(dsn: str, *, release: str, environment: str) -> None:
    """Report from now on what is logged as an error; does nothing without a DSN."""
    if not dsn:
        return
    sentry_sdk.init(
        dsn=dsn,
        release=release,
        environment=environment,
        include_local_variables=False,
        include_source_context=False,
        max_request_body_size="never",
        max_breadcrumbs=0,
        auto_enabling_integrations=False,
        integrations=[
            DjangoIntegration(middleware_spans=False),
            LoggingIntegration(level=None, event_level=logging.ERROR),
        ],
        before_send=stripped,  # type: ignore[arg-type]
    )


def stripped(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Return what of a fault leaves the house."""
    kept: dict[str, Any] = {name: event[name] for name in _KEPT if name in event}
    for each in kept.get("exception", {}).get("values", ()):
        each["value"] = _plain(each.get("value"))
        frames = (each.get("stacktrace") or {}).get("frames", [])
        if frames:
            each["stacktrace"] = {"frames": [{name: f[name] for name in _OF_A_FRAME if name in f} for f in frames]}
    if "logentry" in kept:
        # The sentence as it stands in the program; what was put into it stays here.
        kept["logentry"] = {"message": _plain(kept["logentry"].get("message"))}
    if request := tracing.current():
        kept["tags"] = {**kept.get("tags", {}), "request": request}
    return kept


def _plain(words: object) -> str:
    return mask(covered(str(words or "")))
