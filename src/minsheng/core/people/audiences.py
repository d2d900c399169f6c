"""Which audiences of signals somebody at a desk belongs to. What is told to an audience is the feature's gate."""

from __future__ import annotations

from minsheng.core.people import permissions
from minsheng.domain.actors import UNIT_ROLES, Actor
from minsheng.domain.audiences import CITY, post_audience, role_audience, unit_audience


def of_actor(actor: Actor) -> tuple[str, ...]:
    """Return the audiences that the actor belongs to; none for a role without content."""
    if not permissions.sees_things(actor.role):
        return ()
    own = (actor.person,) if actor.person else ()
    if actor.role in UNIT_ROLES:
        return (unit_audience(actor.unit or ""), post_audience(actor.role, unit=actor.unit or ""), *own)
    if actor.role in ("discipline", "connector") or not permissions.sees_orders(actor.role):
        return (role_audience(actor.role), *own)
    return (CITY, role_audience(actor.role), *own)
