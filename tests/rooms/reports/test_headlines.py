"""What the annual release says in words is what its tables say: the year's broadcasts, the people who serve.

Clauses: AR-1.3, AR-2.6.1, SZ-35a.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from tests import town_ground as towns
from tests.reports_ground import counted, lake_of, planned, press, sent
from tests.town_ground import Town, text_of

from minsheng.core.policies import actions as policies
from minsheng.domain.actors import SYSTEM
from minsheng.figures.lake import export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Delivery, Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch) -> Town:
    town = towns.build("suzhou", test_clock, pack="suzhou")
    monkeypatch.setattr(settings, "LAKE_FOLDER", lake_of(town.code))
    return town


@pytest.mark.clause("AR-1.3")
def test_headline_of_the_years_broadcasts_is_the_tables(town: Town) -> None:
    report = planned(town)
    counted(town, report)
    row = figures.read(Report.objects.get(pk=report).figures)["E-3"]["政风热线"]

    page = text_of(town.desk("office").get(f"/reports/{report}/"))

    assert [row[name].value for name in ("期数", "收到诉求总量", "现场回应诉求数", "直播后督办重点诉求数")] == [
        47,
        898,
        282,
        616,
    ]
    assert f"“政风热线”播出47期，收到诉求898件，诉求办理满意率{row['诉求办理满意率'].shown}%。" in page
    assert row["诉求办理满意率"].shown == "98.11"


@pytest.mark.clause("AR-2.6.1")
def test_staff_of_the_citys_own_platform_and_of_the_whole_city(town: Town) -> None:
    report = planned(town)
    counted(town, report)
    tables = figures.read(Report.objects.get(pk=report).figures)

    table = tables["E-13"]
    own, whole = table["市本级平台"], table["全市"]
    assert (own["话务平台总人数"].value, own["民声接听员"].value) == (213, 200)
    for name in ("话务平台总人数", "民声接听员", "企业政策专员", "人才政策专员"):
        assert (whole[name].value or 0) >= (own[name].value or 0)
    assert (
        whole["民声接听员"].value
        == figures.read(Report.objects.get(pk=report).figures)["E-0"]["座席代表"]["数值"].value
    )


@pytest.mark.clause("SZ-35a")
def test_special_report_of_a_county_goes_up_and_its_instruction_is_counted(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies.open_city("jiangsu", name="江苏省", pack="suzhou", tier="city", actor=SYSTEM, now=town.now)
    policies.place_city(town.code, tier="county", parent="jiangsu", actor=SYSTEM, now=town.now)

    report = sent(town, "special_monthly", since=date(2023, 9, 1), until=date(2023, 10, 1))
    press(town, "office", report, "instruct", leader="书记", words="请研究。")

    to = [each.recipient for each in Delivery.objects.filter(report=report, is_copy=False)]
    assert to == ["属地党委", "属地政府", "苏州市12345公共服务平台"]
    monkeypatch.setattr(settings, "LAKE_FOLDER", tmp_path / "lake")
    export.export(Store(tmp_path / "lake"), now=town.now)
    release: Any = planned(town, "monitoring_quarter", since=date(2026, 7, 1), until=date(2026, 10, 1))
    town.later(minutes=1)
    counted(town, release)
    total = figures.read(Report.objects.get(pk=release).figures)["E-8"]["总计"]
    assert (total["分析专报上报总量"].value, total["领导签批"].value) == (1, 1)
