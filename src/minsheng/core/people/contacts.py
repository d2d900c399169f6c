"""Changes of a unit's contact on PostgreSQL, over the domain's `duties.contact`: announce, file, miss, recompute.

The name and the encrypted number of the new person stand in the table alone; the ledger knows unit, post and day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles.kinds import FromRow, Held, Key, Kind, Outcome
from minsheng.core.people import days, queries, vault
from minsheng.core.people.models import POSTS, Unit, UnitContact
from minsheng.domain.actors import Actor
from minsheng.domain.duties import contact as duty
from minsheng.domain.rejected import Rejected

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


def file(contact_id: UUID, *, city: str, actor: Actor, now: datetime, key: Key | None = None) -> Outcome[duty.Contact]:
    """File an announced change with the center; late or not is the clock's word. Raises: Rejected. Source: JY-3c."""

    def filed(held: Held[duty.Contact]) -> duty.FileContact:
        held.row.filed_at = now
        return duty.FileContact()

    return lifecycles.apply(KIND, contact_id, FromRow(duty.FileContact, filed), city=city, by=actor, now=now, key=key)
