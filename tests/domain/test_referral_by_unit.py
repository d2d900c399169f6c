"""An internal referral that a unit proposes sets the order aside whole, also where the unit is renamed meanwhile.

Source: JY-8c, SZ-3 (A-80).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.reached_ground import Reached, situations

from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders.case import Facts
from minsheng.domain.orders.decide import decide
from minsheng.domain.orders.order import Order, Part, Supervision, UnitFacts

NEW_NAME = "城市管理局"


def dispatched() -> list[Reached]:
    """Return the situations in which a unit may propose."""
    return [
        each
        for each in situations()
        if each.rules.internal_referral and each.order.parts and each.order.status in ("DISPATCHED", "HANDLING")
        if not each.order.on_track
    ]


def step(reached: Reached, order: Order, command: cmd.Command, by: Actor, *, facts: Facts | None = None) -> Order:
    now = reached.now + timedelta(minutes=1)
    known = facts or reached.facts
    return decide(order, command, by=by, rules=reached.rules, facts=known, now=now).orders[order.id]


def test_refusal_restores_whatever_the_proposal_set_aside() -> None:
    for reached in dispatched():
        was = reached.order
        officer = Actor("officer", was.parts[0].unit)

        hidden = step(reached, was, cmd.ProposeReferral(), officer)
        back = step(reached, hidden, cmd.RefuseReferral(reason="甲"), Actor("designated_officer"))

        assert (hidden.parts, hidden.responsible_unit) == ((), None)
        assert not [each for each in hidden.timers.values() if each.status == "running"]
        assert (back.status, back.parts, back.responsible_unit) == (was.status, was.parts, was.responsible_unit)
        assert (back.extension, back.aside) == (was.extension, None)
        assert {key: each.status for key, each in back.timers.items()} == {
            key: each.status for key, each in was.timers.items()
        }


def test_renamed_unit_gets_the_order_back_under_its_new_name() -> None:
    for reached in dispatched():
        unit = reached.order.parts[0].unit
        facts = Facts(units={NEW_NAME: UnitFacts(NEW_NAME)})

        hidden = step(reached, reached.order, cmd.ProposeReferral(), Actor("officer", unit))
        renamed = step(reached, hidden, cmd.Succeed(unit=unit, successor=NEW_NAME), Actor("admin"), facts=facts)
        back = step(reached, renamed, cmd.RefuseReferral(reason="甲"), Actor("designated_officer"))

        assert back.parts[0].unit == NEW_NAME
        assert back.part(unit) is None
        assert sorted(each.status for each in back.timers.values() if each.unit == NEW_NAME) == sorted(
            each.status for each in reached.order.timers.values() if each.unit == unit and each.status != "cancelled"
        )


def test_referred_order_keeps_nothing_that_was_the_former_units() -> None:
    seen = 0
    for reached in dispatched():
        unit = reached.order.parts[0].unit
        late = {key: replace(each, status="missed") for key, each in reached.order.timers.items() if each.unit == unit}
        was = replace(
            reached.order,
            approved=(unit, "乙局"),
            supervision=Supervision("K2", unit, "supervisor"),
            timers={**reached.order.timers, **late},
        )
        facts = Facts(units={"乙局": UnitFacts("乙局", phone="12345")})
        hidden = step(reached, was, cmd.ProposeReferral(), Actor("officer", unit))
        form = cmd.Refer(branch="12.3", handler="乙局", ground="与实际出入较大")
        if "12.3" not in reached.rules.internal_branches:
            continue
        after = step(reached, hidden, form, Actor("designated_officer"), facts=facts)
        seen += 1

        assert (after.aside, after.approved) == (None, ())
        assert after.supervision is not None
        assert after.supervision.status == "CLOSED"
        assert all(each.done_at for key, each in after.timers.items() if key in late and each.status == "missed")
    assert seen


def test_while_it_is_decided_only_who_may_see_it_is_told_and_all_units_are_when_it_comes_back() -> None:
    for reached in dispatched():
        parts = (*reached.order.parts, Part("乙局", False))
        was = replace(reached.order, parts=parts, urged_at=None)
        hidden = step(reached, was, cmd.ProposeReferral(), Actor("officer", parts[0].unit))

        def told(command: cmd.Command, by: Actor, reached: Reached = reached, order: Order = hidden) -> set[str]:
            now = reached.now + timedelta(minutes=2)
            made = decide(order, command, by=by, rules=reached.rules, facts=reached.facts, now=now)
            return {notice.to for fact in made.facts for notice in fact.notices}

        assert told(cmd.AddMaterial(text="补充"), Actor("citizen")) == {"designated_officer"}
        assert told(cmd.Urge(text="催"), Actor("citizen")) == {"designated_officer"}
        back = told(cmd.RefuseReferral(reason="甲"), Actor("designated_officer"))
        assert {"officer@乙局", f"officer@{parts[0].unit}"} <= {each.replace("duty@", "officer@") for each in back}
