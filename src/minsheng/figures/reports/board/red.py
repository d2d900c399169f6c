"""Which units have red lights: counted by the worker every few seconds, once for everybody who looks.

What leaders see of it is the same for all of them: internal referrals are in nobody's numbers here (JY-12).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec

from minsheng.cases.orders.office import oversight
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.figures.reports.models import Watch

# Older than this the worker is away, and a page counts for itself.
_STALE = timedelta(minutes=2)
_MOST = 10


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with something overdue or unsigned, and its numbers by code of `oversight.FIGURES`."""

    unit: str
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Red:
    """The units with the most overdue first, and when that was."""

    units: tuple[Unit, ...]
    as_of: datetime


_decoder = msgspec.json.Decoder(Red)


def count(city: str, *, now: datetime) -> Red:
    """Return how the units stand at this moment."""
    moment = oversight.moment_of(now, rules=policies.rules_for(city, now=now))
    _total, units = oversight.standings(Actor("duty_leader"), city=city, moment=moment)
    red = [each for each in units if each.numbers["over"] or each.numbers["unsigned"]][:_MOST]
    return Red(tuple(Unit(each.unit, dict(each.numbers)) for each in red), now)


def watch(city: str, *, now: datetime) -> None:
    """Count, and keep it for the pages."""
    plain: Any = msgspec.to_builtins(count(city, now=now), str_keys=True)
    Watch.objects.update_or_create(city_id=city, defaults={"content": plain, "counted_at": now})


def seen(city: str, *, now: datetime) -> Red:
    """Return what was kept last, or count anew when that is too old."""
    row = Watch.objects.filter(city=city, counted_at__gt=now - _STALE).first()
    return _decoder.decode(msgspec.json.encode(row.content)) if row is not None else count(city, now=now)
