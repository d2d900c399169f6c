"""Changes of a unit's contact on PostgreSQL, over the domain's `duties.contact`: announce, file, miss, recompute.

The name and the encrypted number of the new person stand in the table alone; the ledger knows unit, post and day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import verification
from minsheng.core.ledger.facts import FactCodec
from minsheng.core.ledger.values import StoredEvent
from minsheng.core.people import queries, vault
from minsheng.core.people.models import POSTS, Unit, UnitContact
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.duties import contact as duty
from minsheng.domain.duties.contact import Contact
from minsheng.domain.facts import Fact
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways import ids

PREFIX = "contact/"

_facts = FactCodec(
    {
        each.__name__: each
        for each in (duty.ContactChanged, duty.ContactFiled, duty.ContactOverdue, duty.ContactRecomputed)
    },
    prefix=PREFIX,
)
_state = msgspec.json.Decoder(Contact)


@dataclass(frozen=True, slots=True)
class Filing:
    """A contact as the pages show it."""

    id: UUID
    unit: str
    post: str
    person: str
    effective_on: date
    status: str
    due: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Compliance:
    """What a unit lacks of its contacts, for the list of the centre. Source: JY-3b."""

    unit: str
    posts: tuple[str, ...]
    pending: int
    late: int


def change(
    city: str, *, post: str, person: str, phone: str, effective_on: date | None, actor: Actor, now: datetime
) -> UUID:
    """Announce that a post of the actor's unit has a new person; the filing is due from that day. Return its id.

    Raises: Rejected, BadPhone. Source: JY-3b, JY-3c, A-54.
    """
    if post not in POSTS:
        raise Rejected("field_missing", fields=("post",))
    if not person.strip():
        raise Rejected("field_missing", fields=("name",))
    number = vault.normal_phone(phone)
    rules = policies.rules_for(city, now=now)
    contact_id = ids.uuid7(now)
    contact = Contact(str(contact_id))
    command = duty.ChangeContact(unit=actor.unit or "", post=post, effective=effective_on)
    facts = duty.decide(contact, command, by=actor, rules=rules, now=now)
    assert effective_on is not None  # the decision refuses without one
    with transaction.atomic():
        unit = Unit.objects.select_for_update().filter(city=city, name=actor.unit).first()
        if unit is None:
            raise queries.UnknownUnit(actor.unit or "")
        before = UnitContact.objects.filter(unit=unit, post=post, ended_on=None)
        before.update(ended_on=effective_on)
        row = UnitContact(
            id=contact_id,
            unit=unit,
            post=post,
            name=person.strip(),
            phone_enc=vault.encrypt(number, owner=f"contact/{contact_id}", field="phone"),
            effective_on=effective_on,
        )
        _append(row, city=city, contact=contact, facts=facts, now=now, new=True)
    return contact_id


def file(contact_id: UUID, *, city: str, actor: Actor, now: datetime) -> None:
    """File an announced change with the centre; late or not is the clock's word. Raises: Rejected. Source: JY-3c."""
    with transaction.atomic():
        row = _locked(contact_id, city=city)
        if row is None:
            raise Rejected("not_found", status="")
        contact, fired = _fired(row, now=now, rules=policies.rules_for(city, now=now))
        facts = duty.decide(contact, duty.FileContact(), by=actor, rules=policies.rules_for(city, now=now), now=now)
        row.filed_at = now
        _append(row, city=city, contact=_read(row), facts=(*fired, *facts), now=now)


def ring(stream: str, now: datetime) -> None:
    """Record that a filing is overdue; the sweeper calls it, perhaps twice. Source: JY-3c, JY-20.1."""
    with transaction.atomic():
        row = _locked(UUID(stream.removeprefix(PREFIX)), city=None)
        if row is None:
            ledger.set_alarm(stream, due=None)
            return
        city = row.unit.city_id
        contact, facts = _fired(row, now=now, rules=policies.rules_for(city, now=now))
        if facts:
            _append(row, city=city, contact=_read(row), facts=facts, now=now)
        else:
            clock = duty.next_due(contact)
            ledger.set_alarm(stream, due=clock.due if clock is not None else None)


