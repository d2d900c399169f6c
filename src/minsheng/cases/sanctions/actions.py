"""Sanctions on PostgreSQL, over `domain.duties.sanction`: which orders carry which ground, whom a text names."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from minsheng.cases.orders.reading import words as reading
from minsheng.cases.orders.storage import queries as orders
from minsheng.cases.sanctions import labels
from minsheng.cases.sanctions.models import Sanction
from minsheng.cases.sanctions.readers import READERS
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Kind
from minsheng.core.people import queries as people
from minsheng.core.policies import queries as policies
from minsheng.core.words import actions as words
from minsheng.domain.actors import Actor
from minsheng.domain.duties import sanction as domain
from minsheng.domain.orders.supervision import grounds_of
from minsheng.domain.rejected import Rejected

__all__ = ["KIND"]


def _known(asked: Asked) -> domain.Known:
    command = asked.command
    state = KIND.read(asked.row) if asked.row is not None else domain.Sanction("")
    unit = getattr(command, "unit", "") or state.unit
    facts = people.unit_facts(asked.city, names=[unit] if unit else [], now=asked.now)
    if unit and asked.row is None and unit not in facts:
        raise Rejected("unit_unknown", unit=unit)
    named = {}
    for each in getattr(command, "orders", ()):
        try:
            named[each] = orders.find(each, actor=asked.by, city=asked.city).id
        except Rejected:
            continue
    about = tuple(dict.fromkeys(named.values())) or state.orders
    return domain.Known(
        orders=named,
        grounds=_grounds(about, unit),
        names=_names_somebody(_said(command), about, unit, city=asked.city),
        rosterless=frozenset(name for name, each in facts.items() if not each.roster),
        is_apart=bool(state.orders) and bool(orders.for_few(state.orders)),
        issuers=policies.rules_for(asked.city, now=asked.now).supervision_issuer,
    )


def _said(command: Any) -> str:
    """Return what of a command goes to others in clear: the text, who takes part, who is to have it."""
    lists = (getattr(command, name, ()) for name in ("participants", "recipients", "present"))
    return "\n".join((getattr(command, "text", ""), *(each for found in lists for each in found))).strip()


def _grounds(about: tuple[str, ...], unit: str) -> dict[str, tuple[str, ...]]:
    """Return the grounds that orders carry against a unit; an order of others carries none."""
    held = {id: each.order for id, each in orders.peek(about).items()} if about else {}
    return {id: grounds_of(order) for id, order in held.items() if order.responsible_unit == unit}


def _names_somebody(text: str, about: tuple[str, ...], unit: str, *, city: str) -> bool:
    """Tell whether a text has personal data, or tells who complained in the orders, as their unit would read it."""
    return bool(text) and reading.covering_for(about, actor=Actor("officer", unit), city=city)(text) != text


def _columns(state: domain.Sanction) -> dict[str, Any]:
    return {
        "kind": state.kind,
        "units": [state.unit],
        "target_unit": state.unit,
        "ground": state.ground,
        "approved_at": None if state.status == domain.ANNULLED else state.approved_at,
        "is_public": state.is_public,
    }


def _opens(id: UUID, city: str) -> Sanction:
    return Sanction(id=id, city_id=city, number=numbers.next_of(Sanction, "措施", id=id, city=city))


KIND = Kind(
    domain.CYCLE,
    model=Sanction,
    names=people.names,
    words=labels.EVENTS,
    facts=_known,
    keeps=words.keep,
    columns=_columns,
    readers=READERS,
    labels=labels.LABELS,
    opens=_opens,
)
