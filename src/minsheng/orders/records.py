"""Domain values to and from what is stored: facts in the ledger, states in the projection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from minsheng.domain.orders import events
from minsheng.domain.orders.commands import Actor
from minsheng.domain.orders.facts import Breach, Event, Fact, Notice, Timer
from minsheng.domain.orders.order import Order
from minsheng.ledger.values import Fact as LedgerFact
from minsheng.ledger.values import StoredEvent, canonical

ZONE = ZoneInfo("Asia/Shanghai")
PREFIX = "order/"

_encode = msgspec.json.encode
_order = msgspec.json.Decoder(Order)
_events: dict[str, msgspec.json.Decoder[Event]] = {
    name: msgspec.json.Decoder(each) for name, each in events.BY_NAME.items()
}


class Filing(msgspec.Struct, frozen=True):
    """What the first fact of an order files besides the event: its number, and whose it is; no word that was said."""

    number: str
    appellant: str | None = None


class Body(msgspec.Struct, frozen=True, omit_defaults=True):
    """The body of an order's fact in the ledger."""

    event: msgspec.Raw
    status: str
    reason: str | None = None
    clocks: tuple[Timer, ...] = ()
    notices: tuple[Notice, ...] = ()
    breaches: tuple[Breach, ...] = ()
    annulled: tuple[Breach, ...] = ()
    filing: Filing | None = None


_body = msgspec.json.Decoder(Body)


def stream_of(order_id: str) -> str:
    """Return the ledger stream of an order."""
    return PREFIX + order_id


def order_id_of(stream: str) -> str:
    """Return the order of a ledger stream."""
    return stream.removeprefix(PREFIX)


def parent_of(order_id: str) -> str:
    """Return the order that a child of a parallel dispatch belongs to; the id says it, so that no read is needed."""
    return order_id.rpartition(".")[0]


def to_ledger(fact: Fact, *, filing: Filing | None = None) -> LedgerFact:
    """Return a fact as the ledger takes it; what is empty is left out of the canonical body."""
    body: dict[str, object] = {"event": fact.event, "status": fact.status}
    for key in ("reason", "clocks", "notices", "breaches", "annulled"):
        if value := getattr(fact, key):
            body[key] = value
    if filing is not None:
        body["filing"] = filing
    return LedgerFact(type(fact.event).__name__, fact.at, actor_to_plain(fact.by), canonical(body))


def from_ledger(stored: StoredEvent) -> Fact:
    """Return the fact that the ledger keeps, its moment in the cities' zone."""
    body = body_of(stored)
    return Fact(
        stream=order_id_of(stored.stream),
        event=_events[stored.type].decode(body.event),
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
    """Return the body of an order's stored fact."""
    return _body.decode(stored.body)


def actor_to_plain(actor: Actor) -> dict[str, object]:
    """Return an actor as the ledger keeps it: role, unit, pseudonym of the person."""
    return {
        key: value
        for key, value in (("role", actor.role), ("unit", actor.unit), ("person", actor.person))
        if value is not None
    }


def actor_from_plain(plain: Mapping[str, object]) -> Actor:
    """Return the actor that the ledger keeps."""
    unit, person = plain.get("unit"), plain.get("person")
    return Actor(str(plain["role"]), str(unit) if unit is not None else None, str(person) if person else None)


def encode_state(order: Order) -> str:
    """Return the whole state of an order as JSON text."""
    return _encode(order).decode()


def decode_state(text: str | bytes) -> Order:
    """Return the state that JSON text writes."""
    return _order.decode(text)


def state_from_plain(plain: object) -> Order:
    """Return the state that plain JSON values write."""
    return msgspec.convert(plain, Order)


def plain_of(value: Any) -> Any:
    """Return a domain value as plain JSON values."""
    return msgspec.json.decode(_encode(value))
