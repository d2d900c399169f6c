"""Speaking with a citizen through the relay: who called for which order, and what came of it. The number stays here.

The log is the identity's own stream in the ledger: each use of a citizen's number is a reading of it.
Source: A-15, SZ-15.3b, JY-9.4, JY-23.5.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.facts import actor_to_plain
from minsheng.core.people import appellants, queries, vault
from minsheng.core.people.models import Appellant
from minsheng.core.people.permissions import Situation
from minsheng.domain.actors import Actor
from minsheng.domain.rejected import Rejected
from minsheng.gateways.number_relay import Relay, RelayAway

# Who handles an order speaks with the citizen; who calls back does; nobody else.
_SPEAK = frozenset({"officer", "leader", "head", "callback_agent"})
RESULTS = ("reached", "unreached", "failed")


class ContactRefused(Rejected):
    """The citizen may not be contacted so; the code says why."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact of the log. `result` is empty until somebody has written it down."""

    id: str
    at: datetime
    person: str
    unit: str | None
    result: str
    note: str


def may_contact(actor: Actor, situation: Situation) -> bool:
    """Tell whether the actor may speak with the appellant through the relay; who is complained about never."""
    if situation.is_target or situation.is_internal or actor.role not in _SPEAK:
        return False
    if actor.role == "callback_agent":
        return situation.call_due
    return situation.is_party and not situation.is_confidential


def connect(
    appellant: UUID,
    *,
    city: str,
    actor: Actor,
    situation: Situation,
    order: str,
    own_phone: str,
    relay: Relay,
    key: UUID,
    now: datetime,
) -> str:
    """Connect one's own telephone with the appellant's; return the contact's id. An attempt is on record first.

    The same `key` again connects nobody a second time. Raises: ContactRefused, BadPhone, RelayAway, UnknownAppellant.
    """
    stream = f"identity/{appellant}"
    if not may_contact(actor, situation):
        code = "contact_target_never" if situation.is_target else "contact_not_yours"
        ledger.refuse(at=now, city=city, stream=stream, actor=actor_to_plain(actor), command="contact", code=code)
        raise ContactRefused(code)
    own = vault.phone_in(city, own_phone)
    contact = str(key)
    with transaction.atomic():
        row = Appellant.objects.select_for_update().filter(pk=appellant, city=city).first()
        if row is None:
            raise queries.UnknownAppellant
        clear, broken = queries.opened(row)
        phone = clear.phone
        if "phone" in broken:
            raise Rejected("identity_unreadable")
        if phone is None:
            raise ContactRefused("contact_no_phone")
        if any(each.id == contact for each in log_of(appellant, order=order)):
            return contact
        body = {"contact": contact, "order": order, "unit": actor.unit, "relay": relay.name}
        ledger.record(city, stream, "CitizenContacted", body, actor=actor, now=now)
    try:
        relay.connect(own=own, other=phone, reference=contact)
    except RelayAway:
        _note(city, stream, contact, order, "failed", "", actor, now)
        raise
    return contact


def note(
    appellant: UUID, *, city: str, actor: Actor, order: str, contact: str, result: str, text: str, now: datetime
) -> None:
    """Write down what came of a contact; once, and by who made it. Raises: ContactRefused, ReasonNamesIdentity."""
    if result not in RESULTS[:2]:
        raise Rejected("field_missing", fields=("reached",))
    if vault.names_somebody(text):
        raise appellants.ReasonNamesIdentity
    with transaction.atomic():
        Appellant.objects.select_for_update().filter(pk=appellant, city=city).first()
        known = next((each for each in log_of(appellant, order=order) if each.id == contact), None)
        if known is None or known.person != actor.person:
            raise ContactRefused("contact_not_yours")
        if known.result:
            raise ContactRefused("contact_noted")
        _note(city, f"identity/{appellant}", contact, order, result, text.strip(), actor, now)


def log_of(appellant: UUID, *, order: str) -> list[Contact]:
    """Return the contacts with the appellant about an order, the oldest first."""
    found: dict[str, Contact] = {}
    for event in ledger_queries.history(f"identity/{appellant}"):
        if event.type not in ("CitizenContacted", "ContactNoted"):
            continue
        body = ledger_queries.content(event)
        if body["order"] != order:
            continue
        person, unit = str(event.actor.get("person") or ""), event.actor.get("unit")
        if event.type == "CitizenContacted":
            found[body["contact"]] = Contact(body["contact"], event.at, person, str(unit) if unit else None, "", "")
        else:
            made = found[body["contact"]]
            found[made.id] = Contact(made.id, made.at, made.person, made.unit, body["result"], body["note"])
    return list(found.values())


def _note(
    city: str, stream: str, contact: str, order: str, result: str, text: str, actor: Actor, now: datetime
) -> None:
    body = {"contact": contact, "order": order, "result": result, "note": text}
    ledger.record(city, stream, "ContactNoted", body, actor=actor, now=now)
