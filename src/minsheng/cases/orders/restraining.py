"""Orders that lack the restraint of the order that they came of, found and repaired by facts of the ledger.

Older programs split and joined orders without taking confidentiality along; the rule is in `domain.orders.restraint`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from minsheng.cases.orders import actions, models
from minsheng.cases.orders.storage import joins, queries, records
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
    # What was joined to a secret says the same (SZ-13.3, JY-6.3, SQ-7.3). Those in order are not looked at again.
    for order_id, source in _joined_to_secrets():
        own, missing = actions.restrain(order_id, source=source, now=now, seal_alone=True)
        yield Looked(own.number, queries.peek([source])[source].number, missing)


def _joined_to_secrets() -> Iterator[tuple[str, str]]:
    """Give appeals that are open to read although the order that they were joined to is sealed as a secret."""
    for secret in models.Order.objects.filter(is_sealed=True).order_by("id").values_list("id", flat=True):
        told = joins.to(secret)
        unsealed = models.Order.objects.filter(id__in=told, is_sealed=False).order_by("id")
        yield from [(each, secret) for each in unsealed.values_list("id", flat=True)]


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
