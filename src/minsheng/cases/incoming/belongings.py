"""To which order something belongs that somebody sent, and what it asks there: a grade, or an addition.

What is not certain is left to a seat. Source: SQ-10.5a, JY-9.6, SZ-15.5a.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.incoming.values import Arrived
from minsheng.cases.orders import actions as orders
from minsheng.cases.orders.storage import queries, records
from minsheng.cases.orders.storage.queries import Locked
from minsheng.core.people import queries as people
from minsheng.core.people.vault import BadPhone
from minsheng.core.policies import queries as policies
from minsheng.core.reach import actions as wishing
from minsheng.core.reach import queries as reach
from minsheng.domain.actors import Actor
from minsheng.domain.channels import incoming, replies
from minsheng.domain.channels.advertising import ENOUGH, signs
from minsheng.domain.channels.incoming import ADVERTISING, BY_POST, UNSUBSCRIBED, TakeIncoming
from minsheng.domain.channels.replies import Reply, reply_of
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, CLOSED, Order
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

# So many of the latest appeals of a person are looked at.
_LATEST: Final = 50


@dataclass(frozen=True, slots=True)
class Found:
    """What becomes of it: the command that takes it, or why nobody did, and the orders between which it is not clear.

    `said`: the very words were the grade or the addition, so nothing is left for a seat.
    """

    taken: TakeIncoming | None = None
    note: str = ""
    between: tuple[str, ...] = ()


def persons(arrived: Arrived, *, city: str) -> list[UUID]:
    """Return whom the number is known to be of, and who has shown that the address is theirs."""
    found = []
    if arrived.phone:
        try:
            found = people.find_appellant(city=city, phone=arrived.phone)
        except BadPhone:
            found = []
    if arrived.sender:
        found += reach.find(city, channel=arrived.channel, address=arrived.sender)
    return list(dict.fromkeys(found))


def orders_of(arrived: Arrived, *, city: str) -> list[str]:
    """Return the orders about which somebody may speak: their own, and what began with their address."""
    known = persons(arrived, city=city)
    ids = appeals.ids_of_appellants(city, known, limit=_LATEST) if known else []
    if arrived.sender:
        ids += reach.orders_of(city, channel=arrived.channel, address=arrived.sender)
    return list(dict.fromkeys(ids))


def carry_out(arrived: Arrived, *, city: str, now: datetime) -> Found:
    """Carry out what it asks of an order, and say of which; or why nobody did."""
    if arrived.note:
        return Found(note=arrived.note)
    rules = policies.rules_for(city, now=now)
    known = persons(arrived, city=city)
    if known and arrived.vouched and replies.leaves(arrived.text):
        for appellant in known:
            wishing.wish(appellant, city=city, no_news=True, now=now)
        return Found(TakeIncoming(order="", outcome=UNSUBSCRIBED))
    ids = orders_of(arrived, city=city)
    if not ids and not arrived.order and _advertises(arrived, rules):
        return Found(note=ADVERTISING)
    if arrived.order:
        # A reference is certain of the order; that its sender may speak there is another thing.
        if not arrived.vouched or arrived.order not in ids:
            return Found(note="stranger")
        ids = [arrived.order]
    elif not arrived.vouched or arrived.channel in BY_POST:
        return Found()
    held = list(queries.peek(ids).values()) if ids else []
    reply = reply_of(arrived.text, rules.satisfaction_grades)
    if reply is None:
        return _added(arrived, held, named=bool(arrived.order), now=now)
    return _rated(reply, held, rules, now=now)


def _advertises(arrived: Arrived, rules: Rules) -> bool:
    """Tell whether something of an unknown sender looks like advertising: it is laid aside, where a seat looks."""
    return signs(f"{arrived.subject}\n{arrived.text}", rules.incoming_advertising) >= ENOUGH


def _added(arrived: Arrived, held: list[Locked], *, named: bool, now: datetime) -> Found:
    open_ones = [each for each in held if named or each.order.status != CLOSED]
    if len(open_ones) != 1 or not (arrived.text or arrived.files):
        return Found(note="several" if len(open_ones) > 1 else "unclear")
    return _applied(open_ones[0], cmd.AddMaterial(text=arrived.text), incoming.ADDED, now=now)


def _rated(reply: Reply, held: list[Locked], rules: Rules, *, now: datetime) -> Found:
    asked = [each for each in held if _asks(each.order, rules) and each.number.endswith(reply.number)]
    if len(asked) != 1:
        return Found(note="several" if asked else "unclear", between=tuple(each.number for each in asked))
    rating = cmd.AnswerSms if _sms_waits(asked[0].order) else cmd.Rate
    command = rating(satisfied=reply.grade, resolved=reply.grade in rules.satisfied_grades)
    return _applied(asked[0], command, incoming.RATED, now=now)


def _asks(order: Order, rules: Rules) -> bool:
    """Tell whether the appellant of an order can rate it now, by the message or by themselves."""
    if order.status not in (CALLBACK, CALLBACK_MANUAL):
        return False
    return _sms_waits(order) or ("self" in rules.callback_chain and not (order.utility or order.is_emergency))


def _sms_waits(order: Order) -> bool:
    timer = order.timer("sms")
    return order.status == CALLBACK and timer is not None and timer.status == "running"


def add(order: str, text: str, *, now: datetime) -> None:
    """Add words to an order that a seat has put them to, as its appellant's. Raises: Rejected."""
    orders.apply(
        cmd.AddMaterial(text=text, files=None if text else 1), order_id=order, actor=_appellant(order), now=now
    )


def _appellant(order: str) -> Actor:
    said = appeals.words_of(records.appeal_of(order))
    return Actor("citizen", None, f"appellant:{said.appellant}" if said is not None and said.appellant else None)


def _applied(held: Locked, command: Any, outcome: str, *, now: datetime) -> Found:
    order = held.order.id
    try:
        with transaction.atomic():
            orders.apply(command, order_id=order, actor=_appellant(order), now=now)
    except Rejected:
        return Found(note="refused")
    return Found(TakeIncoming(order=order, outcome=outcome))
