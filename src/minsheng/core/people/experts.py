"""Experts: nominated by a unit for fields and a term, offered while the term lasts, ended by the clock.

Names and telephones stand in the table, telephones sealed; the ledger knows field, unit and days. Whoever wants to call
one reads the telephone with a reason, on record. Source: JS-2.1d, JS-2.2d, SZ-8b, SZ-31a.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import actions, appellants, days, openings, queries, vault
from minsheng.core.people.models import Expert
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.domain.text import cleaned, is_blank
from minsheng.domain.worktime import Amount
from minsheng.gateways import ids

NAME_AT_MOST: Final = 50
# JS-2.2d: terms are looked at every year; longer than five is a slip of the year.
LONGEST: Final = timedelta(days=5 * 366)
REMINDED: Final = Amount(10, "WD")
# Whom a seat's question about a matter leads to an expert, and who keeps the list with the units.
READERS: Final = ("seat", "specialist", "dispatcher", "supervisor", "duty_leader", "office")
_REASON_AT_LEAST: Final = 2


@dataclass(frozen=True, slots=True)
class Nomination:
    """Who is to be an expert for what, from a day up to and with a last one, and which unit answers for it."""

    name: str
    fields: tuple[str, ...]
    unit: str
    starts_on: date
    ends_on: date
    phone: str
    organization: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """An expert as lists show them: no telephone."""

    id: UUID
    name: str
    fields: tuple[str, ...]
    unit: str
    organization: str
    starts_on: date
    ends_on: date


@transaction.atomic
def nominate(city: str, given: Nomination, *, actor: Actor, now: datetime) -> UUID | None:
    """Enter an expert and return the id, or None when the same stands already.

    Raises: Rejected `field_missing`, `not_your_role`, `expert_…`, `term_…`; BadPhone, UnknownUnit.
    """
    given = _checked(city, given, now=now)
    _keeper(actor, given.unit)
    unit = actions.locked_unit(city, given.unit)
    if unit.left_on is not None and unit.left_on <= now.astimezone(ZONE).date():
        raise Rejected("unit_has_left", unit=given.unit)
    meeting = Expert.objects.filter(
        city=city, nominated_by=unit, name=given.name, starts_on__lte=given.ends_on, ends_on__gte=given.starts_on
    )
    for row in meeting:
        if _same(row, given):
            return None
        raise Rejected("expert_term_meets", name=given.name, since=str(row.starts_on), until=str(row.ends_on))
    id = ids.uuid7(now)
    Expert.objects.create(
        id=id,
        city_id=city,
        name=given.name,
        fields=list(given.fields),
        organization=given.organization,
        nominated_by=unit,
        starts_on=given.starts_on,
        ends_on=given.ends_on,
        phone_enc=vault.encrypt(given.phone, owner=f"expert/{id}", field="phone"),
    )
    body = {
        "fields": list(given.fields),
        "unit": given.unit,
        "starts_on": given.starts_on,
        "ends_on": given.ends_on,
    }
    ledger.record(city, f"expert/{id}", "ExpertNominated", body, actor=actor, now=now)
    return id


@transaction.atomic
def end(city: str, id: UUID, *, last: date, actor: Actor, now: datetime) -> None:
    """Let a term end with another last day, today at the earliest. Raises: Rejected `expert_…`, `day_out_of_range`."""
    today = now.astimezone(ZONE).date()
    row = Expert.objects.select_for_update(of=("self",)).filter(pk=id, city=city, ends_on__gte=today).first()
    if row is None:
        raise Rejected("expert_gone")
    _keeper(actor, row.nominated_by.name)
    _check_term(row.starts_on, last, now=now)
    # Nobody enters another term of this expert meanwhile.
    unit = actions.locked_unit(city, row.nominated_by.name)
    others = Expert.objects.filter(city=city, nominated_by=unit, name=row.name, starts_on__lte=last).exclude(pk=id)
    # A term that is cut meets no other that it did not meet before.
    other = others.filter(ends_on__gte=row.starts_on).first() if last > row.ends_on else None
    if other is not None:
        raise Rejected("expert_term_meets", name=row.name, since=str(other.starts_on), until=str(other.ends_on))
    Expert.objects.filter(pk=id).update(ends_on=last)
    ledger.record(city, f"expert/{id}", "ExpertTermSet", {"ends_on": last}, actor=actor, now=now)


def in_term(city: str, *, on: date, field: str = "") -> list[Known]:
    """Return the experts of a day, for a field or for all, by field and name."""
    rows = Expert.objects.filter(city=city, starts_on__lte=on, ends_on__gte=on)
    if field:
        rows = rows.filter(fields__contains=[field])
    return [_known(row) for row in rows.select_related("nominated_by").order_by("fields", "name", "id")]


def all_of(city: str) -> list[Known]:
    """Return every expert there is, was or will be, the latest term first."""
    rows = Expert.objects.filter(city=city).select_related("nominated_by")
    return [_known(row) for row in rows.order_by("-ends_on", "name", "id")]


def fields(city: str, *, on: date) -> list[str]:
    """Return the fields for which there is an expert on a day."""
    return sorted({field for known in in_term(city, on=on) for field in known.fields})


def telephone(city: str, id: UUID, *, reason: str, actor: Actor, now: datetime) -> str:
    """Return an expert's telephone; who read it and why is a fact, and counts as an opening of personal data.

    Raises: Rejected `not_your_role`, `reveal_reason_missing`, `expert_gone`, `openings_used_up`; ReasonNamesIdentity.
    """
    if actor != SYSTEM and actor.role not in READERS:
        raise Rejected("not_your_role", role=actor.role)
    if len(reason.strip()) < _REASON_AT_LEAST:
        raise Rejected("reveal_reason_missing")
    if vault.names_somebody(reason):
        raise appellants.ReasonNamesIdentity
    today = now.astimezone(ZONE).date()
    in_force = Q(starts_on__lte=today) & Q(ends_on__gte=today)
    stream = f"expert/{id}"
    if not Expert.objects.filter(in_force, pk=id, city=city).exists():
        raise Rejected("expert_gone")
    openings.count(actor, city=city, stream=stream, command="reveal", now=now)
    with transaction.atomic():
        row = Expert.objects.select_for_update().filter(in_force, pk=id, city=city).first()
        if row is None:
            raise Rejected("expert_gone")
        ledger.record(city, stream, "ExpertContactRead", {"reason": reason.strip()}, actor=actor, now=now)
    return queries.shown_value(row.phone_enc, owner=stream) or ""


def remind(city: str, *, rules: Rules, now: datetime) -> list[UUID]:
    """Tell the office and the unit of terms that end within ten working days, once a term; return whose. JS-2.2d."""
    until = rules.worktime.due(now, REMINDED).moment.astimezone(ZONE).date()
    today = now.astimezone(ZONE).date()
    told = []
    for row in Expert.objects.filter(city=city, ends_on__gte=today, ends_on__lte=until).select_related("nominated_by"):
        with transaction.atomic():
            Expert.objects.select_for_update(of=("self",)).get(pk=row.pk)
            events = ledger_queries.history(f"expert/{row.pk}")
            said = [ledger_queries.content(each) for each in events if each.type == "ExpertTermEnding"]
            if str(row.ends_on) in [body["ends_on"] for body in said]:
                continue
            _tell(row, now=now)
            told.append(row.pk)
    return told


def _tell(row: Expert, *, now: datetime) -> None:
    unit = row.nominated_by.name
    params = {"unit": unit, "field": "、".join(row.fields), "on": str(row.ends_on)}
    notices = [{"kind": "expert_term_ends", "to": to, "params": params} for to in ("office", f"officer@{unit}")]
    body = {"ends_on": str(row.ends_on), "notices": notices}
    ledger.record(row.city_id, f"expert/{row.pk}", "ExpertTermEnding", body, actor=SYSTEM, now=now)


def _checked(city: str, given: Nomination, *, now: datetime) -> Nomination:
    """Return the nomination as it is kept. Raises: Rejected, BadPhone."""
    given = replace(
        given,
        name=cleaned(given.name).strip(),
        organization=cleaned(given.organization).strip(),
        fields=tuple(dict.fromkeys(text for each in given.fields if (text := cleaned(each).strip()))),
    )
    needed = (("expert_unit", given.unit), ("expert_name", given.name), ("expert_phone", given.phone))
    for field, value in needed:
        if is_blank(value):
            raise Rejected("field_missing", fields=(field,))
    if not given.fields:
        raise Rejected("field_missing", fields=("expert_field",))
    if any(len(text) > NAME_AT_MOST for text in (given.name, given.organization, *given.fields)):
        raise Rejected("expert_text_too_long", most=NAME_AT_MOST)
    _check_term(given.starts_on, given.ends_on, now=now)
    return replace(given, phone=vault.phone_in(city, given.phone))


def _check_term(starts_on: date, ends_on: date, *, now: datetime) -> None:
    days.check(starts_on, ends_on)
    if ends_on < starts_on:
        raise Rejected("expert_term_ends_before_start")
    if ends_on < now.astimezone(ZONE).date():
        raise Rejected("expert_term_is_past", on=f"{ends_on:%Y-%m-%d}")
    if ends_on - starts_on > LONGEST:
        raise Rejected("expert_term_too_long", most=LONGEST.days // 366)


def _keeper(actor: Actor, unit: str) -> None:
    """Let the nominating unit's officers, the office and the installation's own command keep it. Source: SZ-8b."""
    if actor == SYSTEM or actor.role == "office":
        return
    if actor.role != "officer":
        raise Rejected("not_your_role", role=actor.role)
    if actor.unit != unit:
        raise Rejected("expert_not_your_unit", unit=unit)


def _same(row: Expert, given: Nomination) -> bool:
    stands = (row.starts_on, row.ends_on, tuple(row.fields), row.organization)
    if stands != (given.starts_on, given.ends_on, given.fields, given.organization):
        return False
    return queries.shown_value(row.phone_enc, owner=f"expert/{row.pk}") == given.phone


def _known(row: Expert) -> Known:
    return Known(
        id=row.pk,
        name=row.name,
        fields=tuple(row.fields),
        unit=row.nominated_by.name,
        organization=row.organization,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
    )
