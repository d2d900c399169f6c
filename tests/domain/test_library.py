"""Case studies: a meeting's orders are its own, and nobody publishes what they wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from tests.reached_ground import situations

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.coordination import study
from minsheng.domain.rejected import Rejected
from minsheng.domain.rules import Rules

NOW = datetime.fromisoformat("2026-10-12T10:00:00+08:00")
RULES: Rules = next(each.rules for each in situations() if each.rules.pack == "suqian")
CLOSED = study.Known({"甲1": "o1"}, {"o1": ("CLOSED", "甲局"), "o2": ("CLOSED", "")}, {"会1": ("o2", "o1")})
WRITTEN = study.DraftStudy(title="路灯", orders=("甲1",), meeting="会1", course="经过", lessons="启示")


def do(cycle: lifecycle.LifeCycle[Any], state: Any, command: Any, by: Actor, facts: Any) -> Any:
    return cycle.fold(state, lifecycle.decide(cycle, state, command, by=by, rules=RULES, facts=facts, now=NOW))


def test_case_study_holds_its_meetings_orders_and_is_published_by_somebody_else() -> None:
    first, second = Actor("office", None, "staff:1"), Actor("supervisor", None, "staff:2")
    drafted = do(study.CYCLE, study.Study("s"), WRITTEN, first, CLOSED)

    assert (drafted.orders, drafted.units) == (("o1", "o2"), ("甲局",))
    with pytest.raises(Rejected, match="self_approval"):
        do(study.CYCLE, drafted, study.PublishStudy(), first, CLOSED)
    revised = do(study.CYCLE, drafted, study.ReviseStudy(title="路灯", course="新", lessons="启示"), second, CLOSED)
    with pytest.raises(Rejected, match="self_approval"):
        do(study.CYCLE, revised, study.PublishStudy(), second, CLOSED)
    assert do(study.CYCLE, revised, study.PublishStudy(), first, CLOSED).status == "PUBLISHED"
