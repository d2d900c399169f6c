"""What an order waits for: whose queue it stands in, and which missed clock keeps it red there. Made of the table."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from minsheng.domain.actors import ROLES
from minsheng.domain.orders.order import (
    CALLBACK,
    CALLBACK_MANUAL,
    DECISION,
    DETERMINE,
    DISPATCHED,
    DRAFT,
    EMERGENCY,
    HANDLING,
    OPEN_STATES,
    REDO,
    REFERRED,
    REPLIED,
    RESEARCH,
    RESTRICTED,
    RETURN_REQUESTED,
    SUBMITTED,
    SUPPLEMENT,
    WAIT_SYNC,
)
from minsheng.domain.orders.table import TABLE

# How the states of a queue stand side by side on its desk.
SHOWN: Final = (
    DRAFT, DETERMINE, SUBMITTED, DISPATCHED, HANDLING, SUPPLEMENT, RETURN_REQUESTED, REDO, RESTRICTED, REFERRED,
    REPLIED, CALLBACK, CALLBACK_MANUAL, RESEARCH, EMERGENCY, DECISION, WAIT_SYNC,
)  # fmt: skip
# Who has a queue and does nothing there: the discipline organ reads what was referred.
READERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"discipline": (REFERRED,)})


def _queue(role: str) -> tuple[str, ...]:
    awaited = {state for row in TABLE if role in row.desks for state in row.awaits} | {*READERS.get(role, ())}
    return tuple(state for state in SHOWN if state in awaited)


def _clocks(state: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(clock for row in TABLE for clock in row.awaits.get(state, ())))


# Which states wait for which role: those in which an order waits for one of its rows.
QUEUES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({role: _queue(role) for role in ROLES if _queue(role)})
# Which clocks say, in each state, how long the order may wait there: a missed one keeps it red.
CLOCKS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({state: _clocks(state) for state in OPEN_STATES})
