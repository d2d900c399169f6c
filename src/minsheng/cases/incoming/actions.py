"""Incoming text messages on PostgreSQL, over `domain.channels`; number and words are kept sealed (`core.words`).

What answers a rating that was asked of the number goes to its order; what comes about the only open order of a number
is added there; all else waits for a seat, with nothing lost. Source: SQ-10.5a, JY-9.6, SZ-15.5a.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.incoming.models import Incoming
from minsheng.cases.orders import actions as orders
from minsheng.cases.orders.reading import finding
from minsheng.cases.orders.storage import queries, records
from minsheng.cases.orders.storage.queries import Locked
from minsheng.core.ledger import actions as ledger
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.lifecycles import numbers
from minsheng.core.lifecycles.kinds import Asked, Kind, Labels, Readers
from minsheng.core.people import queries as people
from minsheng.core.people.vault import BadPhone
from minsheng.core.policies import queries as policies
from minsheng.core.words import actions as words
from minsheng.domain.actors import SYSTEM, Actor
from minsheng.domain.channels import incoming
from minsheng.domain.channels.replies import reply_of
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, CLOSED, Order
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.gateways.sms_http import Came

__all__ = ["KIND", "take"]

# So many of the latest appeals of a number are looked at.
_LATEST: Final = 50


def take(came: Came, *, city: str, provider: str, now: datetime) -> UUID | None:
    """Take a message from its carrier, and do what it clearly asks; None for one that came before."""
    source_no, opens = f"{provider} {came.id}", KIND.opens
    assert opens is not None
    with transaction.atomic():
        # Two that bring it at once: the second finds the first's.
        ledger.hold(f"incoming {source_no} {city}")
        if KIND.rows_in(city, source_no=source_no).exists():
            return None
        command = incoming.ReceiveIncoming(source_no=source_no, phone=came.phone, text=came.text)
        id = lifecycles.begin(KIND, command, city=city, by=SYSTEM, now=now, made=lambda id: opens(id, city)).id
        if (taken := _carried_out(came, city=city, now=now)) is not None:
            lifecycles.apply(KIND, id, taken, city=city, by=SYSTEM, now=now)
    return id


def _carried_out(came: Came, *, city: str, now: datetime) -> incoming.TakeIncoming | None:
    """Carry out what a message asks of an order, and say of which; None where it is not certain, or refused."""
    rules = policies.rules_for(city, now=now)
    try:
        known = people.find_appellant(city=city, phone=came.phone)
    except BadPhone:
        return None
    ids = appeals.ids_of_appellants(city, known, limit=_LATEST) if known else []
    held = list(queries.peek(ids).values()) if ids else []
    reply = reply_of(came.text, rules.satisfaction_grades)
    if reply is None:
        open_ones = [each for each in held if each.order.status != CLOSED]
        if len(open_ones) != 1 or not came.text:
            return None
        return _applied(open_ones[0], cmd.AddMaterial(text=came.text), incoming.ADDED, now=now)
    asked = [each for each in held if _asks(each.order, rules) and each.number.endswith(reply.number)]
    if len(asked) != 1:
        return None
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


def _applied(held: Locked, command: Any, outcome: str, *, now: datetime) -> incoming.TakeIncoming | None:
    order = held.order.id
    said = appeals.words_of(records.appeal_of(order))
    person = f"appellant:{said.appellant}" if said is not None and said.appellant else None
    try:
        with transaction.atomic():
            orders.apply(command, order_id=order, actor=Actor("citizen", None, person), now=now)
    except Rejected:
        return None
    return incoming.TakeIncoming(order=order, outcome=outcome)


def _known(asked: Asked) -> incoming.Known:
    number = getattr(asked.command, "number", "")
    if not number:
        return incoming.Known()
    try:
        return incoming.Known(queries.find(number, actor=asked.by, city=asked.city).id)
    except Rejected:
        return incoming.Known()


def _columns(state: incoming.Incoming) -> dict[str, Any]:
    return {"source_no": state.source_no, "order": state.order}


def _opens(id: UUID, city: str) -> Incoming:
    return Incoming(id=id, city_id=city, number=numbers.next_of(Incoming, "短信", id=id, city=city))


def _beside(row: Any, actor: Actor) -> list[tuple[str, str]]:
    """Return the order that a message went to, as far as it exists for the actor."""
    found = finding.of_ids(actor, city=row.city_id, ids=[row.order]) if row.order else []
    return [(order.number, reverse("desks:order", args=(order.id,))) for order in found]


KIND = Kind(
    incoming.CYCLE,
    model=Incoming,
    names=people.names,
    words={"IncomingReceived": "收到短信", "IncomingTaken": "自动办理", "IncomingClosed": "处理"},
    facts=_known,
    keeps=words.keep,
    columns=_columns,
    readers=Readers(roles=("seat", "office")),
    labels=Labels(
        name="短信来信",
        states={"WAITING": "待处理", "TAKEN": "已转入工单", "CLOSED": "已处理"},
        commands={
            "receive_incoming": "收到短信", "take_incoming": "自动办理", "close_incoming": "登记处理结果",
        },
        fields={
            "phone": "来信号码", "text": "来信内容", "outcome": "处理结果", "number": "工单编号",
            "reason": "不办理的理由",
        },
        choices={
            "outcome": {"rated": "已评价", "added": "补充到工单", "registered": "已登记诉求", "nothing": "不办理"},
        },
        beside=_beside,
        untold=("order",),
    ),
    opens=_opens,
)  # fmt: skip
