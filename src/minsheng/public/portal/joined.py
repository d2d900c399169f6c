"""What the citizen of an appeal that was joined to another reads and may do: of the other's only what is public.

What they say goes to the order that goes on, or, where that was split, to its parts. Source: JY-6.6, A-10.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from minsheng.cases.orders.reading import own
from minsheng.cases.orders.storage import joins, queries, records
from minsheng.cases.orders.storage.queries import Row
from minsheng.domain.facts import Fact
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import joining
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, CLOSED, HANDLED_REASONS
from minsheng.public.portal.plain import Standing
from minsheng.public.publication import queries as publication
from minsheng.public.publication.queries import Case


@dataclass(frozen=True, slots=True)
class Shown:
    """How the joined matter stands for them: the published cases, what they themselves said there, what they may do."""

    standing: Standing
    public: Sequence[Case]
    said: Sequence[Fact]
    is_open: bool
    may_rate: bool


def hearing(row: Row, command: cmd.Command) -> list[Row]:
    """Return the orders that hear what the citizen of an appeal says: its own, or those that go on for it."""
    if row.reason != joins.LINKED:
        return [row]
    orders = _orders(row)
    if isinstance(command, cmd.RateJoined):
        return [each for each in orders if _may_rate(row, each)] or orders[:1]
    return [each for each in orders if each.status != CLOSED] or orders[:1]


def shown(row: Row) -> Shown:
    """Return what the page of a joined appeal says of the matter that it was joined to."""
    orders = _orders(row)
    is_open = any(each.status != CLOSED for each in orders)
    may_rate = any(_may_rate(row, each) for each in orders)
    numbers = [each.number for each in (joins.goes_on(row), *orders) if each.is_published]
    cases = [publication.case(row.city_id, number) for number in dict.fromkeys(numbers)]
    public = [each for each in cases if each is not None]
    return Shown(
        standing=Standing(_standing(is_open=is_open, may_rate=may_rate, is_public=bool(public)), None),
        public=public,
        said=_said(row, [*joins.way(row.id), *(each.id for each in orders[:1])]),
        is_open=is_open,
        may_rate=may_rate,
    )


def _standing(*, is_open: bool, may_rate: bool, is_public: bool) -> str:
    if is_open and may_rate:
        return _("您反映的事项已合并办理，承办单位已作出答复，请您评价")
    if is_open:
        return _("您反映的事项已合并办理，正在办理；您可以在这里补充材料、催办")
    if is_public:
        return _("合并办理的事项已办结，办理结果已公开")
    return _("合并办理的事项已办结，办理结果没有公开；想了解与您有关的情况，请拨打 12345")


def _orders(row: Row) -> list[Row]:
    """Return the order that goes on, or its parts where it was dispatched in parallel."""
    whole = joins.goes_on(row)
    return own.parts(whole) or [whole]


def _may_rate(row: Row, heard: Row) -> bool:
    """Tell whether the citizen can rate what the order came to: once, when an answer has passed the check."""
    answered = heard.status in (CALLBACK, CALLBACK_MANUAL) or heard.reason in HANDLED_REASONS
    return answered and not joining.joined_of(_facts(heard.id), row.id).has_rated


def _said(row: Row, orders: Sequence[str]) -> list[Fact]:
    """Return what the citizen said on these orders; of several parts that heard the same, one is asked."""
    found = [fact for each in dict.fromkeys(orders) for fact in _facts(each)]
    return [fact for fact in found if getattr(fact.event, "joined", "") == row.id]


def _facts(order: str) -> list[Fact]:
    return [records.from_ledger(each) for each in queries.history(order)]
