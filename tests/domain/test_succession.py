"""A unit is renamed or joined to another: its part of an order, its clocks and what was said of it go along.

Clauses: SZ-3, SZ-8a, JY-12.0.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from minsheng.domain import packs
from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders.case import Decision, Facts
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import Extension, Order, Part, Supervision, UnitFacts
from minsheng.domain.rejected import Rejected
from minsheng.gateways import packfiles

NOW = datetime.fromisoformat("2026-03-02T10:00:00+08:00")
RULES = packs.rules(
    packs.in_force(packfiles.shipped_packs(), "jiangyin", on=date(2026, 1, 1)).pack, calendar=packfiles.load_calendar()
)
ADMIN = Actor("admin", None, "staff:1")
FACTS = Facts(units={name: UnitFacts(name) for name in ("甲局", "乙局", "新局")})


def after(order: Order, *commands: tuple[cmd.Command, Actor], now: datetime = NOW) -> Order:
    for command, by in commands:
        order = decide(order, command, by=by, rules=RULES, facts=FACTS, now=now).orders[order.id]
    return order


def dispatched(*units: str, lead: str = "") -> Order:
    """Return an order that was given to the units."""
    register = cmd.Submit(
        type="complaint", channel="phone", appellant="citizen", publish="yes", content="人行道破损", target_unit="甲局"
    )
    dispatch = cmd.Dispatch(units=units, lead=lead or units[0], basis="权责清单")
    return after(Order("o1"), (register, Actor("seat")), (dispatch, Actor("dispatcher")))


def succeed(order: Order, unit: str = "甲局", successor: str = "新局", facts: Facts = FACTS) -> Decision:
    command = cmd.Succeed(unit=unit, successor=successor)
    return decide(order, command, by=ADMIN, rules=RULES, facts=facts, now=NOW + timedelta(hours=1))


def test_part_clocks_and_complaint_go_to_the_successor_with_the_same_due_moments() -> None:
    order = dispatched("甲局")

    decision = succeed(order)
    moved = decision.orders["o1"]

    assert (moved.lead, moved.first_unit, moved.responsible_unit) == ("新局",) * 3
    assert [part.unit for part in moved.parts] == ["新局"]
    for name in ("sign", "return"):
        was, old, new = order.timer(name, "甲局"), moved.timer(name, "甲局"), moved.timer(name, "新局")
        assert was is not None
        assert old is not None
        assert new == replace(was, unit="新局")
        assert old.status == "cancelled"
    assert moved.about == ("新局", "甲局")
    assert [type(fact.event) for fact in decision.facts] == [ev.UnitSucceeded]


def test_the_successor_works_on_where_the_unit_stood() -> None:
    signed = after(dispatched("甲局"), (cmd.Sign(), Actor("officer", "甲局")))

    moved = succeed(signed).orders["o1"]

    assert moved.parts == (Part("新局", True, "HANDLING", True),)
    replied = after(
        moved,
        (cmd.ApproveReply(), Actor("leader", "新局")),
        (cmd.Reply(text="已修复", channel="phone"), Actor("officer", "新局")),
        now=NOW + timedelta(hours=2),
    )
    assert replied.status == "REPLIED"
    with pytest.raises(Rejected, match="not_your_unit"):
        after(moved, (cmd.ApproveReply(), Actor("leader", "甲局")))


@pytest.mark.parametrize(("unit", "successor", "leads"), [("甲局", "乙局", True), ("乙局", "甲局", True)])
def test_of_two_parts_the_leads_goes_on(unit: str, successor: str, leads: bool) -> None:
    order = dispatched("甲局", "乙局", lead="甲局")
    order = after(order, (cmd.Sign(), Actor("officer", "甲局")))

    moved = succeed(order, unit, successor).orders["o1"]

    assert moved.parts == (Part(successor, leads, "HANDLING", True),)
    assert moved.lead == successor
    sign = moved.timer("sign", successor)
    assert sign is not None
    assert sign.status == "met"


def test_everything_that_names_the_unit_names_the_successor() -> None:
    order = replace(
        dispatched("甲局"),
        no_more_return=("甲局", "乙局"),
        refused_returns=("甲局",),
        approved=("甲局",),
        phoned=("乙局", "甲局"),
        extension=Extension("甲局", "handle", NOW, "5 WD"),
        supervision=Supervision("K2", "甲局", "supervisor"),
    )

    moved = succeed(order).orders["o1"]

    assert (moved.no_more_return, moved.refused_returns) == (
        ("甲局", "乙局", "新局"), ("甲局", "新局"),
    )  # fmt: skip
    assert (moved.approved, moved.phoned) == (("新局",), ("乙局", "甲局", "新局"))
    assert moved.extension is not None
    assert moved.supervision is not None
    assert (moved.extension.unit, moved.supervision.unit) == ("新局", "新局")


def test_a_closed_order_stays_as_it_was_but_for_an_open_supervision_order() -> None:
    supervised = after(dispatched("甲局"), (cmd.Supervise(category="K2", ground="多次反映"), Actor("supervisor")))
    closed = replace(supervised, status="CLOSED")

    moved = succeed(closed).orders["o1"]

    assert moved.lead == "甲局"
    assert moved.supervision is not None
    assert moved.supervision.unit == "新局"
    assert moved.timer("supervision", "新局") is not None
    assert moved.timer("sign", "新局") is None
    settled = replace(closed, supervision=replace(moved.supervision, unit="甲局", status="CLOSED"))
    with pytest.raises(Rejected, match="not_allowed_now"):
        succeed(settled)


def test_an_order_that_has_nothing_to_do_with_the_unit_is_left_alone() -> None:
    order = replace(dispatched("乙局"), target_unit="")

    with pytest.raises(Rejected, match="not_allowed_now"):
        succeed(order)


def test_a_complaint_alone_goes_along_and_keeps_the_old_name_too() -> None:
    moved = succeed(dispatched("乙局")).orders["o1"]

    assert moved.lead == "乙局"
    assert moved.about == ("新局", "甲局")
    settled = replace(dispatched("甲局"), supervision=Supervision("K2", "乙局", "supervisor", "CLOSED"))
    assert succeed(settled).orders["o1"].supervision == settled.supervision


@pytest.mark.parametrize("facts", [Facts(), Facts(units={"新局": UnitFacts("新局", joined=False)})])
def test_a_successor_that_has_not_joined_is_refused(facts: Facts) -> None:
    with pytest.raises(Rejected, match="unit_not_joined"):
        succeed(dispatched("甲局"), facts=facts)
    with pytest.raises(Rejected, match="unit_not_joined"):
        succeed(dispatched("甲局"), successor="甲局")


@pytest.mark.parametrize(
    ("target", "handler", "unit", "successor"), [("甲局", "乙局", "乙局", "甲局"), ("甲局", "乙局", "甲局", "乙局")]
)
def test_nobody_comes_to_handle_an_internal_referral_about_themselves(
    target: str, handler: str, unit: str, successor: str
) -> None:
    order = replace(dispatched("甲局"), status="REFERRED", target_unit=target, handler=handler, parts=())

    with pytest.raises(Rejected, match="branch_mismatch"):
        succeed(order, unit, successor)


def test_a_clock_that_the_successor_has_finished_itself_stays_finished() -> None:
    order = dispatched("甲局")
    own = order.timer("sign", "甲局")
    assert own is not None
    done = replace(own, unit="新局", status="missed")
    order = replace(order, timers={**order.timers, done.key: done})
    order = after(order, (cmd.Sign(), Actor("officer", "甲局")))

    assert succeed(order).orders["o1"].timer("sign", "新局") == done


def test_facts_fold_to_what_was_decided() -> None:
    order = dispatched("甲局", "乙局", lead="乙局")
    decision = succeed(order)

    folded = order
    for fact in decision.facts:
        folded = evolve(folded, fact)

    assert folded == decision.orders["o1"]
