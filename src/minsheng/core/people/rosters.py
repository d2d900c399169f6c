"""A unit's own roster: who may keep it, what an entry must be, a week of it, and which units have nobody.

Writing is `actions.put_on_roster` and `take_off_roster`; files are `roster_files`. Source: SZ-9b, SQ-11, JY-10.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, days, queries, vault
from minsheng.core.people.models import Roster, Unit
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.duties.roster import Span, uncovered
from minsheng.domain.rejected import Rejected
from minsheng.domain.text import cleaned, is_blank
from minsheng.domain.worktime import WorkTime

# What is looked ahead for a unit that has nobody.
AHEAD: Final = timedelta(days=7)
# Longer than a month is a slip of the year or of the month.
LONGEST: Final = timedelta(days=31)
NAME_AT_MOST: Final = 50


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be put on a roster."""

    starts_at: datetime
    ends_at: datetime
    person: str
    phone: str
    substitute: str = ""
    substitute_phone: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """An entry as it stands on the roster."""

    id: UUID
    starts_at: datetime
    ends_at: datetime
    person: str
    phone: str | None
    substitute: str
    substitute_phone: str | None


@dataclass(frozen=True, slots=True)
class Lack:
    """A unit with nobody on duty for some hours ahead: from when first, for how long in all; `empty`: for all of it."""

    unit: str
    empty: bool
    first: Span
    length: timedelta


def put(city: str, entry: Entry, *, unit: str, actor: Actor, now: datetime) -> UUID | None:
    """Put an entry on the unit's roster and return its id, or None when it stands there already.

    Raises: Rejected `not_your_role`, `field_missing`, `roster_…`; BadPhone, UnknownUnit.
    """
    _keeper(actor, unit)
    entry = checked(city, entry, now=now)
    with transaction.atomic():
        actions.locked_unit(city, unit)
        if stands(city, entry, unit=unit):
            return None
        return actions.put_on_roster(
            city,
            unit=unit,
            person=entry.person,
            phone=entry.phone,
            starts_at=entry.starts_at,
            ends_at=entry.ends_at,
            substitute=entry.substitute,
            substitute_phone=entry.substitute_phone,
            actor=actor,
            now=now,
        )


def take_off(city: str, entry: UUID, *, unit: str, actor: Actor, now: datetime) -> None:
    """Take an entry off the unit's roster; one that has begun ends now. Raises: Rejected."""
    _keeper(actor, unit)
    if not actions.take_off_roster(entry, city=city, unit=unit, actor=actor, now=now):
        raise Rejected("roster_gone")


def checked(city: str, entry: Entry, *, now: datetime) -> Entry:
    """Return the entry as it is kept. Raises: Rejected, BadPhone."""
    entry = replace(
        entry,
        starts_at=entry.starts_at.replace(second=0, microsecond=0),
        ends_at=entry.ends_at.replace(second=0, microsecond=0),
        person=cleaned(entry.person).strip(),
        substitute=cleaned(entry.substitute).strip(),
    )
    if is_blank(entry.person):
        raise Rejected("field_missing", fields=("roster_person",))
    if is_blank(entry.phone):
        raise Rejected("field_missing", fields=("roster_phone",))
    if any(len(name) > NAME_AT_MOST for name in (entry.person, entry.substitute)):
        raise Rejected("roster_name_too_long", most=NAME_AT_MOST)
    if entry.substitute_phone and is_blank(entry.substitute):
        raise Rejected("field_missing", fields=("roster_substitute",))
    if entry.substitute and is_blank(entry.substitute_phone):
        raise Rejected("field_missing", fields=("roster_substitute_phone",))
    days.check(entry.starts_at, entry.ends_at)
    if entry.ends_at <= entry.starts_at:
        raise Rejected("roster_ends_before_start")
    if entry.ends_at <= now:
        raise Rejected("roster_is_past")
    if entry.ends_at - entry.starts_at > LONGEST:
        raise Rejected("roster_too_long", most=LONGEST.days)
    return replace(
        entry,
        phone=vault.phone_in(city, entry.phone),
        substitute_phone=vault.phone_in(city, entry.substitute_phone) if entry.substitute_phone else "",
    )


def stands(city: str, entry: Entry, *, unit: str) -> bool:
    """Tell whether the same entry (already checked) stands on the unit's roster."""
    rows = Roster.objects.filter(
        unit__city=city,
        unit__name=unit,
        starts_at=entry.starts_at,
        ends_at=entry.ends_at,
        person=entry.person,
        substitute=entry.substitute,
    )
    wanted = (entry.phone, entry.substitute_phone or None)
    return any((shift.phone, shift.substitute_phone) == wanted for shift in map(_shift, rows))


def between(city: str, *, unit: str, since: datetime, until: datetime) -> list[Shift]:
    """Return the unit's shifts that touch a time, in order."""
    rows = Roster.objects.filter(unit__city=city, unit__name=unit, starts_at__lt=until, ends_at__gt=since)
    return [_shift(row) for row in rows.order_by("starts_at", "ends_at", "id")]


def lack_of(shifts: Sequence[Span], *, unit: str, worktime: WorkTime, now: datetime) -> Lack | None:
    """Return what the unit lacks in the days ahead, or None."""
    open_spans = uncovered(shifts, since=now, until=now + AHEAD, worktime=worktime)
    if not open_spans:
        return None
    length = sum((end - start for start, end in open_spans), timedelta(0))
    return Lack(unit, empty=not shifts, first=open_spans[0], length=length)


def lacking(city: str, *, worktime: WorkTime, now: datetime, unit: str | None = None) -> list[Lack]:
    """Return the units in force that lack somebody in the days ahead: those without anybody first, then by name.

    Source: SZ-9b, SZ-43.6, SQ-11, JY-10.5.
    """
    today = now.astimezone(ZONE).date()
    units = Unit.objects.filter(Q(joined_on__lte=today), Q(left_on=None) | Q(left_on__gt=today), city=city)
    if unit is not None:
        units = units.filter(name=unit)
    spans: dict[str, list[Span]] = {name: [] for name in units.order_by("name").values_list("name", flat=True)}
    rows = Roster.objects.filter(unit__in=units, starts_at__lt=now + AHEAD, ends_at__gt=now)
    for name, start, end in rows.annotate(of=F("unit__name")).values_list("of", "starts_at", "ends_at"):
        spans[name].append((start, end))
    found = [lack_of(shifts, unit=name, worktime=worktime, now=now) for name, shifts in spans.items()]
    return sorted((each for each in found if each is not None), key=lambda lack: (not lack.empty, lack.unit))


def _keeper(actor: Actor, unit: str) -> None:
    """Let the unit's officers and the installation's own command keep a roster, nobody else."""
    if actor == SYSTEM:
        return
    if actor.role != "officer":
        raise Rejected("not_your_role", role=actor.role)
    if actor.unit != unit:
        raise Rejected("roster_not_your_unit", unit=unit)


def _shift(row: Roster) -> Shift:
    return Shift(
        id=row.pk,
        starts_at=row.starts_at.astimezone(ZONE),
        ends_at=row.ends_at.astimezone(ZONE),
        person=row.person,
        phone=queries.shown_value(row.phone_enc, owner=f"roster/{row.pk}"),
        substitute=row.substitute,
        substitute_phone=queries.shown_value(
            row.substitute_phone_enc, owner=f"roster/{row.pk}", field="substitute_phone"
        ),
    )
