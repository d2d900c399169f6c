"""Rounds of looking back and the checks that they draw. Clauses: SZ-41a, SQ-20a, JS-2.4c, JY-20.5, A-82."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from tests.reached_ground import situations

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.duties import check, lookback
from minsheng.domain.duties.check import AskCheck, Check, ConfirmCheck, RecordCheck, RefuseCheck, Subject
from minsheng.domain.duties.lookback import DrawSample, Ground, Lookback, PlanLookback, PublishLookback
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

NOW = datetime.fromisoformat("2026-10-12T10:00:00+08:00")
SUPERVISOR, AGENT = Actor("supervisor"), Actor("callback_agent")
OFFICER, LEADER = Actor("officer", "甲局"), Actor("leader", "甲局")
CLOSED = Subject("260101", "甲局", is_handled=True)


def rules() -> Rules:
    return next(each.rules for each in situations() if each.rules.pack == "suzhou")


def do(cycle: lifecycle.LifeCycle[Any], state: Any, command: Any, by: Actor, *, facts: Any = None) -> Any:
    given = lifecycle.decide(cycle, state, command, by=by, rules=rules(), facts=facts, now=NOW)
    return cycle.fold(state, given)


def asked(by: Actor = SUPERVISOR) -> Check:
    state: Check = do(check.CYCLE, Check("c"), AskCheck(order="o", reason="群众再次反映"), by, facts=CLOSED)
    return state


@pytest.mark.parametrize("cycle", [check.CYCLE, lookback.CYCLE])
def test_the_tables_are_clean(cycle: lifecycle.LifeCycle[Any]) -> None:
    assert lifecycle.lint(cycle.rows, lifecycle.shape_of(cycle)) == []


class TestCheck:
    def test_what_is_in_order_is_done_and_what_is_not_waits_for_the_supervisor(self) -> None:
        fine = do(check.CYCLE, asked(), RecordCheck(found="none", text="已修复"), AGENT)
        bad = do(check.CYCLE, asked(), RecordCheck(found="inadequate", text="仍有积水"), AGENT)

        assert (fine.status, fine.timers["check"].status) == ("DONE", "met")
        assert bad.status == "FOUND"
        assert do(check.CYCLE, bad, ConfirmCheck(reopen=True), SUPERVISOR).status == "DONE"
        again = do(check.CYCLE, bad, RefuseCheck(reason="没有到现场"), SUPERVISOR)
        assert (again.status, again.found, again.timers["check"].status) == ("TO_CHECK", "", "running")

    def test_a_units_own_check_ends_with_its_finding(self) -> None:
        own = asked(OFFICER)

        assert do(check.CYCLE, own, RecordCheck(found="not_done", text="未到位"), OFFICER).status == "DONE"
        for by in (AGENT, Actor("officer", "乙局")):
            with pytest.raises(Rejected, match="not_your_unit"):
                do(check.CYCLE, own, RecordCheck(found="none", text="好"), by)
        with pytest.raises(Rejected, match="not_your_unit"):
            do(check.CYCLE, asked(), RecordCheck(found="none", text="好"), OFFICER)

    @pytest.mark.parametrize(
        ("subject", "by", "code"),
        [
            (Subject(), SUPERVISOR, "not_found"),
            (replace(CLOSED, is_handled=False), SUPERVISOR, "check_wants_closed"),
            (replace(CLOSED, is_checked=True), SUPERVISOR, "check_open"),
            (CLOSED, Actor("leader", "乙局"), "not_your_unit"),
            (CLOSED, AGENT, "not_your_role"),
        ],
    )
    def test_only_what_a_unit_has_closed_is_checked(self, subject: Subject, by: Actor, code: str) -> None:
        with pytest.raises(Rejected, match=code):
            do(check.CYCLE, Check("c"), AskCheck(order="o"), by, facts=subject)

    def test_fields_are_wanted(self) -> None:
        with pytest.raises(Rejected, match="field_missing"):
            do(check.CYCLE, Check("c"), AskCheck(), SUPERVISOR, facts=CLOSED)
        for form in (RecordCheck(text="好"), RecordCheck(found="false_report", text="与现场不符")):
            with pytest.raises(Rejected, match="field_missing"):
                do(check.CYCLE, asked(), form, AGENT)
        told = RecordCheck(found="false_report", text="与现场不符", consequence="群众再次投诉")
        assert do(check.CYCLE, asked(), told, AGENT).status == "FOUND"
        bad = do(check.CYCLE, asked(), RecordCheck(found="inadequate", text="差"), AGENT)
        with pytest.raises(Rejected, match="reason_missing"):
            do(check.CYCLE, bad, RefuseCheck(), SUPERVISOR)

    def test_one_that_nobody_makes_is_told_and_no_breach(self) -> None:
        for state, to in ((asked(), "supervisor"), (asked(OFFICER), "leader@甲局")):
            due = state.timers["check"].due
            assert due is not None
            facts = lifecycle.run_out(check.CYCLE, state, rules=rules(), now=due + timedelta(seconds=1))
            assert [notice.to for fact in facts for notice in fact.notices] == [to]
            after = check.CYCLE.fold(state, facts)
            assert (after.timers["check"].status, after.breaches) == ("missed", ())
        assert check.recompute(asked(), 2026, rules(), NOW) == ()


class TestQuarter:
    def test_days(self) -> None:
        assert lookback.quarter_of("2026Q3") == (date(2026, 7, 1), date(2026, 10, 1))
        assert lookback.quarter_of(" 2026Q4 ") == (date(2026, 10, 1), date(2027, 1, 1))
        for wrong in ("2026Q5", "2026", "0001Q1", "二〇二六Q1"):
            assert lookback.quarter_of(wrong) is None


class TestDraw:
    def test_the_same_seed_draws_the_same_whatever_the_order_of_the_list(self) -> None:
        numbers = [f"26070100{each:04}" for each in range(40)]

        drawn = lookback.sample(numbers, seed="5eed", percent=5)

        assert drawn == lookback.sample(reversed(numbers), seed="5eed", percent=5)
        assert len(drawn) == 2
        assert drawn != lookback.sample(numbers, seed="other", percent=5)
        # A list that grows keeps whom it drew, but for those whom a lower digest displaces.
        assert set(lookback.sample(numbers, seed="5eed", percent=10)) > set(drawn)

    def test_a_share_is_rounded_up_and_nothing_gives_nothing(self) -> None:
        assert len(lookback.sample(["1"], seed="s", percent=5)) == 1
        assert len(lookback.sample(map(str, range(21)), seed="s", percent=5)) == 2
        assert lookback.sample([], seed="s", percent=5) == ()

    def test_draws_are_spread_over_seeds(self) -> None:
        numbers = [str(each) for each in range(20)]
        often = dict.fromkeys(numbers, 0)
        for seed in range(400):
            for number in lookback.sample(numbers, seed=str(seed), percent=10):
                often[number] += 1

        # 400 draws of two in twenty: forty each; six standard deviations around it.
        assert all(4 < count < 76 for count in often.values())


POPULATION: Mapping[str, tuple[str, ...]] = {"乙局": ("3", "4"), "甲局": ("1", "2", "5")}


def planned(by: Actor = SUPERVISOR, percent: int | None = None) -> Lookback:
    state: Lookback = do(lookback.CYCLE, Lookback("l"), PlanLookback(quarter="2026Q3", percent=percent), by)
    return state


class TestRound:
    def test_from_plan_to_result(self) -> None:
        ground = Ground(POPULATION, seed="5eed", found={"甲局": {"none": 1}})
        drawn = do(lookback.CYCLE, planned(), DrawSample(), SUPERVISOR, facts=ground)
        given = lifecycle.decide(
            lookback.CYCLE, drawn, PublishLookback(), by=SUPERVISOR, rules=rules(), facts=ground, now=NOW
        )
        published = lookback.CYCLE.fold(drawn, given)

        assert planned().percent == rules().lookback_sample
        assert [(each.unit, each.closed, each.drawn) for each in drawn.shares] == [("乙局", 2, 1), ("甲局", 3, 1)]
        assert drawn.digest == lookback.digest_of("12345")
        assert len(drawn.orders) == 2
        assert published.status == "PUBLISHED"
        assert [dict(each.found) for each in published.shares] == [{}, {"none": 1}]
        assert [notice.to for notice in given[0].notices] == ["officer@乙局", "officer@甲局"]

    def test_a_units_own_round_is_the_units_and_the_centre_hears_of_its_result(self) -> None:
        own, ground = planned(LEADER, percent=50), Ground({"甲局": ("1", "2", "5")}, seed="5eed")
        with pytest.raises(Rejected, match="not_your_unit"):
            do(lookback.CYCLE, own, DrawSample(), SUPERVISOR, facts=ground)
        drawn = do(lookback.CYCLE, own, DrawSample(), OFFICER, facts=ground)
        with pytest.raises(Rejected, match="not_your_role"):
            do(lookback.CYCLE, drawn, PublishLookback(), OFFICER, facts=ground)
        given = lifecycle.decide(
            lookback.CYCLE, drawn, PublishLookback(), by=LEADER, rules=rules(), facts=ground, now=NOW
        )

        assert len(drawn.orders) == 2
        assert [notice.to for notice in given[0].notices] == ["supervisor"]

    def test_what_cannot_be_drawn_or_published_is_refused(self) -> None:
        for form, code in (
            (PlanLookback(), "field_missing"),
            (PlanLookback(quarter="2026年三季度"), "quarter_malformed"),
            (PlanLookback(quarter="2026Q4"), "quarter_not_over"),
            (PlanLookback(quarter="2026Q3", percent=101), "share_malformed"),
            (PlanLookback(quarter="2026Q3", percent=0), "share_malformed"),
        ):
            with pytest.raises(Rejected, match=code):
                do(lookback.CYCLE, Lookback("l"), form, SUPERVISOR)
        with pytest.raises(Rejected, match="nothing_to_draw"):
            do(lookback.CYCLE, planned(), DrawSample(), SUPERVISOR, facts=Ground({"甲局": ()}))
        drawn = do(lookback.CYCLE, planned(), DrawSample(), SUPERVISOR, facts=Ground(POPULATION, seed="5eed"))
        with pytest.raises(Rejected, match="checks_open"):
            do(lookback.CYCLE, drawn, PublishLookback(), SUPERVISOR, facts=Ground(open=1))
        assert lookback.recompute(drawn, 2026, rules(), NOW) == ()

    def test_a_round_has_no_clock(self) -> None:
        timer = asked().timers["check"]
        assert lookback.fire(planned(), timer, rules()) == ()
