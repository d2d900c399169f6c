"""The one decision: an order, a command, who, under which rules and facts, and when → facts, or a refusal.

Pure. The checks and their order are `lifecycle.check`; here is what several streams at once ask for.
"""

from __future__ import annotations

from datetime import datetime

from minsheng.domain.actors import Actor
from minsheng.domain.lifecycle import check
from minsheng.domain.orders.case import Case, Decision, Facts, Row, not_now
from minsheng.domain.orders.commands import Command
from minsheng.domain.orders.order import NEW, Order
from minsheng.domain.orders.table import BY_COMMAND
from minsheng.domain.packs import Rules
from minsheng.domain.rejected import Rejected


def decide(order: Order, command: Command, *, by: Actor, rules: Rules, facts: Facts, now: datetime) -> Decision:
    """Return what follows from `command`, as facts over one stream or several.

    `now` is aware; clocks that ran out before it must have been fired. Raises: Rejected with a stable code.
    """
    row = BY_COMMAND[type(command)]
    case = Case(order, command, by, rules, facts, now.astimezone(rules.worktime.zone))
    if order.status == NEW and NEW not in row.sources:
        raise Rejected("not_found")
    check(case, row, is_own=is_own(order, by, row.unit), not_now=not_now(case))
    row.effect(case)
    return Decision(tuple(case.out), tuple(case.messages), {**case.others, order.id: case.order})


def is_own(order: Order, by: Actor, relation: str) -> bool:
    """Return whether a unit's person stands to the order as the row wants it."""
    match relation:
        case "part":
            return order.part(by.unit) is not None or (order.is_internal and order.handler == by.unit)
        case "lead":
            return bool(order.lead) and order.lead == by.unit and order.part(by.unit) is not None
        case "handler":
            return order.handler == by.unit
        case "responsible":
            return order.responsible_unit == by.unit
        case _:
            return True


def strays(row: Row, before: Order, decision: Decision) -> list[str]:
    """Return what an effect did beyond what its row says; tests hold every effect to the table with it."""
    after = decision.orders[before.id]
    found = []
    if after.status not in {before.status if target == "=" else target for target in row.targets}:
        found.append(f"{row.no} led to {after.status}")
    for fact in decision.facts:
        for timer in fact.clocks if fact.stream == before.id else ():
            if timer.status == "missed":
                continue  # clocks run out by themselves
            was = before.timers.get(timer.key)
            if was is not None and was.status == timer.status:
                allowed, verb = timer.name in (*row.starts, *row.stops) or "*" in row.stops, "moved"
            elif timer.status == "running":
                allowed, verb = timer.name in row.starts or "*" in row.starts, "started"
            else:
                allowed, verb = timer.name in row.stops or "*" in row.stops, "stopped"
            if not allowed:
                found.append(f"{row.no} {verb} {timer.name}")
    return found


def allowed_commands(order: Order, *, by: Actor) -> tuple[Row, ...]:
    """Return the rows that the actor's role and unit and the order's state let through; fields are not looked at."""
    return tuple(
        row
        for row in BY_COMMAND.values()
        if by.role in row.who and order.status in row.sources and is_own(order, by, row.unit)
    )
