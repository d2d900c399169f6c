"""The quarterly bulletin of monitoring: its words and its table are one count, and say nothing of what is hidden."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from tests import town_ground as towns
from tests.monitoring_ground import heard, record
from tests.reports_ground import counted, planned, sent, status
from tests.town_ground import Town, text_of

from minsheng.figures.lake import export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Report

QUARTER = {"since": date(2026, 7, 1), "until": date(2026, 10, 1)}


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None], settings: Any, tmp_path: Path) -> Town:
    built = towns.build("jiangyin", test_clock)
    settings.LAKE_FOLDER = tmp_path / "lake"
    office = built.desk("office")
    for code, unit in (("V3", "城管局"), ("V4", "住建局")):
        record(office, code, unit=unit, evidence="通话记录", person="")
    record(built.desk("discipline"), "V10", evidence="举报信", person="officer城管局")
    built.register()
    built.later(days=12)
    heard(built)
    export.export(Store(settings.LAKE_FOLDER), now=built.now)
    return built


@pytest.mark.clause("JY-20.0")
def test_bulletin_says_what_the_board_counts_and_nothing_hidden(town: Town) -> None:
    report = planned(town, "violations_quarter", **QUARTER)
    counted(town, report)

    page = text_of(town.desk("office").get(f"/reports/{report}/"))
    table = figures.read(Report.objects.get(pk=report).figures)["violations"]

    assert "电子监察认定各类情形3件，涉及单位2个，其中热线办1件；经提醒督促后移送0件" in page
    assert [int(cell.value or 0) for _, cell in table["合计"].cells] == [3, 2, 1, 0]
    assert not [row.label for row in table.rows if row.label.startswith(("V10", "V11"))]


def test_bulletin_is_written_approved_and_sent_as_every_report(town: Town) -> None:
    assert status(sent(town, "violations_quarter", **QUARTER)) == "SENT"
