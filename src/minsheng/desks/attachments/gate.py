"""Who may read and bring files of an order, for `core.files`: the staff at their desks, and citizens of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import Http404

from minsheng.cases.appeals import attachments, public_files
from minsheng.cases.orders.storage import queries as orders
from minsheng.core.files.gates import Gate, Holding
from minsheng.core.files.values import Shown
from minsheng.core.people.queries import Person
from minsheng.desks.attachments import queries
from minsheng.domain.orders.order import Order
from minsheng.public.citizens.visitors import Visitor
from minsheng.public.portal import own_files
from minsheng.workbench.steps import order_or_404


@dataclass(frozen=True, slots=True)
class OrderFiles:
    """An order's files, as it stands to one of the staff; the order itself is known to exist for them."""

    order: Order
    person: Person

    @property
    def stream(self) -> str:
        """The order's stream."""
        return attachments.stream(self.order.id)

    @property
    def city(self) -> str:
        """The city of whoever asks, which is the order's."""
        return self.person.city

    @property
    def unit(self) -> str:
        """The unit that the person acts for."""
        return self.person.actor.unit or ""

    @property
    def round(self) -> int:
        """The order's round."""
        return self.order.round

    @property
    def stage(self) -> str:
        """The order's state."""
        return self.order.status

    @property
    def joined(self) -> str:
        """Nothing: the staff brings files to the order itself."""
        return ""

    def may_add(self) -> tuple[str, ...]:
        """Return what the person may bring files for now."""
        return queries.purposes_of(self.order, self.person)

    def readable(self) -> list[Shown]:
        """Return the order's files that exist for the person."""
        return queries.visible(self.order, self.person)


class OrderGate:
    """The gate of orders: a `Person` of the staff, or a citizen's `Visitor`; nobody else has any."""

    def holding(self, thing: str, who: object) -> Holding | None:
        """Return an order as it stands to somebody; nothing where it does not exist for them, or is sealed."""
        match who:
            case Person():
                try:
                    row = order_or_404(who, thing)
                except Http404:
                    return None
                return OrderFiles(orders.state_of(row), who)
            case Visitor():
                return own_files.of_order(thing, who)
            case _:
                return None

    def holds(self, digest: str) -> bool:
        """Tell whether a published copy has this content."""
        return public_files.holds(digest)


GATE: Final[Gate] = OrderGate()
