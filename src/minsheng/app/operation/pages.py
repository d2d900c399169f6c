"""What Prometheus reads, and the page that tells an office in plain words how the platform stands."""

from __future__ import annotations

from datetime import datetime
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from minsheng.app.operation import measures, standing
from minsheng.app.operation.feature import READERS
from minsheng.app.site.database.base import within
from minsheng.core.features import queries as features
from minsheng.core.features.values import Gauge
from minsheng.core.people.gates import signed_in
from minsheng.core.people.queries import Person
from minsheng.core.people.signin import client_address
from minsheng.gateways import clock

# Prometheus asks every 15 s or so, and gives up after ten.
_WITHIN_SECONDS: Final = 6.0
_UP: Final = ("minsheng_database_up", "1 when the database answered this request.")


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Give all measures to who may read them, and to others as if there were no such page.

    With the database away the web's own measures are given, and `minsheng_database_up 0`.
    """
    if not _may_measure(request):
        raise Http404
    try:
        with within(_WITHIN_SECONDS):
            found = [*_gauges(clock.now()), Gauge(*_UP, 1)]
    except (DatabaseError, InterfaceError):
        found = [Gauge(*_UP, 0)]
    return HttpResponse(measures.exposition(found), content_type=measures.CONTENT_TYPE)


@require_safe
@signed_in
def status(request: HttpRequest, person: Person) -> HttpResponse:
    """Show how the platform stands."""
    if person.acting_as not in READERS:
        raise PermissionDenied("no reader of the status")
    now = clock.now()
    lines = standing.lines(_gauges(now))
    context = {"lines": lines, "wrong": sum(not line.is_good for line in lines), "now": now}
    return render(request, "operation/status.html", context)


def _gauges(now: datetime) -> list[Gauge]:
    return [gauge for gauges in features.gauges() for gauge in gauges(now)]


def _may_measure(request: HttpRequest) -> bool:
    """Tell whether the caller's address is on the list.

    What a proxy passes on comes from this machine too: without `BEHIND_PROXY` nobody knows from whom, so it is refused.
    """
    address = client_address(request)
    if address is None or (not settings.BEHIND_PROXY and "HTTP_X_FORWARDED_FOR" in request.META):
        return False
    try:
        return any(ip_address(address) in network for network in settings.METRICS_FROM)
    except ValueError:
        return False
