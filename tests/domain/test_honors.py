"""Honors by themselves: what stories can't tell, since nobody in them has a name.

Clauses: JY-30, JY-31, SZ-38.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.packing_ground import rules_of

from minsheng.domain import lifecycle
from minsheng.domain.actors import Actor
from minsheng.domain.honors import award, roll
from minsheng.domain.honors.merits import Merit, merit_of
from minsheng.domain.rejected import Rejected

NOW = datetime.fromisoformat("2026-12-20T09:00:00+08:00")
RULES = rules_of("jiangyin")
OFFICE = Actor("office", None, "staff:1")


def awarded(**changed: object) -> award.Award:
    form = {"unit": "城管局", "year": 2026, "ground": "及时", "proposers": ("领导小组", "作风领导小组"), **changed}
    known = award.Known({"城管局": Merit("城管局", 10, 0, 4, 4), "张三": Merit("staff:7")})
    facts = lifecycle.decide(
        award.CYCLE, award.Award("a"), award.ProposeAward(**form), by=OFFICE, rules=RULES, facts=known, now=NOW
    )
    return award.CYCLE.fold(award.Award("a"), facts)


def test_merit_is_read_as_it_was_written() -> None:
    for merit in (Merit("城管局 二所", 12, 1, 4, 3), Merit("staff:7")):
        assert merit_of(str(merit)) == merit
    with pytest.raises(ValueError, match="x"):
        merit_of("x")


def test_person_of_a_unit_is_commended_by_account() -> None:
    assert awarded(person="张三").merit == "staff:7 0 0 0 0"
    with pytest.raises(Rejected, match="honor_not_own"):
        awarded(person="李四")


@pytest.mark.parametrize("command", [award.ApproveAward(document="1号", on=NOW.date()), award.RefuseAward(reason="无")])
def test_who_proposed_does_not_record_the_approval(command: object) -> None:
    with pytest.raises(Rejected, match="self_approval"):
        lifecycle.decide(
            award.CYCLE, awarded(), command, by=OFFICE, rules=RULES, facts=award.Known(), now=NOW + timedelta(days=1)
        )


def test_roll_belongs_to_a_unit() -> None:
    command = roll.ListHonors(year=2026, names=("环卫所",))
    with pytest.raises(Rejected, match="not_your_unit"):
        lifecycle.decide(
            roll.CYCLE, roll.Roll("r"), command, by=Actor("head"), rules=RULES, facts=roll.Known(), now=NOW
        )
