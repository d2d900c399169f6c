"""Violations in the lake: rule, unit, day, whether handed on; nobody who answers, nothing hidden, nothing annulled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests import town_ground as towns
from tests.monitoring_ground import heard, press, record, transfer
from tests.town_ground import Town

from minsheng.cases.monitoring.models import Violation
from minsheng.domain.periods import Period
from minsheng.figures.lake import drill, engines, export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.cycle import monitored


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def rows(store: Store, dataset: str) -> list[dict[str, Any]]:
    files = store.read().of(dataset, city="jiangyin")
    return [each for file in files for each in store.rows(file).to_pylist()]


def test_each_standing_violation_is_a_row_without_anybody(town: Town, tmp_path: Path) -> None:
    office, store = town.desk("office"), Store(tmp_path)
    for code in ("V3", "V4"):
        record(office, code, evidence="通话记录", person="officer城管局", happened="2026-08-31T10:00")
    record(town.desk("discipline"), "V10", evidence="举报信", person="officer城管局")
    first = Violation.objects.earliest("pk")
    for _ in range(2):
        press(office, first, "remind_violation", text="请整改")
    assert transfer(office, first.number).status_code == 302
    export.export(store, now=town.now)

    found = sorted(rows(store, "violations"), key=lambda row: row["code"])
    assert [(row["code"], row["unit"], row["office"], row["transferred"]) for row in found] == [
        ("V3", "城管局", False, True), ("V4", "城管局", False, False),
    ]  # fmt: skip
    assert {str(row["counted_in"]) for row in found} == {"2026-08-31 00:00:00"}
    assert sorted(row["kind"] for row in rows(store, "things")) == ["dossier", "violation", "violation"]
    assert "officer" not in str(rows(store, "violations"))

    with engines.opened(store, city="jiangyin") as lake:
        counted = monitored.table(lake, Period.quarter(2026, 3), {"V3": "推诿扯皮", "V6": "牵头单位不履职"})
        before = monitored.table(lake, Period.quarter(2026, 2), {"V3": "推诿扯皮"})
        behind = lake.rows(drill.behind(lake, counted["合计"]["已移送"].rows, Period.quarter(2026, 3)))
    figures = {row.label: [int(cell.value or 0) for _, cell in row.cells] for row in counted.rows}
    assert figures == {"合计": [2, 1, 0, 1], "V3 推诿扯皮": [1, 1, 0, 1], "V6 牵头单位不履职": [0, 0, 0, 0]}
    assert [int(cell.value or 0) for _, cell in before["合计"].cells] == [0, 0, 0, 0]
    assert [row["code"] for row in behind] == ["V3"]

    press(town.desk("supervisor"), Violation.objects.get(kind="V4"), "annul_violation", reason="重复登记")
    export.export(store, now=town.now + timedelta(minutes=1))
    assert [row["code"] for row in rows(store, "violations")] == ["V3"]


def test_the_office_is_no_unit_and_what_is_put_apart_leaves(town: Town, tmp_path: Path) -> None:
    store = Store(tmp_path)
    order = town.register(type="report", publish="", target_unit="城管局")
    town.later(days=3)
    heard(town)
    export.export(store, now=town.now)
    (row,) = rows(store, "violations")
    assert (row["code"], row["unit"], row["office"]) == ("V12", None, True)

    town.act(order, "dispatcher", "propose_referral")
    heard(town)
    export.export(store, now=town.now + timedelta(minutes=1))

    assert rows(store, "violations") == []
    assert [row for row in rows(store, "things") if row["kind"] == "violation"] == []
