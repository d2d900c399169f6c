"""No restraint of reading is lost wherever an order begets, joins or moves another.

Clauses: JY-8d, JY-9.8.1, JY-13.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reached_ground import Reached, Units, filled, situations

from minsheng.domain.actors import Actor
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import events as ev
from minsheng.domain.orders import restraint
from minsheng.domain.orders.case import Case, Facts
from minsheng.domain.orders.decide import decide, is_own
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import CLOSED, SUBMITTED, Order, UnitFacts
from minsheng.domain.orders.referral import hidden_from, is_target
from minsheng.domain.orders.restraint import Restraint
from minsheng.domain.orders.table import TABLE
from minsheng.domain.rejected import Rejected

# Every way in which an order is kept from somebody, as the state of an order has it.
FLAGS: dict[str, dict[str, object]] = {
    "confidential": {"confidential": True},
    "sealed": {"sealed": True},
    "not public": {"publish": "no"},
    "joined to one that is not public": {"also_private": True},
    "about a unit": {"target_unit": "城管局"},
    "joined to one about a unit": {"also_about": ("住建局",)},
    "the unit would not have it public": {"withhold": "涉及商业秘密"},
    "the auditor decided against publication": {"publication": False, "exception": 4},
}
# What of an order's state restrains nobody's reading, or is where it stands, which others are not moved to.
OTHERWISE = frozenset((
    "aside",  # of an order that stands as RESTRICTED, whose hiding is its state
    "id", "status", "reason", "version", "type", "channel", "appellant", "line", "system", "upper_due", "utility",
    "matter", "real_name", "has_content", "has_place", "written_opinion", "parent", "children", "registered_at",
    "submitted_at",
    "dispatched_at", "unit_completed_at", "closed_at", "lead_needed", "parts", "lead", "first_unit",
    "responsible_unit", "no_more_return", "designated", "direct", "round", "refused_returns", "extension",
    "extensions", "in_extension", "coordination", "escalated", "suspended", "programme",
    "approved", "repeat", "leader_duty", "opinion_given",
    "rejection_proposed", "tags", "found", "pushed",
    "not_accepted", "excluded", "final_reply", "documented", "final_opinion", "timely", "joint_lead", "answered_by",
    "answered_jointly", "satisfied",
    "grade", "resolved", "failed_attempts", "audit_rejections", "published", "level", "ground", "plan",
    "emergency_stage", "phoned", "helped", "confirmed",
    "branch", "handler", "receipts", "supervision", "suggestions", "urges", "undelivered", "urged_at", "urged_since",
    "reminders",
    "messages", "timers", "breaches",
))  # fmt: skip
flags = st.sets(st.sampled_from(sorted(FLAGS)), min_size=1)


def under(order: Order, names: set[str]) -> Order:
    """Return the order with these flags of restraint."""
    changes = {field: value for name in sorted(names) for field, value in FLAGS[name].items()}
    return replace(order, **changes)  # type: ignore[arg-type]


def lost(source: Order, after: Order) -> Restraint:
    """Return what restrains one order and not the other."""
    return restraint.lacking(after, restraint.of(source))


def standing(status: str) -> list[Reached]:
    """Return the situations in a state."""
    return [each for each in situations() if each.order.status == status and not each.order.is_internal]


def split(order: Order, reached: Reached) -> dict[str, Order]:
    """Return what a parallel dispatch leaves: the order and its parts."""
    form = cmd.Dispatch(units=("甲局", "乙局"), parallel=True, basis="权责清单")
    facts = replace(reached.facts, units=Units())
    decision = decide(order, form, by=Actor("dispatcher"), rules=reached.rules, facts=facts, now=reached.now)
    return dict(decision.orders)


def test_every_field_of_an_order_is_known_to_restrain_or_not() -> None:
    restraining = {field for changes in FLAGS.values() for field in changes}

    assert restraining | OTHERWISE == {each.name for each in fields(Order)}
    assert restraining.isdisjoint(OTHERWISE)


@settings(deadline=None, max_examples=60)
@given(names=flags, place=st.integers(min_value=0))
def test_no_flag_is_lost_from_a_whole_to_its_parts(names: set[str], place: int) -> None:
    ground = standing(SUBMITTED)
    reached = ground[place % len(ground)]
    parent = under(reached.order, names)

    left = split(parent, reached)

    parts = [each for each in left.values() if each.parent == parent.id]
    assert len(parts) == 2
    assert [lost(parent, each) for each in parts] == [Restraint(), Restraint()]
    again = split(replace(parts[0], status=SUBMITTED), reached)
    assert all(lost(parent, each) == Restraint() for each in again.values())


@settings(deadline=None, max_examples=60)
@given(names=flags, own=st.sets(st.sampled_from(sorted(FLAGS))), places=st.tuples(st.integers(0), st.integers(0)))
def test_no_flag_is_lost_when_an_order_is_joined_to_another(
    names: set[str], own: set[str], places: tuple[int, int]
) -> None:
    ground = standing(SUBMITTED)
    reached = ground[places[0] % len(ground)]
    source = under(reached.order, names)
    open_ones = [each for each in situations() if each.order.is_open and not each.order.is_internal]
    target = under(replace(open_ones[places[1] % len(open_ones)].order, id="另一件"), own)
    parts = tuple(replace(target, id=f"另一件.{n}", parent="另一件") for n in (1, 2))
    facts = replace(reached.facts, target=target, target_kin=parts)

    decision = decide(
        source, cmd.Link(to=target.id), by=Actor("dispatcher"), rules=reached.rules, facts=facts, now=reached.now
    )

    after = [decision.orders[each.id] for each in (target, *parts)]
    assert [lost(source, each) for each in after] == [Restraint()] * 3
    assert [lost(before, now) for before, now in zip((target, *parts), after, strict=True)] == [Restraint()] * 3
    assert after[0].publish == target.publish, "what its own appellant chose stays what they chose"


@settings(deadline=None, max_examples=60)
@given(names=flags, own=st.sets(st.sampled_from(sorted(FLAGS))), places=st.tuples(st.integers(0), st.integers(0)))
def test_no_flag_is_lost_when_an_order_is_joined_to_a_part_of_another(
    names: set[str], own: set[str], places: tuple[int, int]
) -> None:
    ground = standing(SUBMITTED)
    reached = ground[places[0] % len(ground)]
    source = under(reached.order, names)
    open_ones = [each for each in situations() if each.order.is_open and not each.order.is_internal]
    base = under(open_ones[places[1] % len(open_ones)].order, own)
    whole = replace(base, id="总单", children=("总单.1", "总单.2"))
    target = replace(base, id="总单.1", parent="总单", children=("总单.1.1",))
    kin = (whole, replace(base, id="总单.1.1", parent="总单.1"), replace(base, id="总单.2", parent="总单"))
    facts = replace(reached.facts, target=target, target_kin=kin)

    decision = decide(
        source, cmd.Link(to=target.id), by=Actor("dispatcher"), rules=reached.rules, facts=facts, now=reached.now
    )

    after = [decision.orders.get(each.id, each) for each in (target, *kin)]
    assert [lost(source, each) for each in after] == [Restraint()] * 4
    assert [lost(before, now) for before, now in zip((target, *kin), after, strict=True)] == [Restraint()] * 4


def test_a_part_that_is_joined_to_another_part_of_its_whole_is_told_nothing_twice() -> None:
    reached = standing(SUBMITTED)[0]
    whole = replace(reached.order, id="总单", children=("总单.1", "总单.2"))
    source = replace(reached.order, id="总单.1", parent="总单", confidential=True)
    target = replace(reached.order, id="总单.2", parent="总单")
    facts = replace(reached.facts, target=target, parent=whole, open_siblings=0, target_kin=(whole, source))

    decision = decide(
        source, cmd.Link(to=target.id), by=Actor("dispatcher"), rules=reached.rules, facts=facts, now=reached.now
    )

    streams = [fact.stream for fact in decision.facts if isinstance(fact.event, ev.Restrained)]
    assert streams == ["总单.2", "总单"]
    assert decision.orders["总单"].confidential
    assert decision.orders["总单"].status == CLOSED, "what closed it is not forgotten for what restrains it"


@settings(deadline=None, max_examples=60)
@given(names=flags, place=st.integers(min_value=0), chosen=st.lists(st.sampled_from(("yes", "no")), min_size=1))
def test_a_joined_citizens_choice_reaches_what_goes_on_and_a_no_stays(
    names: set[str], place: int, chosen: list[str]
) -> None:
    reached = standing(CLOSED)[place % len(standing(CLOSED))]
    joined = replace(under(reached.order, names), id="并入件", reason="linked", confidential=False, sealed=False)
    going_on = tuple(
        replace(situations()[0].order, id=each, status=CLOSED, reason="replied", publish="yes", published=True)
        for each in ("总单", "总单.1")
    )
    own = joined

    for choice in chosen:
        facts = replace(reached.facts, goes_on=going_on)
        form = cmd.SetPublish(publish=choice)
        decision = decide(own, form, by=Actor("citizen"), rules=reached.rules, facts=facts, now=reached.now)
        own, *after = (decision.orders.get(each.id, each) for each in (own, *going_on))
        going_on = tuple(after)

        assert own.publish == choice
        assert all(each.publish == "yes" for each in going_on), "what their own appellant chose stays what they chose"
    refused = "no" in chosen or own.is_private
    assert all(each.is_private == refused and each.published != refused for each in going_on if not names or refused)


def test_what_was_joined_to_a_secret_is_sealed_with_it_and_nothing_else_befalls_it() -> None:
    reached = standing("DRAFT")[0]
    order = under(replace(reached.order, id="泄密件"), {"confidential", "about a unit"})
    joined = tuple(
        replace(reached.order, id=each, status=CLOSED, reason="linked", sealed=each == "早已封存")
        for each in ("并入件", "早已封存")
    )
    facts = replace(reached.facts, received=joined)
    by = Actor("seat")
    rules = replace(reached.rules, reject_codes={"R1": "不在管辖范围", "R3": "国家秘密"})

    for code, sealed in (("R1", False), ("R3", True)):
        form = cmd.Reject(code=code, explanation="不予受理")
        decision = decide(order, form, by=by, rules=rules, facts=facts, now=reached.now)
        after = decision.orders.get("并入件", joined[0])
        assert after.sealed == sealed
        assert restraint.of(replace(after, sealed=False)) == restraint.of(joined[0])
        streams = [fact.stream for fact in decision.facts if isinstance(fact.event, ev.Restrained)]
        assert streams == ["并入件"] * sealed


def moves(reached: Reached, order: Order) -> Iterator[tuple[cmd.Command, Order]]:
    """Give every step that can be taken from a situation, with the order after it."""
    unit = order.lead or order.handler or "甲局"
    for row in TABLE:
        for role in row.who:
            by = Actor(role, unit if role in ("officer", "leader", "head") else None)
            if order.status not in row.sources or not is_own(order, by, row.unit):
                continue
            for form in filled(row.command, now=reached.now, units=("甲局", "乙局")):
                try:
                    decision = decide(order, form, by=by, rules=reached.rules, facts=reached.facts, now=reached.now)
                except Rejected:
                    continue
                yield form, decision.orders[order.id]


@pytest.mark.parametrize("name", [*sorted(set(FLAGS) - {"the unit would not have it public"})])
def test_no_step_of_the_life_cycle_takes_a_restraint_away(name: str) -> None:
    # The appellant's own change of mind, and the auditor's own decision, are no loss. A unit's wish is of its answer.
    by_choice = (cmd.SetPublish, cmd.Publish, cmd.Withdraw)
    taken = 0

    for reached in situations():
        order = under(reached.order, {name})
        for form, after in moves(reached, order):
            if isinstance(form, by_choice) or (isinstance(form, cmd.AppealFields) and form.target_unit):
                continue
            taken += 1
            assert lost(order, after) == Restraint(), form
    assert taken > 300


def test_what_is_public_by_mistake_is_withdrawn_by_the_repair_and_once() -> None:
    reached = next(each for each in situations() if each.order.published and each.order.status == CLOSED)
    source = replace(reached.order, id="总单", confidential=True)

    decision = restraint.repair(
        reached.order, source=source, wanted=restraint.of(source), rules=reached.rules, now=reached.now
    )

    assert [type(fact.event) for fact in decision.facts] == [ev.Restrained, ev.Withdrawn]
    after = decision.orders[reached.order.id]
    assert (after.confidential, after.published) == (True, False)
    assert (
        restraint.repair(after, source=source, wanted=restraint.of(source), rules=reached.rules, now=reached.now).facts
        == ()
    )


def test_a_fact_of_restraint_only_adds() -> None:
    reached = standing(SUBMITTED)[0]
    order = under(reached.order, set(FLAGS))
    case = Case(order, cmd.Link(), Actor("dispatcher"), reached.rules, Facts(), reached.now)
    case.record(ev.Restrained("另一件"))

    assert restraint.of(case.order) == restraint.of(order)
    assert evolve(order, case.out[0]) == case.order


def test_a_unit_complained_about_in_a_joined_appeal_is_complained_about() -> None:
    order = replace(Order("o"), status="REFERRED", target_unit="甲局", also_about=("乙局",), handler="丙局")

    assert is_target(order, UnitFacts("乙局"))
    assert is_target(order, UnitFacts("乙局大队", parent="乙局"))
    assert not is_target(order, UnitFacts("丙局"))
    assert {"甲局", "乙局"} <= set(hidden_from(order, ()))
