"""The limit that a superior platform sets, on the page of whoever handles the order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, moment, text_of

from minsheng.core.policies import queries as policies


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


@pytest.mark.clause("JY-10.4")
def test_limit_of_the_superior_platform_stands_before_the_packs_and_says_whose_it_is(town: Town) -> None:
    town.at(moment("2026-09-28T09:00:00"))
    order = town.register(type="complaint", channel="wuxi", upper_due="2026-10-08T12:00:00+08:00")
    own = town.register(type="complaint")
    town.at(moment("2026-09-28T10:00:00"))
    for each in (order, own):
        town.act(each, "dispatcher", "dispatch", unit="城管局", basis="权责清单")

    page = text_of(town.desk("officer@城管局").get(f"/orders/{order}/"))
    other = text_of(town.desk("officer@城管局").get(f"/orders/{own}/"))
    assert "2026-10-08 12:00:00" in page
    assert "2026-10-10 17:30:00" not in page
    assert "2026-10-10 17:30:00" in other
    assert policies.rules_for(town.code, now=town.now).channels["wuxi"] in page
    assert "上级时限" in page
