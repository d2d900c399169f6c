"""Who the appellant of an order is, for whoever may see it: masked, or in clear with a reason on record.

Source: JY-8d, JY-23.5, SZ-26, A-15; the matrix is `people.permissions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import models
from minsheng.cases.orders.storage import joins, records
from minsheng.core.people import appellants, permissions
from minsheng.core.people import queries as people
from minsheng.core.people.permissions import Sight, Situation
from minsheng.domain import naming
from minsheng.domain.actors import Actor
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, DRAFT, EMERGENCY, Order
from minsheng.gateways import readings


def situation_of(state: Order, *, actor: Actor, city: str, words: appeals.Words | None = None) -> Situation:
    """Return what the sight of the identity depends on; `words` save reading them once more.

    Source: roles, JY-8d, JY-12, SZ-26.
    """
    unit = actor.unit or ""
    is_handler = bool(unit) and (state.part(unit) is not None or state.handler == unit)
    return Situation(
        is_target=_is_target(state, actor, city, words),
        is_internal=state.is_internal,
        is_party=is_handler or (actor.role == "discipline" and state.is_internal),
        is_draft=state.status in (DRAFT, EMERGENCY),
        call_due=state.status in (CALLBACK, CALLBACK_MANUAL),
        is_sealed=state.sealed,
        is_confidential=state.confidential,
    )


def _is_target(state: Order, actor: Actor, city: str, words: appeals.Words | None) -> bool:
    """Tell whether the actor is who the appeal complains about, or stands for them.

    That is everybody of the unit complained about, of those that it went into and of the units that belong to it; the
    person whom the appeal names, as who is complained about or anywhere in its words; and of that person's unit the
    leaders, and its programs, behind which anybody may sit.
    """
    unit = actor.unit
    if state.about and unit and not people.names_of(city, unit=unit).isdisjoint(state.about):
        return True
    appeal = records.appeal_of(state.id)
    told = _told_in(state, city, appeal, words)
    if words is not None and told == [appeal]:
        blamed, said = [words.target_person], appeals.said_beside(words)
    else:
        blamed, said = appeals.persons_of(told), appeals.said_in(told)
    own = people.names([actor.person] if actor.person else []).values()
    if _names(blamed, said, own):
        return True
    is_program = (actor.person or "").startswith("client:")
    if not unit or not (is_program or actor.role in ("leader", "head")):
        return False
    # Whose person it is that nobody knows by name may sit in any unit that has the matter.
    return _names(blamed, said, people.of_unit(city, unit=unit)) or (is_program and any(blamed) and not state.about)


def _names(blamed: Iterable[str], said: Iterable[str], people_called: Iterable[str]) -> bool:
    called = tuple(people_called)
    by_name = any(naming.mentions(text, name) for text in said for name in called)
    return by_name or naming.names_any(blamed, called, readings=readings.of)


def _told_in(state: Order, city: str, appeal: str, words: appeals.Words | None) -> list[str]:
    """Return the appeal of an order and those that were joined to it, by id."""
    if words is not None and not state.matter and not state.parent:
        return [appeal]
    # A part has no matter of its own: what was joined, was joined to the whole.
    whole = models.Order.objects.filter(id=appeal).values_list("matter", flat=True) if state.parent else ()
    matters = [each for each in (state.matter, *whole) if each]
    if not matters:
        return [appeal]
    rows = models.Order.objects.filter(city=city, matter__in=matters, reason=joins.LINKED).exclude(id=appeal)
    # By the matter, and by the ledger: what came with one that was joined may have another matter.
    return [appeal, *rows.values_list("id", flat=True), *joins.to(appeal)]


def appellant_of(state: Order) -> UUID | None:
    """Return the pseudonym of the appellant; a parallel child's is its parent's."""
    words = appeals.words_of(records.appeal_of(state.id))
    return words.appellant if words is not None else None


def masked(row: models.Order, state: Order, *, actor: Actor) -> people.Identity | None:
    """Return the masked identity, or None where there is none or the actor may not see even that."""
    if permissions.sight(actor, situation_of(state, actor=actor, city=row.city_id)) is Sight.NEVER:
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
        situation=situation_of(state, actor=actor, city=row.city_id),
        order=row.id,
        reason=reason,
        fields=fields,
        now=now,
    )
