"""For whom things of units exist, whatever a unit was called before: what went into another reads on as that one."""

from __future__ import annotations

from minsheng.core.lifecycles.kinds import Readers
from minsheng.core.people import queries, units


def readers(*roles: str) -> Readers:
    """Return the readers of a kind that exists for roles of the whole city and for the units of each thing."""
    return Readers(roles=roles, units=True, known_as=queries.known_as, today=units.stand_ins)
