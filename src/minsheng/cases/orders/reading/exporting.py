"""Orders for analysis: the row, its state and its steps, without a word that was said and without a person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.appeals.actions import PREFIX as APPEAL
from minsheng.cases.orders.models import Supervision
from minsheng.cases.orders.storage import planted, queries, records
from minsheng.core.ledger import actions as ledger
from minsheng.core.ledger import queries as ledger_queries
from minsheng.core.ledger.values import ZONE
from minsheng.core.people import statistics as people
from minsheng.domain.orders.order import Order

# What an event says is read only where analysis asks for it; texts never are.
_READ = frozenset({"Dispatched", "CalledBack", "SmsAnswered", "EmergencyReferred", "Referred", "AcceptanceAsked"})
_ROWS = b"SELECT id, city_id, state::text FROM orders_order WHERE id = ANY(%s)"
_decode = msgspec.json.Decoder(dict[str, Any]).decode


@dataclass(frozen=True, slots=True)
class Step:
    """One event of an order: what it was, when, where the order stood afterwards, and who (the role)."""

    type: str
    at: datetime
    status: str
    role: str
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """A supervision order that an order was put under, as it stands."""

    category: str
    unit: str
    level: int
    issued_at: datetime | None
    due: datetime | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """An order as analysis gets it."""

    city: str
    state: Order
    steps: tuple[Step, ...]
    category: str
    # The district that the place's words name for certain; the words themselves stay where they are.
    district: str = ""
    supervisions: tuple[Given, ...] = ()


def touched(*, after_position: int, up_to: int) -> list[str]:
    """Return the ids of the orders about which there are new events in a range of ledger positions."""

    def named(prefix: str) -> list[str]:
        streams = ledger_queries.touched(prefix, after_position=after_position, up_to=up_to)
        return [stream.removeprefix(prefix) for stream in streams]

    categorized = named(APPEAL)
    return sorted({*named(records.PREFIX), *categorized, *queries.parts_of(categorized)})


def told(order_ids: Sequence[str]) -> list[Told]:
    """Return orders with all their steps up to now; those that count, no planted one."""
    out = planted.among(order_ids)
    order_ids = [each for each in order_ids if each not in out]
    steps: dict[str, list[Step]] = {}
    for stream, kind, at, status, role, event in ledger_queries.steps_of(
        [records.stream_of(each) for each in order_ids]
    ):
        content = _decode(event) if kind in _READ else {}
        local = at.astimezone(ZONE)
        steps.setdefault(records.order_id_of(stream), []).append(Step(kind, local, status, role, content))
    places = appeals.places_of([records.appeal_of(each) for each in order_ids])
    found = []
    given = _supervisions(order_ids)
    finders: dict[str, Callable[[str], str]] = {}
    for order_id, city, state in ledger.execute(_ROWS, (list(order_ids),), alone=True).fetchall():
        place, category = places.get(records.appeal_of(order_id), ("", ""))
        known = records.decode_state(state)
        # Of a sealed order it is counted that it came, and not what it was about (SZ-13.3, JY-6.3, SQ-7.3).
        about = "" if known.sealed else category
        if city not in finders:
            finders[city] = people.district_finder(city)
        district = "" if known.sealed or known.is_internal else finders[city](place)
        found.append(Told(city, known, tuple(steps.get(order_id, ())), about, district, given.get(order_id, ())))
    return found


def _supervisions(order_ids: Sequence[str]) -> dict[str, tuple[Given, ...]]:
    found: dict[str, tuple[Given, ...]] = {}
    columns = ("order_id", "category", "unit", "level", "issued_at", "due", "answered_at")
    for order, *of in Supervision.objects.filter(order__in=order_ids).order_by("seq").values_list(*columns):
        found[order] = (*found.get(order, ()), Given(*of))
    return found
