"""Whether the collector outside is told of what happens: the security administrator is rung when it is not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from minsheng.core.features.values import Gauge
from minsheng.core.ledger import outward
from minsheng.core.people import alarms

LATE: Final = timedelta(minutes=5)


def gauges(now: datetime) -> Iterator[Gauge]:
    """Give the seconds since the collector was told of everything; nothing where no collector is named."""
    if settings.AUDIT_SYSLOG:
        yield Gauge("minsheng_audit_silent_seconds", "Time since the collector knew all facts.", _silent(now))


def watch(now: datetime) -> None:
    """Ring when the collector was not told for too long; once in an hour. Source: GB/T 22239-2019 8.1.4.3, 8.1.5.2."""
    if settings.AUDIT_SYSLOG and _silent(now) > LATE.total_seconds():
        alarms.count("audit_stopped", "", city="", now=now)


def _silent(now: datetime) -> float:
    since = outward.since()
    return (now - since).total_seconds() if since is not None else 10 * LATE.total_seconds()
