"""Orders that lack the restraint of the order that they came of, found and repaired by facts of the ledger.

Older programs split and joined orders without taking confidentiality along; the rule is in `domain.orders.restraint`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from minsheng.cases.orders import actions, models
from minsheng.cases.orders.storage import queries, records
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.restraint import Restraint


@dataclass(frozen=True, slots=True)
class Looked:
    """An order that was looked at, where its restraint comes from, and what of it was missing."""

    number: str
    source: str
    missing: Restraint

    @property
    def is_repaired(self) -> bool:
        """Whether anything was missing."""
        return self.missing != Restraint()


def repair(*, now: datetime) -> Iterator[Looked]:
    """Look at every part of a parallel dispatch and every order that others were joined to; repair each by a fact.

    A second run finds nothing to do. Source: JY-8d, JY-13.3.
    """
    for order_id, source in _pairs():
        own, missing = actions.restrain(order_id, source=source, now=now)
        yield Looked(own.number, queries.peek([source])[source].number, missing)


def _pairs() -> Iterator[tuple[str, str]]:
    """Give orders with the order that each came of; what was joined first, so that the parts of the whole have it."""
    joined = models.Order.objects.filter(reason="linked").order_by("id").values_list("id", flat=True)
    for source in joined:
        for stored in queries.history(source):
            event = records.from_ledger(stored).event
            if isinstance(event, ev.Linked):
                # The words of a part are the whole's: from there every part has it.
                yield from ((each, source) for each in dict.fromkeys((event.to, records.appeal_of(event.to))))
    parts = models.Order.objects.exclude(parent="").order_by("id").values_list("id", "parent")
    yield from list(parts)