def recompute(city: str, *, year: int, now: datetime) -> int:
    """Recompute the clocks that a newly loaded calendar year touches; return how many moved. Source: A-48."""
    moved = 0
    for contact_id in UnitContact.objects.filter(unit__city=city, due__isnull=False, version__gt=0).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            row = _locked(contact_id, city=city)
            if row is None:
                continue
            rules = policies.rules_for(city, now=now)
            contact = _read(row)
            facts = duty.recompute(contact, year=year, rules=rules, now=now)
            if facts:
                _append(row, city=city, contact=contact, facts=facts, now=now)
                moved += 1
    return moved


def filings(city: str, *, unit: str) -> list[Filing]:
    """Return the unit's contacts in force and to come, by post."""
    rows = UnitContact.objects.filter(unit__city=city, unit__name=unit, ended_on=None).select_related("unit")
    return [
        Filing(
            id=row.pk,
            unit=row.unit.name,
            post=row.post,
            person=row.name,
            effective_on=row.effective_on,
            status=row.status,
            due=row.due,
            late=bool(row.state and row.state.get("breaches")),
        )
        for row in rows.order_by("post")
    ]


def compliance(city: str) -> list[Compliance]:
    """Return every unit that has not left with the posts it has filled, and its filings that wait or are late.

    Source: JY-3b (a unit without 分管领导 and 经办人 is to be seen), JY-3c.
    """
    units: dict[str, list[UnitContact]] = {
        name: []
        for name in Unit.objects.filter(city=city, left_on=None).order_by("name").values_list("name", flat=True)
    }
    rows = UnitContact.objects.filter(unit__city=city, unit__left_on=None, ended_on=None).select_related("unit")
    for row in rows.order_by("post"):
        units[row.unit.name].append(row)
    return [
        Compliance(
            unit=name,
            posts=tuple(row.post for row in rows_of),
            pending=sum(row.status == duty.PENDING for row in rows_of),
            late=sum(bool(row.state and row.state.get("breaches")) for row in rows_of),
        )
        for name, rows_of in units.items()
    ]


def rebuild(*, check: bool) -> tuple[int, int]:
    """Fold every contact's stream again and compare with its row; return rows compared and rows that differed."""
    return verification.rebuild_rows(UnitContact.objects.filter(version__gt=0), PREFIX, _folded, check=check)


def _folded(key: str, events: Sequence[StoredEvent]) -> dict[str, Any]:
    contact = Contact(key)
    for event in events:
        contact = duty.evolve(contact, _facts.from_ledger(event))
    return _columns(contact)


def _fired(row: UnitContact, *, now: datetime, rules: Rules) -> tuple[Contact, tuple[Fact, ...]]:
    contact = _read(row)
    clock = duty.next_due(contact)
    if clock is None or clock.due is None or clock.due >= now:
        return contact, ()
    fact = duty.fire(contact, clock, rules)
    return duty.evolve(contact, fact), (fact,)


def _append(
    row: UnitContact, *, city: str, contact: Contact, facts: Sequence[Fact], now: datetime, new: bool = False
) -> None:
    """Append the facts, fold them, and save the row. `contact` is the state before them."""
    version = contact.version
    for fact in facts:
        contact = duty.evolve(contact, fact)
    columns = _columns(contact)
    row.head = ledger.append(
        city=city,
        stream=f"{PREFIX}{row.pk}",
        version=version,
        facts=[_facts.to_ledger(fact) for fact in facts],
        alarm=_alarm(contact),
        now=now,
        head_hash=bytes(row.head) if row.head is not None else None,
    )
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(force_insert=new)


def _columns(contact: Contact) -> dict[str, Any]:
    clock = contact.timers.get(duty.CLOCK)
    return {
        "status": contact.status,
        "version": contact.version,
        "due": clock.due if clock is not None else None,
        "state": msgspec.json.decode(msgspec.json.encode(contact)),
    }


def _alarm(contact: Contact) -> datetime | None:
    clock = duty.next_due(contact)
    return clock.due if clock is not None else None


def _read(row: UnitContact) -> Contact:
    return _state.decode(msgspec.json.encode(row.state))


def _locked(contact_id: UUID, *, city: str | None) -> UnitContact | None:
    rows = (
        UnitContact.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=contact_id, version__gt=0)
    )
    return (rows if city is None else rows.filter(unit__city=city)).first()
