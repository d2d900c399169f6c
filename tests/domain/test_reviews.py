"""Ratings of services: a clock that was missed stays so, whatever a check says."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tests.packing_ground import rules_of

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.duties import review

NOW = datetime.fromisoformat("2026-09-14T10:00:00+08:00")
OFFICE, UNIT = Actor("office"), Actor("officer", "甲局")


def do(state: Any, command: Any, by: Actor, *, days: int = 0) -> Any:
    facts = lifecycle.decide(
        review.CYCLE,
        state,
        command,
        by=by,
        rules=rules_of("suzhou"),
        facts=review.Known(),
        now=NOW + timedelta(days=days),
    )
    return review.CYCLE.fold(state, facts)


def test_check_that_sends_back_what_is_late_lets_no_clock_run_again() -> None:
    received = do(review.Review("r"), review.ReceiveReview(item="登记", unit="甲局", grade=1), Actor("connector"))
    assigned = do(received, review.AssignReview(), OFFICE)
    clock = assigned.timers[review.CLOCK]
    late = review.CYCLE.fold(assigned, review.fire(assigned, clock, rules_of("suzhou")))
    verified = do(late, review.VerifyReview(verdict="true"), UNIT, days=10)
    rectified = do(verified, review.RectifyReview(measure="增开窗口"), UNIT, days=10)
    back = do(rectified, review.CheckReview(passed=False, reason="未写何时"), OFFICE, days=11)

    assert (back.status, back.timers[review.CLOCK].status) == ("VERIFIED", "missed")
    assert [each.code for each in back.breaches] == ["late_review"]
