"""What a life cycle decides, to and from what the ledger stores: facts with their clocks and breaches, and actors."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from minsheng.core.ledger.values import ZONE, StoredEvent, canonical
from minsheng.core.ledger.values import Fact as LedgerFact
from minsheng.domain.actors import Actor
from minsheng.domain.clocks import Timer
from minsheng.domain.facts import Breach, Event, Fact, Notice


class Body(msgspec.Struct, frozen=True):
    """The body of a life cycle's fact in the ledger; `event` is decoded by its type."""

    event: msgspec.Raw
    status: str
    reason: str | None = None
    clocks: tuple[Timer, ...] = ()
    notices: tuple[Notice, ...] = ()
    breaches: tuple[Breach, ...] = ()
    annulled: tuple[Breach, ...] = ()


_body = msgspec.json.Decoder(Body)


class FactCodec:
    """The facts of one life cycle: `events` by name, `prefix` what their streams have before the domain's id."""

    def __init__(self, events: Mapping[str, type[Event]], *, prefix: str = "") -> None:
        self._events = {name: msgspec.json.Decoder(each) for name, each in events.items()}
        self._prefix = prefix

    def to_ledger(self, fact: Fact, **beside: object) -> LedgerFact:
        """Return a fact as the ledger takes it; what is empty is left out of the canonical body.

        `beside`: what else the body has that is no part of the fact.
        """
        body: dict[str, object] = {"event": fact.event, "status": fact.status}
        for key in ("reason", "clocks", "notices", "breaches", "annulled"):
            if value := getattr(fact, key):
                body[key] = value
        body.update(beside)
        return LedgerFact(type(fact.event).__name__, fact.at, actor_to_plain(fact.by), canonical(body))

    def from_ledger(self, stored: StoredEvent) -> Fact:
        """Return the fact that the ledger keeps, its moment in the cities' zone."""
        body = body_of(stored)
        return Fact(
            stream=stored.stream.removeprefix(self._prefix),
            event=self._events[stored.type].decode(body.event),
            at=stored.at.astimezone(ZONE),
            by=actor_from_plain(stored.actor),
            status=body.status,
            reason=body.reason,
            clocks=body.clocks,
            notices=body.notices,
            breaches=body.breaches,
            annulled=body.annulled,
        )


def body_of(stored: StoredEvent) -> Body:
    """Return the body of a life cycle's stored fact, its event not yet decoded."""
    return _body.decode(stored.body)


def actor_to_plain(actor: Actor) -> dict[str, object]:
    """Return an actor as the ledger keeps it: role, unit, pseudonym of the person; what is not known is left out."""
    return {
        key: value
        for key, value in (("role", actor.role), ("unit", actor.unit), ("person", actor.person))
        if value is not None
    }


def actor_from_plain(plain: Mapping[str, object]) -> Actor:
    """Return the actor that the ledger keeps."""
    unit, person = plain.get("unit"), plain.get("person")
    return Actor(str(plain["role"]), str(unit) if unit is not None else None, str(person) if person else None)
