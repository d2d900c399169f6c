"""The table of the life cycles: the lint, and every command in every situation by every role.

Clauses: SZ-14a, SZ-15a, JY-9.1a to JY-9.7c, SQ-10.0 (who may do what from where); I4, I5, I10 of the entities.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests import contract_ground as contract
from tests.reached_ground import STRANGER, UNJOINED, Reached, filled, situations

from minsheng import wording
from minsheng.domain.actors import CITY_ROLES, UNIT_ROLES, Actor
from minsheng.domain.facts import Fact
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import order as states
from minsheng.domain.orders import timers
from minsheng.domain.orders.case import Decision, Facts, Row
from minsheng.domain.orders.decide import allowed_commands, decide, strays
from minsheng.domain.orders.folding import evolve
from minsheng.domain.orders.order import Order
from minsheng.domain.orders.table import BY_COMMAND, TABLE, lint
from minsheng.domain.rejected import Rejected

BY_NUMBER = {row.no: row for row in TABLE}
# The two that name their unit's relation themselves; every other unit row is held to its `unit`.
EVERYBODY = (*CITY_ROLES, "citizen")


def with_row(number: str, **changes: object) -> list[Row]:
    """Return the table with one row changed."""
    return [replace(row, **changes) if row.no == number else row for row in TABLE]  # type: ignore[arg-type]


def test_table_is_clean() -> None:
    assert lint() == []


def test_every_command_has_one_row() -> None:
    assert set(BY_COMMAND) == set(cmd.BY_NAME.values())
    assert len(TABLE) == len(BY_COMMAND)


@pytest.mark.parametrize(
    ("table", "fault"),
    [
        (with_row("T18", who=()), "T18: nobody may do it"),
        (with_row("T18", who=("janitor",)), "T18: unknown role"),
        (with_row("T18", clause=()), "T18: no clause"),
        (with_row("T18", sources=("LOST",)), "T18: unknown state"),
        (with_row("T18", targets=("LOST",)), "T18: unknown state"),
        (with_row("T22", guards=BY_NUMBER["T22"].guards[::-1]), "T22: guards out of order"),
        ([*TABLE, replace(BY_NUMBER["T18"], no="T18b")], "T18: stands twice"),
        (with_row("T18", no="T19"), "T19: stands twice"),
        ([row for row in TABLE if row.no != "T18"], "sign: a command without a row"),
        ([row for row in with_row("R02", sources=("REFERRED",)) if row.no != "R01a"], "RESTRICTED: nothing leaves it"),
        (with_row("T31", targets=("HANDLING",)), "SUPPLEMENT: nothing reaches it"),
        (with_row("T01", starts=("report", "sms_again")), "sms_again: nothing stops this clock"),
        (with_row("D02", starts=("supervision", "tea")), "tea: not in the list of clocks"),
        (with_row("R06", stops=("referral_notice", "opinion_again")), "opinion_again: nothing starts this clock"),
    ],
)
def test_lint_finds_what_is_wrong_with_a_table(table: list[Row], fault: str) -> None:
    assert fault in lint(table)


def test_stray_effects_are_found() -> None:
    row = replace(BY_NUMBER["T33"], targets=("CLOSED",), starts=(), stops=())
    reached = next(each for each in situations() if each.order.status == "REPLIED" and each.order.timer("sign"))
    decision = taken(reached, cmd.PassAudit(), Actor("auditor"))

    assert isinstance(decision, Decision)
    assert {"T33 led to CALLBACK", "T33 stopped audit"} <= set(strays(row, reached.order, decision))
    assert {"T33 started sms", "T33 started callback"} & set(strays(row, reached.order, decision))


def test_stray_move_of_a_clock_is_found() -> None:
    reached = next(
        each
        for each in situations()
        if each.order.extension and each.order.status == "HANDLING" and each.rules.ext_approver == "auditor"
    )
    row = replace(BY_NUMBER["T23"], starts=(), stops=())
    decision = taken(reached, cmd.ApproveExtension(), Actor("auditor"))

    assert isinstance(decision, Decision)
    assert "T23 moved handle" in strays(row, reached.order, decision)


def actors(order: Order) -> list[Actor]:
    """Return everybody: each role of the hotline and, of a unit in each relation to the order, each of its people."""
    units = [*(part.unit for part in order.parts), order.handler, order.responsible_unit or "", STRANGER]
    people = [Actor(role, unit) for role in UNIT_ROLES for unit in dict.fromkeys(units) if unit]
    return [*(Actor(role) for role in EVERYBODY), *people]


def taken(reached: Reached, command: cmd.Command, by: Actor) -> Decision | Rejected:
    try:
        return decide(reached.order, command, by=by, rules=reached.rules, facts=reached.facts, now=reached.now)
    except Rejected as rejected:
        return rejected


def test_no_more_time_is_given_where_no_clock_of_work_runs() -> None:
    """As after a new version of a pack that starts the clock elsewhere. Source: JY-11a."""
    reached = next(
        each
        for each in situations()
        if each.order.status == "DISPATCHED" and each.order.timer("handle") is None and each.order.part(each.order.lead)
        if not each.order.is_emergency
    )
    rules = replace(reached.rules, handle_starts_at="dispatched")
    officer = Actor("officer", reached.order.lead)
    signed = decide(reached.order, cmd.Sign(), by=officer, rules=rules, facts=reached.facts, now=reached.now)

    with pytest.raises(Rejected, match="not_allowed_now"):
        decide(
            signed.orders[reached.order.id], cmd.RequestExtension(), by=officer, rules=rules, facts=reached.facts,
            now=reached.now,
        )  # fmt: skip


def test_situations_cover_every_state() -> None:
    met = {reached.order.status for reached in situations()}

    assert met == set(states.STATES)
    assert {reached.rules.pack for reached in situations()} == {"suzhou", "jiangyin", "suqian", "example"}


@pytest.mark.parametrize("name", sorted(cmd.BY_NAME))
def test_command_gives_facts_or_a_known_refusal_in_every_situation_by_every_role(name: str) -> None:
    shape = cmd.BY_NAME[name]
    row = BY_COMMAND[shape]
    forms: dict[object, list[cmd.Command]] = {}

    for reached in situations():
        order = reached.order
        units = tuple(part.unit for part in order.parts) or ("甲局", "乙局")
        key = (reached.now, units)
        if key not in forms:
            forms[key] = list(filled(shape, now=reached.now, units=units))
        for by in actors(order):
            may = by.role in row.who
            for form in forms[key] if may else forms[key][:1]:
                answer = taken(reached, form, by)
                if isinstance(answer, Rejected):
                    assert_refusal(answer, reached)
                    assert may or answer.code == "not_your_role"
                else:
                    assert may
                    assert row in allowed_commands(order, by=by)
                    assert_facts(answer, reached, row)


def assert_refusal(rejected: Rejected, reached: Reached) -> None:
    assert rejected.code in (*contract.REFUSALS, *contract.OF_TALKS)
    said = wording.say(rejected, reached.rules)
    assert said
    assert "{" not in said


def assert_facts(decision: Decision, reached: Reached, row: Row) -> None:
    order = reached.order
    assert strays(row, order, decision) == []
    folded = {order.id: order}
    for fact in decision.facts:
        before = folded.get(fact.stream) or decision_start(fact, reached.facts)
        folded[fact.stream] = evolve(before, fact)
        assert_fact(fact)
    for name, after in folded.items():
        assert decision.orders[name] == after
    assert decision.facts or row.no in ("T30", "T30a")  # the same message twice is one
    after = decision.orders[order.id]
    assert not (after.is_internal and after.published)
    assert after.no_more_return[: len(order.no_more_return)] == order.no_more_return


def decision_start(fact: Fact, facts: Facts) -> Order:
    """Return the other order as it stood before, or a new one: a child of a parallel dispatch."""
    known = {each.id: each for each in (facts.target, facts.parent, *facts.children) if each is not None}
    return known.get(fact.stream, Order(fact.stream))


def assert_fact(fact: Fact) -> None:
    assert fact.at.tzinfo is not None
    for timer in fact.clocks:
        assert timer.name in timers.NAMES
        assert timer.status in wording.STANDINGS
        assert timer.basis.clause
        assert (timer.due is None) == (timer.status == "cancelled")
        assert (timer.rest is not None) == (timer.status == "paused")
    for breach in fact.breaches:
        assert breach.code in (*contract.VIOLATIONS, *contract.OF_FINDINGS)


def test_unit_that_has_not_joined_receives_nothing() -> None:
    """Clauses: JY-6.7, SZ-8a (only joined units receive orders)."""
    for reached in situations():
        for form in (
            cmd.Dispatch(unit=UNJOINED, basis="清单"),
            cmd.Redispatch(unit=UNJOINED),
            cmd.NameLead(lead=UNJOINED),
            cmd.AskAcceptance(unit=UNJOINED),
            cmd.Refer(branch="12.3", handler=UNJOINED, ground="甲"),
        ):
            for role in BY_COMMAND[type(form)].who:
                answer = taken(reached, form, Actor(role))
                given = isinstance(answer, Decision) and UNJOINED in str(answer.orders[reached.order.id].parts)
                assert not given


def test_closed_order_keeps_its_clocks_still() -> None:
    for reached in situations():
        if reached.order.status == "CLOSED":
            running = [timer.name for timer in reached.order.timers.values() if timer.status in ("running", "paused")]
            assert set(running) <= {"supervision"}


def test_unknown_order_is_not_found() -> None:
    reached = situations()[0]
    for shape, row in BY_COMMAND.items():
        if "" not in row.sources:
            with pytest.raises(Rejected) as caught:
                decide(Order("o"), shape(), by=Actor(row.who[0]), rules=reached.rules, facts=Facts(), now=reached.now)
            assert caught.value.code == "not_found"
