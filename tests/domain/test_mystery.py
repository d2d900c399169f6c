"""Mystery calls where people have names: tasks are their caller's and their rater's; points; units that exist."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from tests.reached_ground import situations

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.mystery import call, campaign
from minsheng.domain.mystery.call import MysteryCall, Rating
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

NOW = datetime.fromisoformat("2026-10-12T10:00:00+08:00")
OFFICE, FIRST, SECOND = (
    Actor("office"),
    Actor("mystery_caller", None, "staff:1"),
    Actor("mystery_caller", None, "staff:2"),
)
KNOWN = call.Known(frozenset({"甲局"}), frozenset({"staff:1", "staff:2"}))


def rules() -> Rules:
    return next(each.rules for each in situations())


def do(cycle: Any, state: Any, command: Any, by: Actor, facts: Any = None) -> Any:
    found = lifecycle.decide(cycle, state, command, by=by, rules=rules(), facts=facts, now=NOW)
    return cycle.fold(state, found)


def given() -> MysteryCall:
    command = call.GiveCall(campaign="c", unit="甲局", caller="staff:1", question="问", until=date(2030, 1, 1))
    return do(call.CYCLE, MysteryCall("m"), command, OFFICE, KNOWN)  # type: ignore[no-any-return]


def test_tasks_are_given_to_those_who_call() -> None:
    command = call.GiveCall(campaign="c", unit="甲局", caller="staff:9", question="问", until=date(2030, 1, 1))

    with pytest.raises(Rejected, match="caller_unknown"):
        do(call.CYCLE, MysteryCall("m"), command, OFFICE, KNOWN)


def test_only_the_caller_records_and_only_the_rater_rates() -> None:
    made = call.RecordOutcome(reached=True, wait_seconds=61, answer="right", attitude=5, done=True)
    with pytest.raises(Rejected, match="not_found"):
        do(call.CYCLE, given(), made, SECOND)
    recorded = do(call.CYCLE, given(), made, FIRST)
    asked = do(call.CYCLE, recorded, call.AskSecond(rater="staff:2"), Actor("system"))
    again = call.RateAgain(answer="wrong", attitude=1)
    with pytest.raises(Rejected, match="not_found"):
        do(call.CYCLE, asked, again, FIRST)

    rated = do(call.CYCLE, asked, again, SECOND)
    assert (recorded.tenths, rated.tenths, rated.differs, recorded.differs) == (900, 600, True, False)


def test_points_fall_with_the_wait() -> None:
    best = MysteryCall("m", call.RECORDED, reached=True, done=True, first=Rating("right", 5))

    assert [replace(best, wait_seconds=each).tenths for each in (20, 21, 60, 61)] == [1000, 950, 950, 900]
    assert replace(best, reached=False).tenths == MysteryCall("m").tenths == 0


def test_units_of_a_campaign_exist() -> None:
    command = campaign.OpenCampaign(title="测评", agency="甲", period="2026", units=("甲局",), told_units=("乙局",))

    with pytest.raises(Rejected, match="unit_unknown"):
        do(campaign.CYCLE, campaign.Campaign("c"), command, OFFICE, campaign.Known(units=frozenset({"甲局"})))


def test_unit_without_calls_has_no_score() -> None:
    assert campaign.scores_of(["甲局"], []) == (campaign.Score("甲局", 0, 0),)
