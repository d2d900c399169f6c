"""Every appeal has one disposal, and those of a month add up to what came in it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from tests import lake_ground as making
from tests import town_ground as towns
from tests.town_ground import Town

from minsheng.domain.periods import Period
from minsheng.figures.lake import engines, export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import releases


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suqian", test_clock, pack="suqian")


@pytest.mark.clause("SQ-8a")
def test_disposals_of_september_add_up_to_its_appeals(town: Town, tmp_path: Path) -> None:
    for _ in range(3):
        town.act(town.draft(type="consult"), "seat", "answer", no_article=True, text="十八点开灯")
    town.dispatched()
    town.handled()
    export.export(Store(tmp_path), now=town.now)

    with engines.opened(Store(tmp_path)) as lake:
        table = releases.build(lake, making.parameters(Period(date(2026, 9, 1), date(2026, 10, 1))))["E-1"]
    shown = {name: int(cell.value or 0) for name, cell in dict(table.rows[-1].cells).items() if cell.value is not None}
    assert shown["诉求总量"] == 5
    assert shown["民声接听员"] + shown.get("政策专员", 0) + shown["部门办理"] == shown["诉求总量"]
    assert (shown["民声接听员"], shown["部门办理"]) == (3, 2)
