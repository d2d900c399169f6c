"""What is not settled is repeated by the same person; what was settled within a month by anybody (SQ-19a, A-77)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, row

from minsheng.cases.orders import actions
from minsheng.core.people import appellants
from minsheng.domain.orders import commands as cmd

ONE, ANOTHER = "13000000001", "13000000002"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    """Return a town under the rules that know repeated complaints."""
    return towns.build("suqian", test_clock, pack="suqian")


def complained(town: Town, phone: str) -> str:
    """Return the branch by which somebody's complaint about the same matter counts as repeated."""
    who = appellants.keep_appellant(city=town.code, kind="citizen", name="陆晓禾", phone=phone, now=town.now)
    given = {"type": "complaint", "channel": "phone", "appellant": "citizen", "content": "油烟", "matter": "油烟"}
    command = cmd.build("submit", given, zone=None)
    assert isinstance(command, cmd.AppealFields)
    made = actions.register(
        command, city=town.code, actor=town.actor("seat"), now=town.now, words=actions.Words(appellant=who)
    )
    return str(row(made.order.id).state["repeat"])


@pytest.mark.clause("SQ-19a")
def test_an_unsettled_complaint_is_repeated_by_the_same_person_alone(town: Town) -> None:
    assert complained(town, ONE) == ""
    town.later(days=6, seconds=1)

    assert complained(town, ANOTHER) == ""
    assert complained(town, ONE) == "unresolved"
