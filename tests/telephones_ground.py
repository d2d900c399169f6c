"""A town's telephones: its controller over the switch in memory, and a seat's desk that asks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from tests.exchange_ground import Office
from tests.town_ground import Town, fresh

from minsheng.cases.telephony import actions, queries
from minsheng.core.ledger import journals
from minsheng.core.policies import queries as policies

CITIZEN = "19900001111"


class Telephones:
    """The town's controller, which does what desks ask whenever it is told to look."""

    def __init__(self, town: Town) -> None:
        self.town = town
        rules = policies.rules_for(town.code, now=town.now)
        begins = town.now - timedelta(hours=1)
        self.office = Office(
            town.code, rules, begins=begins, write=lambda batch, now: actions.write(batch, city=town.code, now=now)
        )
        self.seat = f"staff:{town.staff['seat']}"

    def looks(self) -> Telephones:
        for ask in queries.asks(self.town.code):
            self.office.exchange.asked(ask)
        self.office.settles()
        return self

    def talks(self, client: Client, *, line: str = "12345", caller: str = CITIZEN) -> str:
        """Let the seat be ready and answer a call; return the call's id."""
        do(client, "go_ready")
        self.looks()
        self.office.sim.calls_in(caller, line)
        self.office.passes(3)
        self.office.answers(self.seat)
        return self.office.of(self.seat)


def do(client: Client, kind: str, **more: Any) -> Any:
    return client.post("/telephony/do", fresh(kind=kind, **more))


def opened(town: Town) -> Telephones:
    """Return the telephones of a town, whose journal has this month."""
    journals.make_months(town.now.date(), town.now.date())
    return Telephones(town)
