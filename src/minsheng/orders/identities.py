"""Who the appellant of an order is, for whoever may see it: masked, or in clear with a reason on record.

Source: JY-8d, JY-23.5, SZ-26, A-15; the matrix is `people.permissions`.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from minsheng.appeals import queries as appeals
from minsheng.domain.actors import Actor
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, DRAFT, EMERGENCY, Order
from minsheng.orders import models, records
from minsheng.people import appellants, permissions
from minsheng.people import queries as people
from minsheng.people.permissions import Sight, Situation


def situation_of(state: Order, *, actor: Actor, is_named: bool = False) -> Situation:
    """Return what the sight of the identity depends on; `is_named`: the reader is whom the appeal complains about.

    Source: roles, JY-8d, JY-12, SZ-26.
    """
    unit = actor.unit or ""
    is_handler = bool(unit) and (state.part(unit) is not None or state.handler == unit)
    return Situation(
        is_target=unit in state.about or is_named,
        is_internal=state.is_internal,
        is_party=is_handler or (actor.role == "discipline" and state.is_internal),
        is_draft=state.status in (DRAFT, EMERGENCY),
        call_due=state.status in (CALLBACK, CALLBACK_MANUAL),
        is_sealed=state.sealed,
        is_confidential=state.confidential,
    )


def appellant_of(state: Order) -> UUID | None:
    """Return the pseudonym of the appellant; a parallel child's is its parent's."""
    words = appeals.words_of(records.appeal_of(state.id))
    return words.appellant if words is not None else None


def masked(row: models.Order, state: Order, *, actor: Actor) -> people.Identity | None:
    """Return the masked identity, or None where there is none or the actor may not see even that."""
    if permissions.sight(actor, situation_of(state, actor=actor)) is Sight.NEVER:
        return None
    appellant = appellant_of(state)
    if appellant is None:
        return None
    return people.masked([appellant], city=row.city_id).get(appellant)


def reveal(
    row: models.Order, state: Order, *, actor: Actor, reason: str, fields: tuple[str, ...], now: datetime
) -> people.Identity:
    """Return the wanted fields in clear, after the ledger has it. Raises: Rejected."""
    appellant = appellant_of(state)
    if appellant is None:
        raise people.UnknownAppellant
    return appellants.reveal(
        appellant,
        city=row.city_id,
        actor=actor,
        situation=situation_of(state, actor=actor),
        order=row.id,
        reason=reason,
        fields=fields,
        now=now,
    )
