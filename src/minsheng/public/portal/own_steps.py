"""What somebody may do with their own appeal, for its page and for programs of others: carried out once each.

Every step goes through `orders.actions`, as for everybody. What is not one's own is 404 and on record.
"""

from __future__ import annotations

import hashlib

from minsheng.cases.appeals import queries as appeals
from minsheng.cases.orders import actions
from minsheng.cases.orders.reading import own as own_orders
from minsheng.cases.orders.storage import queries, records
from minsheng.cases.orders.storage.queries import Row
from minsheng.core.files import actions as keeping
from minsheng.core.files import gates, places
from minsheng.core.files import queries as kept
from minsheng.core.files.queries import Twin
from minsheng.core.files.values import Checked
from minsheng.core.messages import queries as messages
from minsheng.core.messages.values import Sent
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.order import CALLBACK, CALLBACK_MANUAL, Order
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules
from minsheng.public.citizens import limits, visitors
from minsheng.public.citizens.visitors import Visitor
from minsheng.public.portal import joined, own_files
from minsheng.public.portal.own_files import OwnFiles
from minsheng.public.publication import projection


def find(visitor: Visitor, number: str) -> Row:
    """Return one's own order. Raises: Http404 for every other, on record."""
    row = own_orders.of_number(visitor.city.code, number) if len(number) <= 40 else None
    if row is not None and own_files.is_own(row, visitor):
        return row
    raise visitors.strange(visitor, wanted=f"appeal {number}", command="read_appeal")


def actor_of(visitor: Visitor, row: Row) -> Actor:
    """Return the appellant as the actor: whoever holds number and code acts as whoever filed."""
    words = appeals.words_of(records.appeal_of(row.id))
    appellant = words.appellant if words is not None else None
    return Actor("citizen", person=f"appellant:{appellant}" if appellant else visitor.actor.person)


def carry_out(
    visitor: Visitor, row: Row, command: cmd.Command, *, key: str, asked: str, files: list[Checked] | None = None
) -> list[Twin]:
    """Carry a command out under a key, and keep the files that came with it. Raises: Rejected.

    `asked`: what was sent, not what is made of it: a second press means the same, also when the order has moved on.
    Return which of the files have the content of another.
    """
    twins: list[Twin] = []
    who = str(visitor.account.id) if visitor.account is not None else row.id
    limits.hit(limits.ACT_BY_ACCOUNT, who, now=visitor.now)
    fingerprint = hashlib.sha256(asked.encode()).digest()
    actor = actor_of(visitor, row)

    def attach() -> None:
        if files:
            held = OwnFiles(row)
            twins.extend(kept.twins(files, held))
            ground = gates.ground(held, "APPEAL")
            keeping.attach(files, ground=ground, actor=actor, store=places.store(), now=visitor.now)

    hearing = joined.hearing(row, command)
    refused: list[Rejected] = []
    for each in hearing:
        scope = f"citizen:{row.id}" if len(hearing) == 1 else f"citizen:{row.id} {each.id}"
        once = actions.Key(scope, key, fingerprint)
        is_first = len(refused) == hearing.index(each)
        try:
            actions.apply(
                command, order_id=each.id, actor=actor, now=visitor.now, key=once, beside=attach if is_first else None
            )
        except Rejected as rejected:
            refused.append(rejected)
        projection.refresh(each.id)
    # Where the matter was split, one part that takes it is enough.
    if len(refused) == len(hearing):
        raise refused[0]
    return twins


def rating(row: Row, *, satisfied: str, resolved: bool, cause: str, remark: str) -> cmd.Command:
    """Return the command that rates: the text message's answer where one waits, else one's own rating."""
    given = {"satisfied": satisfied, "resolved": resolved, "cause": cause, "remark": remark}
    if own_files.joined(row):
        return cmd.RateJoined(**given, joined=row.id)  # type: ignore[arg-type]
    rates = cmd.AnswerSms if sms_waits(queries.state_of(row)) else cmd.Rate
    return rates(**given)  # type: ignore[arg-type]


def may_rate(order: Order, rules: Rules) -> bool:
    """Tell whether the appellant can rate now, by the message or by oneself."""
    if order.status not in (CALLBACK, CALLBACK_MANUAL):
        return False
    by_oneself = "self" in rules.callback_chain and not (order.utility or order.is_emergency)
    return by_oneself or sms_waits(order)


def sms_waits(order: Order) -> bool:
    """Tell whether a message asks the appellant now."""
    timer = order.timer("sms")
    return order.status == CALLBACK and timer is not None and timer.status == "running"


def told(order: str, *, knows_who: bool) -> list[Sent]:
    """Return the messages that went out; where an internal referral went only to who has shown who they are (A-23)."""
    return [
        each
        for each in messages.of(records.stream_of(order))
        if each.state in ("SENT", "DELIVERED", "FAILED") and (knows_who or each.kind != "referral_notice")
    ]
