"""Whom a seat may bring into a talk, and that nobody's name or telephone can be put on record that way."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from tests.packing_ground import rules_of

from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.order import Order, UnitFacts
from minsheng.domain.rejected import Rejected

NOON = datetime(2026, 10, 12, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FACTS = Facts(units={"市住建局": UnitFacts("市住建局")})


def held(told: str) -> ev.ThreeWayHeld:
    done = decide(
        Order("o1", status="DRAFT"), cmd.ThreeWay(party=told, outcome="answered"), by=Actor("seat"),
        rules=rules_of("suzhou"), facts=FACTS, now=NOON,
    )  # fmt: skip
    event = done.facts[0].event
    assert isinstance(event, ev.ThreeWayHeld)
    return event


@pytest.mark.parametrize(
    ("told", "kind", "party"),
    [
        ("expert", "expert", ""),
        ("expert@0192-ab", "expert", "0192-ab"),
        ("specialist@staff:7", "specialist", "staff:7"),
        ("tier@jiangsu", "tier", "jiangsu"),
        ("110", "emergency", "110"),
        ("市住建局", "unit", "市住建局"),
    ],
)
def test_party_is_known_by_how_it_is_told(told: str, kind: str, party: str) -> None:
    assert (held(told).kind, held(told).party) == (kind, party)


@pytest.mark.parametrize("told", ["王某某", "19900001111", "expert@19900001111", "tier", "specialist@王某某", "113"])
def test_names_and_telephones_are_no_party(told: str) -> None:
    with pytest.raises(Rejected) as refused:
        held(told)

    assert refused.value.code == "party_unknown"
    assert told not in str(refused.value)
