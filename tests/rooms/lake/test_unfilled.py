"""A dataset that nobody fills is named, and never printed as 0."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection
from tests import lake_ground as making
from tests import town_ground as towns

from minsheng.core.features.values import Feature
from minsheng.domain.periods import Period
from minsheng.figures.lake import checks, engines, export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.release import checks as identities
from minsheng.figures.reports.release import releases


@pytest.mark.django_db
def test_what_nobody_fills_has_no_figure_and_a_note(tmp_path: Path, test_clock: Callable[[datetime], None]) -> None:
    town = towns.build("jiangyin", test_clock)
    town.register()
    store = Store(tmp_path)
    export.export(store, now=town.now)

    with engines.opened(store) as lake:
        release = releases.build(lake, making.parameters(Period.day(date(2026, 9, 18))))

    assert release["E-1"].figure("总计", "诉求总量") == 1
    for table, row, column, about in (
        ("E-2", "总计", "人工接听话务量", "话务"),
        ("E-6", "总计", "问答总量", "政务问答"),
        ("E-0", "论坛访问量", "数值", "论坛"), ("E-5", "总计", "信息总量", "知识库"),
    ):  # fmt: skip
        assert release[table].cell(row, column).shown == "—", table
        assert any("不按零计" in note and about in note for note in release[table].notes), table
    assert release["E-13"].cell("全市", "民声接听员").shown != "—"
    assert identities.broken(release) == []


def test_doctor_names_it_until_a_feature_fills_it(settings: LazySettings, db: None) -> None:
    now = datetime.fromisoformat("2026-09-18T16:40:00+08:00")
    (finding,) = checks.unfilled(connection.connection, now=now)
    filled = Feature(name="cars", datasets={("move_car",): "minsheng.figures.lake.paper_rows:export"})
    settings.FEATURES = [*settings.FEATURES, filled]

    (after,) = checks.unfilled(connection.connection, now=now)

    assert ("挪车" in finding.what, "挪车" in after.what) == (True, False)
