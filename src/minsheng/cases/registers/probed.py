"""Outages that a probe has seen from outside, put on record as incidents of the platform. Source: AR-2.6.3."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from minsheng.cases.registers.actions import INCIDENTS
from minsheng.core.ledger import actions as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.domain.actors import SYSTEM
from minsheng.domain.availability import Outage
from minsheng.domain.registers import incident


def record(city: str, outages: Iterable[Outage], *, level: str, severity: str, now: datetime) -> int:
    """Put outages that are over on record, but those that stand there; return how many are new. Raises: Rejected."""
    new = 0
    for each in outages:
        with transaction.atomic():
            # Two that read one file at once: the second finds the first's.
            ledger.hold(f"probed {city}")
            if INCIDENTS.rows_in(city, began_at=each.began).exists():
                continue
            _record(city, each, level=level, severity=severity, now=now)
            new += 1
    return new


def _record(city: str, outage: Outage, *, level: str, severity: str, now: datetime) -> None:
    opens = INCIDENTS.opens
    assert opens is not None
    said = f"外部探测连续 {outage.misses} 次没有应答"
    report = incident.ReportIncident(level=level, severity=severity, began=outage.began, text=said)
    begun = lifecycles.begin(INCIDENTS, report, city=city, by=SYSTEM, now=now, made=lambda id: opens(id, city))
    end = incident.EndIncident(ended=outage.ended, cause="待查明")
    lifecycles.apply(INCIDENTS, begun.id, end, city=city, by=SYSTEM, now=now)
