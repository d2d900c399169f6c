"""Domain values to and from what is stored: facts in the ledger, states in the projection."""

from __future__ import annotations

from typing import Any

import msgspec

from minsheng.core.ledger.facts import FactCodec
from minsheng.core.ledger.values import Fact as LedgerFact
from minsheng.core.ledger.values import StoredEvent
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events
from minsheng.domain.orders.order import Order

PREFIX = "order/"

_encode = msgspec.json.encode
_order = msgspec.json.Decoder(Order)


class Filing(msgspec.Struct, frozen=True):
    """What the first fact of an order files besides the event: its number, and whose it is; no word that was said."""

    number: str
    appellant: str | None = None
    # The category that it was registered with; later ones are facts of the stream `appeal/<id>`.
    category: str | msgspec.UnsetType = msgspec.UNSET


class _Filed(msgspec.Struct, frozen=True):
    filing: Filing | None = None
    paper: str = ""


_filed = msgspec.json.Decoder(_Filed)
_facts = FactCodec(events.BY_NAME, prefix=PREFIX)


def stream_of(order_id: str) -> str:
    """Return the ledger stream of an order."""
    return PREFIX + order_id


def feedback_stream_of(order_id: str) -> str:
    """Return the stream of a unit's answer to an order's supervision while it is written; the ledger has none such."""
    return f"supervision/{order_id}"


def order_id_of(stream: str) -> str:
    """Return the order of a ledger stream."""
    return stream.removeprefix(PREFIX)


def parent_of(order_id: str) -> str:
    """Return the order that a child of a parallel dispatch belongs to; the id says it, so that no read is needed."""
    return order_id.rpartition(".")[0]


def appeal_of(order_id: str) -> str:
    """Return the appeal whose words an order is about: a part of a parallel dispatch, or of a part, has the whole's."""
    return order_id.partition(".")[0]


def to_ledger(fact: Fact, *, filing: Filing | None = None, bound: str = "", paper: str = "") -> LedgerFact:
    """Return a fact as the ledger takes it, the first one of an order with its filing.

    `bound`: the digest of the appeal's words as they are kept with this fact (`appeals.binding`); `paper`: the number
    of the paper that the fact issues.
    """
    beside: dict[str, object] = {"filing": filing} if filing is not None else {}
    if bound:
        beside["bound"] = bound
    if paper:
        beside["paper"] = paper
    return _facts.to_ledger(fact, **beside)


def from_ledger(stored: StoredEvent) -> Fact:
    """Return the fact that the ledger keeps, its moment in the cities' zone."""
    return _facts.from_ledger(stored)


def filing_of(stored: StoredEvent) -> Filing | None:
    """Return what an order's first fact files; None for every later one."""
    return _filed.decode(stored.body).filing


def paper_of(stored: StoredEvent) -> str:
    """Return the number of the paper that a fact issued; empty for those that issued none, or before numbers came."""
    return _filed.decode(stored.body).paper


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
