"""Orders in every situation that the rehearsals lead to, and commands with every field filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from minsheng.app.cli import rehearse
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.commands import Attestation, Command, EmergencyForm, fields_of
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import Matter, Order, UnitFacts
from minsheng.domain.packs import Rules
from minsheng.gateways import packfiles

STRANGER = "生疏局"
UNJOINED = "未入网局"


class Units(dict[str, UnitFacts]):
    """Every unit is an ordinary one, but for the one that has not joined."""

    def __missing__(self, name: str) -> UnitFacts:
        return UnitFacts(name, phone="0510-1", joined=name != UNJOINED)

    def get(self, name: str, default: Any = None) -> UnitFacts:
        return self[name]


@dataclass(frozen=True)
class Reached:
    """An order as it stood after a step, under the rules and at the moment of that step."""

    order: Order
    rules: Rules
    now: datetime
    facts: Facts


@cache
def situations() -> tuple[Reached, ...]:
    """Return one order for every situation that differs in more than moments and names."""
    found: dict[object, Reached] = {}
    for path in sorted(packfiles.shipped_folder().glob("*/scenarios/*.yaml")):
        _, results = rehearse.play_file(path, library=packfiles.shipped_packs())
        orders: dict[str, Order] = {}
        for result in results:
            for fact in result.facts:
                if "/" not in fact.stream:  # of a thing beside orders
                    orders[fact.stream] = evolve(orders.get(fact.stream, Order(fact.stream)), fact)
            for order in orders.values():
                situation = (result.rules.pack, result.rules.overlays, _situation(order))
                reached = Reached(order, result.rules, result.step.at, _facts(order, orders))
                found.setdefault(situation, reached)
    return tuple(found.values())


# What a decision may turn on; the rest of an order is moments, names, counts and digests.
_TURNS_ON = (
    "status", "reason", "publish", "system", "utility", "has_content", "has_place", "written_opinion", "lead_needed",
    "designated", "escalated", "suspended",
    "direct", "round", "in_extension", "coordination", "repeat", "leader_duty", "opinion_given", "not_accepted",
    "documented", "final_reply", "publication", "published", "level", "emergency_stage", "branch", "receipts",
    "rejection_proposed",
)  # fmt: skip


def _situation(order: Order) -> object:
    """Return what a decision may turn on: the order without its moments, digests and history."""
    clocks = tuple(sorted((timer.name, timer.status) for timer in order.timers.values()))
    parts = tuple((part.lead, part.stage, part.signed, part.responded, part.handled) for part in order.parts)
    plain = tuple(getattr(order, name) for name in _TURNS_ON)
    supervision = (order.supervision.status, order.supervision.level > 1) if order.supervision else None
    lists = (bool(order.no_more_return), bool(order.approved), bool(order.parent), order.extension is not None)
    return plain, clocks, parts, supervision, lists


def _facts(order: Order, orders: dict[str, Order]) -> Facts:
    others = [each for each in orders.values() if each.id != order.id]
    parent = orders.get(order.parent) if order.parent else None
    return Facts(
        units=Units(),
        matter=Matter(appeals=len(others)),
        target=others[0] if others else None,
        parent=parent,
        open_siblings=sum(orders[name].is_open for name in parent.children if name != order.id) if parent else 0,
        children=tuple(orders[name] for name in order.children),
    )


def filled(command: type[Command], *, now: datetime, units: tuple[str, ...]) -> Iterator[Command]:
    """Return a command with nothing filled in, then with everything, once for each of its choices."""
    yield command()
    whole = {name: _value(name, each.metadata, now, units) for name, each in fields_of(command).items()}
    if whole:
        yield command(**whole)
    for name, each in fields_of(command).items():
        for value in each.metadata.get("values", ())[1:]:
            yield command(**{**whole, name: value})
        if each.metadata["kind"] in ("flag", "moment", "names", "map"):
            yield command(**{**whole, name: False if each.metadata["kind"] == "flag" else each.default})


def _value(name: str, metadata: Any, now: datetime, units: tuple[str, ...]) -> object:
    match metadata["kind"]:
        case "choice" | "grade":
            return metadata["values"][0]
        case "flag":
            return True
        case "count":
            return 1
        case "moment":
            return now + timedelta(days=1)
        case "names":
            return units
        case "attest":
            return Attestation(now, "phone", "已告知")
        case "map":
            return EmergencyForm(place="学院路", facts="爆管")
        case _:
            return {"unit": units[0], "lead": units[0], "handler": units[0], "number": "119"}.get(name, "甲")
