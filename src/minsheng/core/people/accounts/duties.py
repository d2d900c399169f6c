"""Duties of somebody who leaves: shifts at the hotline's desks, and shifts on their unit's roster."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, shifts
from minsheng.core.people.accounts.leaving import Work
from minsheng.core.people.models import DeskShift, Roster, Staff
from minsheng.core.people.shifts import Shift
from minsheng.domain.actors import Actor


def _shifts(city: str, staff: int, now: datetime) -> list[str]:
    rows = DeskShift.objects.filter(city=city, staff=staff, ends_at__gt=now).order_by("starts_at")
    return [_said(row.starts_at, row.ends_at) for row in rows]


def _hand_over_shifts(staff: int, to: int | None, *, city: str, actor: Actor, now: datetime) -> None:
    heir = Staff.objects.get(pk=to) if to is not None else None
    for row in DeskShift.objects.filter(city=city, staff=staff, ends_at__gt=now).order_by("starts_at"):
        shifts.take_off(city, row.pk, actor=actor, now=now)
        if heir is not None:
            taken = Shift(row.desk, heir.username, max(row.starts_at, now), row.ends_at)
            shifts.put(city, taken, actor=actor, now=now)


def _rosters(city: str, staff: int, now: datetime) -> list[str]:
    return [_said(row.starts_at, row.ends_at) for row in _on_roster(city, staff, now)]


def _take_off_rosters(staff: int, to: int | None, *, city: str, actor: Actor, now: datetime) -> None:
    for row in _on_roster(city, staff, now):
        actions.take_off_roster(row.pk, city=city, unit=row.unit.name, actor=actor, now=now)


def _on_roster(city: str, staff: int, now: datetime) -> list[Roster]:
    """Return the shifts of the unit's roster that name the person: a roster knows names, not accounts."""
    row = Staff.objects.filter(pk=staff, city=city, unit__isnull=False).first()
    if row is None:
        return []
    found = Roster.objects.filter(unit=row.unit, person=row.display_name, ends_at__gt=now)
    return list(found.select_related("unit").order_by("starts_at"))


def _said(start: datetime, end: datetime) -> str:
    return f"{start.astimezone(ZONE):%m-%d %H:%M} – {end.astimezone(ZONE):%m-%d %H:%M}"


SHIFTS: Final = Work(
    "shifts",
    gettext_noop("席位排班"),
    _shifts,
    _hand_over_shifts,
    taken=gettext_noop("由接手人当班"),
    alone=gettext_noop("取消，席位空缺会列在值班页"),
)
ROSTERS: Final = Work(
    "rosters",
    gettext_noop("单位值班"),
    _rosters,
    _take_off_rosters,
    taken=gettext_noop("取消，由单位另行排班"),
    alone=gettext_noop("取消，由单位另行排班"),
    of_unit=True,
)
