"""A registration that begins with a call: what its form is filled with, and what becomes of the call then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from minsheng.cases.telephony import actions, queries
from minsheng.core.people.queries import Person
from minsheng.domain.rules import Rules

_OWN_LINE = "12345"


@dataclass(frozen=True, slots=True)
class Began:
    """A call of the person's own: its id, the number that was dialed, and the caller's."""

    id: UUID
    line: str
    phone: str
    shown: str

    def initial(self, rules: Rules) -> dict[str, str]:
        """Return what the form of a registration begins with; a number of our own is no merged line."""
        found = {"phone": self.phone, "call": str(self.id), "appellant": "citizen"}
        if "phone" in rules.channels:
            found["channel"] = "phone"
        return found | ({"line": self.line} if self.line not in ("", _OWN_LINE) else {})


def opened(person: Person, id: str, *, now: datetime) -> Began | None:
    """Open a call to register what was said; that its number is read is on record. None for another's. JY-23.5."""
    call = queries.shown(person.city, id, agent=person.actor.person or "")
    if call is None:
        return None
    phone = actions.caller_for_form(person.city, id, by=person.actor, now=now)
    return Began(call.id, call.line, phone, call.caller)


def registered(person: Person, id: UUID, *, order: str, now: datetime) -> None:
    """Say that an order came of the call, in the same transaction. Raises: Rejected `call_unknown`."""
    actions.registered(person.city, id, order=order, by=person.actor, now=now)
