"""Shifts at the hotline's desks: who sits where from when to when, who does now, and at which hours nobody will.

A shift counts while its person holds a role of the hotline; which desks must have somebody at every hour says the pack
(`desks_covered`). Source: JS-1b, JS-2.3b.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import days, queries, terms
from minsheng.core.people.models import DeskShift, RoleAssignment, Staff
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import CITY_ROLES, SYSTEM, Actor
from minsheng.domain.duties import roster
from minsheng.domain.duties.roster import Span
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways import ids

# What is looked ahead for a desk that has nobody.
AHEAD: Final = timedelta(days=7)
# Longer is a slip of the date.
LONGEST: Final = timedelta(hours=24)
# Who answers at a desk: others may be on shift there, and cover nothing (JS-1b: no hour without a seat).
ANSWERING: Final = ("seat", "specialist")
# More gaps than a day can bring are not told anyway.
_LOOKED_BACK: Final = 500
_TOLD: Final = ("duty_leader", "supervisor")


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift as it is planned."""

    desk: str
    username: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Sitting:
    """A shift as lists show it. `actor`: as facts name the person."""

    id: UUID
    desk: str
    actor: str
    name: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours ahead at which nobody sits at a desk that must have somebody."""

    desk: str
    starts_at: datetime
    ends_at: datetime


@transaction.atomic
def put(city: str, shift: Shift, *, actor: Actor, now: datetime) -> UUID | None:
    """Put somebody on shift at a desk and return the shift's id, or None when it stands already.

    Raises: Rejected `unknown_account`, `term_unknown_desk`, `roster_…`, `shift_…`.
    """
    staff = Staff.objects.select_for_update(of=("self",)).filter(city=city, username=shift.username).first()
    if staff is None or not staff.is_active:
        raise Rejected("unknown_account", username=shift.username)
    _check(city, shift, now=now)
    if DeskShift.objects.filter(
        city=city, staff=staff, desk=shift.desk, starts_at=shift.starts_at, ends_at=shift.ends_at
    ).exists():
        return None
    if not _covers(_spans_of_roles(staff, CITY_ROLES), (shift.starts_at, shift.ends_at)):
        raise Rejected("shift_without_role", name=staff.display_name)
    other = DeskShift.objects.filter(staff=staff, starts_at__lt=shift.ends_at, ends_at__gt=shift.starts_at).first()
    if other is not None:
        raise Rejected(
            "shift_overlaps", name=staff.display_name, since=_said(other.starts_at), until=_said(other.ends_at)
        )
    id = ids.uuid7(now)
    DeskShift.objects.create(
        id=id, city_id=city, desk=shift.desk, staff=staff, starts_at=shift.starts_at, ends_at=shift.ends_at
    )
    body = {"shift": str(id), "desk": shift.desk, "starts_at": shift.starts_at, "ends_at": shift.ends_at}
    ledger.record(city, f"staff/{staff.pk}", "ShiftAdded", body, actor=actor, now=now)
    return id


@transaction.atomic
def take_off(city: str, id: UUID, *, actor: Actor, now: datetime) -> None:
    """Take a shift off; one that has begun ends now, what is over stays. Raises: Rejected `shift_gone`."""
    found = DeskShift.objects.select_for_update().filter(pk=id, city=city, ends_at__gt=now).first()
    if found is None:
        raise Rejected("shift_gone")
    if found.starts_at < now:
        DeskShift.objects.filter(pk=id).update(ends_at=now)
    else:
        found.delete()
    ledger.record(city, f"staff/{found.staff_id}", "ShiftRemoved", {"shift": str(id)}, actor=actor, now=now)


def between(city: str, *, since: datetime, until: datetime, desk: str = "") -> list[Sitting]:
    """Return the shifts that touch a time, at one desk or at all, in order."""
    rows = DeskShift.objects.filter(city=city, starts_at__lt=until, ends_at__gt=since)
    return _sittings(rows.filter(desk=desk) if desk else rows)


def on_shift(city: str, *, at: datetime, desk: str = "") -> list[Sitting]:
    """Return who sits at a desk, or at all of them, at a moment: in use, and in a role of the hotline that day."""
    held = RoleAssignment.objects.filter(
        queries.held_on(at.astimezone(ZONE).date()), staff=OuterRef("staff"), role__in=CITY_ROLES
    )
    rows = DeskShift.objects.filter(Exists(held), city=city, starts_at__lte=at, ends_at__gt=at, staff__is_active=True)
    return _sittings(rows.filter(desk=desk) if desk else rows)


def gaps(city: str, *, rules: Rules, since: datetime, until: datetime) -> list[Gap]:
    """Return when nobody answers at a desk that must have somebody at every hour, by desk and time. Source: JS-1b."""
    rows = DeskShift.objects.filter(
        city=city, desk__in=rules.desks_covered, starts_at__lt=until, ends_at__gt=since, staff__is_active=True
    )
    there: dict[str, list[Span]] = {desk: [] for desk in rules.desks_covered}
    for row in rows.select_related("staff").prefetch_related("staff__assignments"):
        for start, end in _spans_of_roles(row.staff, ANSWERING):
            if (begins := max(start, row.starts_at)) < (ends := min(end, row.ends_at)):
                there[row.desk].append((begins, ends))
    return [
        Gap(desk, start.astimezone(ZONE), end.astimezone(ZONE))
        for desk, spans in there.items()
        for start, end in roster.empty(spans, since=since, until=until)
    ]


@transaction.atomic
def tell_of_gaps(city: str, *, rules: Rules, now: datetime) -> list[Gap]:
    """Tell the duty leader and the supervisor of gaps ahead, each once a day; return those that are told now.

    A city that plans no shifts here is told nothing. They are counted from midnight, so that one that runs already
    is the same an hour later.
    """
    if not DeskShift.objects.filter(city=city).exists():
        return []
    today = datetime.combine(now.astimezone(ZONE).date(), time(0), ZONE)
    stream = f"desks/{city}"
    ledger.hold(stream)
    told = {
        (body["desk"], body["starts_at"])
        for event in ledger_queries.history(stream, after_version=max(0, ledger_queries.head(stream) - _LOOKED_BACK))
        if event.at >= today
        for body in [ledger_queries.content(event)]
    }
    found = [
        gap
        for gap in gaps(city, rules=rules, since=today, until=now + AHEAD)
        if gap.ends_at > now and (gap.desk, gap.starts_at.isoformat()) not in told
    ]
    for gap in found:
        params = {
            "desk": rules.desks.get(gap.desk, gap.desk),
            "since": _said(gap.starts_at),
            "until": _said(gap.ends_at),
        }
        body = {
            "desk": gap.desk,
            "starts_at": gap.starts_at.isoformat(),
            "ends_at": gap.ends_at.isoformat(),
            "notices": [{"kind": "desk_uncovered", "to": to, "params": params} for to in _TOLD],
        }
        ledger.record(city, stream, "DeskUncovered", body, actor=SYSTEM, now=now)
    return found


def _check(city: str, shift: Shift, *, now: datetime) -> None:
    if not shift.desk:
        raise Rejected("field_missing", fields=("desk",))
    terms.known_code(shift.desk, policies.rules_for(city, now=now).desks, "term_unknown_desk")
    days.check(shift.starts_at, shift.ends_at)
    if shift.ends_at <= shift.starts_at:
        raise Rejected("roster_ends_before_start")
    if shift.ends_at <= now:
        raise Rejected("roster_is_past")
    if shift.ends_at - shift.starts_at > LONGEST:
        raise Rejected("shift_too_long", most=LONGEST // timedelta(hours=1))


def _spans_of_roles(staff: Staff, roles: Iterable[str]) -> list[Span]:
    """Return when somebody holds one of the roles, as spans; without dates from the first day to the last there is."""
    wanted = frozenset(roles)
    return [
        (
            datetime.combine(row.starts_on or date(1970, 1, 1), time(0), ZONE),
            queries.end_of(row.ends_on) or datetime(2200, 1, 1, tzinfo=ZONE),
        )
        for row in staff.assignments.all()
        if row.role in wanted
    ]


def _covers(spans: Iterable[Span], wanted: Span) -> bool:
    return not roster.empty(spans, since=wanted[0], until=wanted[1])


def _sittings(rows: QuerySet[DeskShift]) -> list[Sitting]:
    return [
        Sitting(
            id=row.pk,
            desk=row.desk,
            actor=f"staff:{row.staff_id}",
            name=row.staff.display_name,
            starts_at=row.starts_at.astimezone(ZONE),
            ends_at=row.ends_at.astimezone(ZONE),
        )
        for row in rows.select_related("staff").order_by("starts_at", "desk", "staff__display_name", "id")
    ]


def _said(moment: datetime) -> str:
    return f"{moment.astimezone(ZONE):%m-%d %H:%M}"
