"""What a session of a programme has collected, as the studio may see it: titles and matters that name nobody."""

from __future__ import annotations

from minsheng.cases.orders import models
from minsheng.cases.orders.reading import words
from minsheng.cases.orders.storage import queries
from minsheng.domain.actors import Actor

# The studio is looked at by guests and cameras: it reads what any unit reads, whoever is signed in.
_ANYBODY = Actor("officer", "")


def collected(actor: Actor, *, city: str, session: str) -> list[models.Order]:
    """Return the appeals of a session that exist for the actor, the oldest first; read and never saved."""
    rows = queries.visible(actor, city=city).filter(programme=session, is_internal=False)
    return words.retold(list(rows.order_by("registered_at", "id")), actor=_ANYBODY, city=city)
