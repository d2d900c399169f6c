"""Changes of a unit's contact on PostgreSQL, over the domain's `duties.contact`: announce, file, miss, recompute.

The name and the encrypted number of the new person stand in the table alone; the ledger knows unit, post and day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles.kinds import FromRow, Held, Key, Kind, Outcome
from minsheng.core.people import days, queries, vault
from minsheng.core.people.models import POSTS, Unit, UnitContact
from minsheng.domain.actors import Actor
from minsheng.domain.duties import contact as duty
from minsheng.domain.rejected import Rejected

# Who answers for the people of a unit.
CONFIRMS: Final = ("leader", "head")
KIND = Kind(duty.CYCLE, model=UnitContact, names=queries.names, words={}, city="unit__city")


@dataclass(frozen=True, slots=True)
class Said:
    """What a unit says of a post's new person; `effective_on`: from which day on, None where it was not said."""

    post: str
    person: str
    phone: str
    effective_on: date | None


def change(
    city: str, *, post: str, person: str, phone: str, effective_on: date | None, actor: Actor, now: datetime
) -> UUID:
    """Announce a change as `announce` does; return its id."""
    said = Said(post, person, phone, effective_on)
    return announce(city, said, actor=actor, now=now).id


def announce(city: str, said: Said, *, actor: Actor, now: datetime, key: Key | None = None) -> Outcome[duty.Contact]:
    """Announce that a post of the actor's unit has a new person; the filing is due from that day.

    Raises: Rejected, BadPhone. Source: JY-3b, JY-3c, A-54.
    """
    post, person, effective_on = said.post, said.person.strip(), said.effective_on
    if post not in POSTS:
        raise Rejected("field_missing", fields=("post",))
    if not person:
        raise Rejected("field_missing", fields=("name",))
    days.check(effective_on)
    number = vault.phone_in(city, said.phone)

    def made(contact_id: UUID) -> UnitContact:
        assert effective_on is not None  # the decision refuses without one
        unit = Unit.objects.select_for_update().filter(city=city, name=actor.unit).first()
        if unit is None:
            raise queries.UnknownUnit(actor.unit or "")
        UnitContact.objects.filter(unit=unit, post=post, ended_on=None).update(ended_on=effective_on)
        sealed = vault.encrypt(number, owner=f"contact/{contact_id}", field="phone")
        return UnitContact(
            id=contact_id, unit=unit, post=post, name=person, phone_enc=sealed, effective_on=effective_on
        )

    command = duty.ChangeContact(unit=actor.unit or "", post=post, effective=effective_on)
    return lifecycles.begin(KIND, command, city=city, by=actor, now=now, made=made, key=key)


@transaction.atomic
def confirm(contact_id: UUID, *, city: str, on: date, actor: Actor, now: datetime) -> None:
    """Confirm that whoever holds a post of the actor's unit meets the conditions; the same day again changes nothing.

    Raises: Rejected for who doesn't lead the unit, and a day that has not come. Source: SZ-11.1 to SZ-11.4.
    """
    if actor.role not in CONFIRMS:
        raise Rejected("not_your_role", role=actor.role)
    rows = UnitContact.objects.select_for_update(of=("self",)).select_related("unit")
    row = rows.filter(pk=contact_id, unit__city=city, unit__name=actor.unit, ended_on=None).first()
    if row is None:
        raise Rejected("not_found", status="")
    if on > now.astimezone(ZONE).date():
        raise Rejected("day_not_come")
    if row.confirmed_on == on:
        return
    row.confirmed_on = on
    row.save(update_fields=["confirmed_on"])
    body = {"contact": str(row.pk), "post": row.post, "on": on.isoformat()}
    ledger.hold(f"unit/{row.unit_id}")
    ledger.record(city, f"unit/{row.unit_id}", "ConditionsConfirmed", body, actor=actor, now=now)


def file(contact_id: UUID, *, city: str, actor: Actor, now: datetime, key: Key | None = None) -> Outcome[duty.Contact]:
    """File an announced change with the center; late or not is the clock's word. Raises: Rejected. Source: JY-3c."""

    def filed(held: Held[duty.Contact]) -> duty.FileContact:
        held.row.filed_at = now
        return duty.FileContact()

    return lifecycles.apply(KIND, contact_id, FromRow(duty.FileContact, filed), city=city, by=actor, now=now, key=key)
