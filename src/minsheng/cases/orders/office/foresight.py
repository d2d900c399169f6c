"""What would follow from a command, decided by the same `decide`, and nothing written: for who is about to press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from minsheng.cases.orders.office import own_work, urging
from minsheng.cases.orders.storage import queries
from minsheng.core.policies import queries as policies
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import firing
from minsheng.domain.orders.case import Decision
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.order import Order
from minsheng.domain.rejected import Rejected


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The order before and after, and the facts that the command would make."""

    before: Order
    after: Order
    decision: Decision


def foresee(command: cmd.Command, *, order_id: str, actor: Actor, now: datetime) -> Foreseen:
    """Return what would follow. Raises: Rejected as the command itself would."""
    now = now.replace(microsecond=0)
    found = queries.peek(queries.reached_by(command, order_id=order_id))
    if order_id not in found:
        raise Rejected("not_found")
    own = found[order_id]
    rules = policies.rules_for(own.city, now=now)
    facts = queries.facts_for(own.order, None, city=own.city, now=now, others=found)
    order = firing.run_out(own.order, rules=rules, facts=facts, now=now).orders[order_id]
    facts = queries.facts_for(order, command, city=own.city, now=now, others=found)
    facts = own_work.known(facts, command, order_id=order_id, by=actor, now=now)
    facts = urging.known(facts, command, order=order, city=own.city, by=actor, now=now)
    decision = decide(order, command, by=actor, rules=rules, facts=facts, now=now)
    return Foreseen(order, decision.orders[order_id], decision)
