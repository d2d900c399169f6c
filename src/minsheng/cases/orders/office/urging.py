"""What the guard of urging has to know: how often the hotline has urged a unit within this hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.db import connection

from minsheng.cases.orders.storage import watching
from minsheng.core.ledger import actions as ledger
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.order import Order


def known(facts: Facts, command: cmd.Command, *, order: Order, city: str, by: Actor, now: datetime) -> Facts:
    """Return the facts with the recent urges of the order's unit; a citizen's urging has a pause of its own.

    Within a transaction whoever urges the same unit waits, so that two at once don't pass the limit together.
    """
    unit = order.responsible_unit
    if not isinstance(command, cmd.Urge) or by.role == "citizen" or not unit:
        return facts
    if connection.in_atomic_block:
        ledger.hold(f"urges of {city}/{unit}")
    return replace(facts, unit_urges=watching.office_urges(city, unit, now=now))
