"""Measures of requests for Prometheus: how long each took, how long it waited for the database, how often it asked.

The web has several processes: with PROMETHEUS_MULTIPROC_DIR (`minsheng serve` sets it) their measures lie in files of
that folder, and whichever process is asked adds them up.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from time import perf_counter
from typing import Final

from django.http import HttpRequest, HttpResponse
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from minsheng.app.site.database import base as database
from minsheng.core.features.values import Gauge
from minsheng.gateways import measuring  # noqa: F401 - before any measure is made

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
_ASKED: Final = (1, 5, 10, 20, 40, 80, 160)

_TOOK = Histogram(
    "minsheng_request_seconds", "Time of a request.", ["route", "method", "status"], buckets=_SECONDS
)  # fmt: skip
_WAITED = Histogram(
    "minsheng_request_database_seconds", "Time that a request waited for the database.", ["route"], buckets=_SECONDS
)  # fmt: skip
_ASKS = Histogram(
    "minsheng_request_database_asked", "How often a request waited for the database.", ["route"], buckets=_ASKED
)  # fmt: skip
Next = Callable[[HttpRequest], HttpResponse]


def measured(get_response: Next) -> Next:
    """Measure every request by its route: the name of the address, never the address itself."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began, before = perf_counter(), database.asked()
        response = get_response(request)
        asked = database.asked()
        route = request.resolver_match.view_name if request.resolver_match else ""
        route, method = route or "none", request.method if request.method in ("GET", "POST") else "other"
        # A full disk has no room for a new measure: then it is left out, and nothing else.
        with suppress(OSError):
            _TOOK.labels(route, method, f"{response.status_code // 100}xx").observe(perf_counter() - began)
            _WAITED.labels(route).observe(asked.seconds - before.seconds)
            _ASKS.labels(route).observe(asked.times - before.times)
        return response

    return middleware


def exposition(gauges: list[Gauge]) -> bytes:
    """Return all measures, and the gauges beside them, in the form that Prometheus reads."""
    registry = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    beside = CollectorRegistry()
    beside.register(_Beside(gauges))
    return generate_latest(registry) + generate_latest(beside)


class _Beside(Collector):
    """Gauges of this moment, families together."""

    def __init__(self, gauges: list[Gauge]) -> None:
        self._gauges = gauges

    def collect(self) -> Iterator[Metric]:
        """Give a family for each name."""
        families: dict[str, GaugeMetricFamily] = {}
        for each in self._gauges:
            names = sorted(each.labels)
            family = families.setdefault(each.name, GaugeMetricFamily(each.name, each.says, labels=names))
            family.add_metric([each.labels[name] for name in names], each.value)
        yield from families.values()
