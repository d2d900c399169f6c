"""A life cycle as a value: the order of checks, what a decision leads to, clocks, and the lint of every table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.packing_ground import rules_of, rules_with_2027
from tests.toy_ground import ASKED, BACK, CYCLE, LENT, AskKey, GiveBack, LendKey, Loan

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.duties import contact, report
from minsheng.domain.lifecycle import STAGES, Case, LifeCycle, Row, at_stage
from minsheng.domain.orders import commands as cmd
from minsheng.domain.orders import table
from minsheng.domain.rejected import Rejected

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 9, 30, 9, tzinfo=ZONE)
RULES = rules_of("jiangyin")
OFFICER, OFFICE = Actor("officer", "城管局", "staff:1"), Actor("office", person="staff:2")
CYCLES: tuple[LifeCycle[Any], ...] = (CYCLE, contact.CYCLE, report.CYCLE)


def after(*commands: tuple[object, Actor], now: datetime = NOW) -> Loan:
    loan = Loan("l1")
    for command, by in commands:
        loan = CYCLE.fold(loan, lifecycle.decide(CYCLE, loan, command, by=by, rules=RULES, now=now))
    return loan


ASKED_LOAN = after((AskKey(room="301"), OFFICER))
LENT_LOAN = after((AskKey(room="301"), OFFICER), (LendKey(), OFFICE))


@pytest.mark.parametrize("cycle", CYCLES, ids=lambda each: each.name)
def test_table_of_every_life_cycle_is_clean(cycle: LifeCycle[Any]) -> None:
    assert lifecycle.lint(cycle.rows, lifecycle.shape_of(cycle)) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"who": ()}, "K2: nobody may do it"),
        ({"who": ("janitor",)}, "K2: unknown role"),
        ({"targets": ("BACK",)}, "LENT: nothing reaches it"),
        ({"starts": ("tea",)}, "tea: not in the list of clocks"),
        ({"starts": ()}, "back: nothing starts this clock"),
        ({"no": "K1"}, "K1: stands twice"),
        ({"asks": ("tea",)}, "K2: wants a field that the command lacks"),
    ],
)
def test_lint_finds_what_is_wrong_with_any_table(changes: dict[str, Any], fault: str) -> None:
    rows = [replace(row, **changes) if row.no == "K2" else row for row in CYCLE.rows]

    assert fault in lifecycle.lint(rows, lifecycle.shape_of(CYCLE))


def test_command_leads_where_its_row_says() -> None:
    back = after((AskKey(room="301"), OFFICER), (LendKey(), OFFICE), (GiveBack(reason="办完"), OFFICER))

    assert (ASKED_LOAN.status, LENT_LOAN.status, back.status) == (ASKED, LENT, BACK)
    assert (back.version, back.room, back.timers["back"].status) == (3, "301", "met")


@pytest.mark.parametrize(
    ("loan", "command", "by", "code"),
    [
        # each is wrong in all that comes later, too
        (ASKED_LOAN, GiveBack(), Actor("leader", "教育局"), "not_your_role"),
        (ASKED_LOAN, GiveBack(), Actor("officer", "教育局"), "not_your_unit"),
        (ASKED_LOAN, GiveBack(), OFFICER, "not_allowed_now"),
        (LENT_LOAN, GiveBack(), OFFICER, "reason_missing"),
        (Loan("l1"), AskKey(), OFFICER, "field_missing"),
        (Loan("l1"), LendKey(), OFFICE, "not_found"),
    ],
)
def test_first_check_that_fails_is_the_refusal(loan: Loan, command: object, by: Actor, code: str) -> None:
    with pytest.raises(Rejected) as refused:
        lifecycle.decide(CYCLE, loan, command, by=by, rules=RULES, now=NOW)

    assert refused.value.code == code


def test_guards_run_stage_by_stage_and_up_to_the_one_asked_for() -> None:
    met: list[str] = []

    def at(stage: str) -> Any:
        return at_stage(stage)(lambda case: met.append(stage))

    row = Row[Case[Loan]](
        "K9", LendKey, (ASKED,), (LENT,), ("office",), lambda case: None, ("toy",), guards=tuple(map(at, STAGES))
    )
    case = Case(ASKED_LOAN, LendKey(), OFFICE, RULES, None, NOW, CYCLE.evolve)

    lifecycle.check(case, row, is_own=True, not_now=Rejected("never"))
    lifecycle.check(case, row, is_own=True, not_now=Rejected("never"), through="bar")

    assert met == [*STAGES, *STAGES[:4]]


def test_asking_looks_at_role_unit_and_state_alone() -> None:
    lifecycle.ask(CYCLE, LENT_LOAN, GiveBack, by=OFFICER)
    with pytest.raises(Rejected, match="not_your_unit"):
        lifecycle.ask(CYCLE, LENT_LOAN, GiveBack, by=Actor("officer", "教育局"))


def test_clock_that_ran_out_is_missed_at_its_due_moment_and_once() -> None:
    due = LENT_LOAN.timers["back"].due
    assert due == datetime(2026, 10, 10, 17, 30, tzinfo=ZONE)

    at_the_second = lifecycle.run_out(CYCLE, LENT_LOAN, rules=RULES, now=due)
    facts = lifecycle.run_out(CYCLE, LENT_LOAN, rules=RULES, now=datetime(2026, 10, 12, tzinfo=ZONE))

    assert at_the_second == ()
    assert [(fact.at, fact.by.role, str(fact.breaches[0])) for fact in facts] == [(due, "system", "late_key@城管局")]


def test_loaded_year_takes_back_a_miss_that_does_not_stand() -> None:
    late = after((AskKey(room="301"), OFFICER), (LendKey(), OFFICE), now=datetime(2026, 12, 31, 9, tzinfo=ZONE))
    missed = CYCLE.fold(late, lifecycle.run_out(CYCLE, late, rules=RULES, now=datetime(2027, 1, 9, tzinfo=ZONE)))
    loaded = rules_with_2027("jiangyin", "2027-01-01", "2027-01-04", "2027-01-05")

    facts = CYCLE.recompute(missed, 2027, loaded, datetime(2027, 1, 6, 9, tzinfo=ZONE))
    moved = CYCLE.fold(missed, facts)

    assert [fact.clocks[0].status for fact in facts] == ["annulled", "running"]
    assert (len(missed.breaches), moved.breaches) == (1, ())
    assert [str(notice) for notice in facts[-1].notices] == ["due_changed>officer@城管局"]
    assert CYCLE.recompute(moved, 2027, loaded, datetime(2027, 1, 6, 9, tzinfo=ZONE)) == ()
    assert CYCLE.recompute(moved, 2029, loaded, datetime(2027, 1, 6, 9, tzinfo=ZONE)) == ()


def test_orders_are_linted_by_the_same_lint() -> None:
    rows = [replace(row, who=()) if row.command is cmd.Sign else row for row in table.TABLE]

    assert table.lint(rows) == lifecycle.lint(rows, table.SHAPE) == ["T18: nobody may do it"]


def test_row_with_several_targets_leads_where_its_effect_says() -> None:
    assert {row.target for row in table.TABLE if len(row.targets) > 1 or row.targets == ("=",)} == {None}


def test_row_wants_what_its_guards_want_and_what_forms_ask_for() -> None:
    rows = {row.command: row for row in CYCLE.rows}

    assert [rows[command].wants for command in (AskKey, LendKey, GiveBack)] == [("room",), (), ("reason",)]
    assert replace(rows[AskKey], asks=("room", "reason")).wants == ("room", "reason")


def test_forms_learn_from_the_guards_what_an_order_wants() -> None:
    wants = {row.command.name: row.wants for row in table.TABLE}

    assert wants["reject_audit"] == ("defect", "comment")
    assert wants["submit"] == ("type", "channel", "content", "appellant")
    assert (wants["withdraw"], wants["publish"]) == (("exception",), ())  # one guard in common, one its own
    assert (wants["rate"], wants["callback"]) == (("satisfied",), ("reached",))
    assert (wants["feed_back"], wants["sign"]) == (("text",), ())
