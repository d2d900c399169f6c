"""The files of one's own appeal, as `core.files` asks for them: what one brought, and what came with answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from minsheng.cases.appeals import attachments
from minsheng.cases.orders.reading import own
from minsheng.cases.orders.storage import joins, queries, records
from minsheng.cases.orders.storage.queries import Row
from minsheng.core.files.values import Shown
from minsheng.core.people import permissions
from minsheng.domain.facts import Fact
from minsheng.domain.orders import events as ev
from minsheng.public.citizens.visitors import Visitor


def of_order(order: str, visitor: Visitor) -> OwnFiles | None:
    """Return the files of an order that is the visitor's own; nothing of another."""
    row = own.of_id(visitor.city.code, order)
    return OwnFiles(row) if row is not None and is_own(row, visitor) else None


def is_own(row: Row, visitor: Visitor) -> bool:
    """Tell whether an order is the visitor's: opened by number and code, or of their account."""
    return records.appeal_of(row.id) in visitor.opened or own.is_of(row, visitor.appellants)


def joined(row: Row) -> str:
    """Return the appeal's own id where it was joined to another, for whom it speaks there; empty for every other."""
    return row.id if row.reason == joins.LINKED else ""


@dataclass(frozen=True)
class OwnFiles:
    """The files of an order that is known to be one's own."""

    row: Row

    @property
    def stream(self) -> str:
        """The stream of the order that goes on, where one's own was joined to it."""
        return attachments.stream(self._heard.id)

    @property
    def city(self) -> str:
        """The order's city."""
        return self._heard.city_id

    @property
    def unit(self) -> str:
        """None: a citizen is of no unit."""
        return ""

    @property
    def round(self) -> int:
        """The round of the order that goes on."""
        return self._heard.round

    @property
    def stage(self) -> str:
        """The state of the order that goes on."""
        return self._heard.status

    @property
    def joined(self) -> str:
        """One's own appeal, where that was joined to another."""
        return joined(self.row)

    def may_add(self) -> tuple[str, ...]:
        """Return what a citizen brings files for; whether the order still takes any is the command's to say."""
        return ("APPEAL",)

    def readable(self) -> list[Shown]:
        """Return the files that the citizen reads; of a sealed order none."""
        if self.row.is_sealed:
            return []
        return [
            *brought(self.row),
            *of_answers(self.row, [records.from_ledger(x) for x in queries.history(self.row.id)]),
        ]

    @cached_property
    def _heard(self) -> Row:
        return joins.goes_on(self.row)


def brought(row: Row) -> list[Shown]:
    """Return what the appellant has brought; it belongs to the whole, or to the order that goes on."""
    mine = {row.id, records.appeal_of(row.id)}
    found = _readable("APPEAL", {*mine, *joins.way(row.id)})
    return [each for each in found if (each.joined or each.order) in mine]


def of_answers(row: Row, facts: list[Fact]) -> list[Shown]:
    """Return the files that came with answers which passed the check, or with a written opinion that followed one.

    Source: SZ-15.5b, SQ-10.5d; an internal referral answers nobody outside (JY-12).
    """
    passed = max(
        (fact.at for fact in facts if isinstance(fact.event, ev.AuditPassed | ev.DocumentSupplied)), default=None
    )
    if passed is None or row.is_internal:
        return []
    return [each for each in _readable("REPLY", {row.id}) if each.uploaded_at <= passed]


def _readable(purpose: str, orders: set[str]) -> list[Shown]:
    """Return the files of a purpose, if it is one whose files appellants read."""
    known = purpose in permissions.files_of(permissions.Reader.APPELLANT)
    return attachments.of_orders(orders, purpose=purpose) if known else []
