"""Assessment on pages: why a unit has its points, scores that others gave, the population.

Clauses: SZ-36, SZ-37, SQ-15.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from tests import town_ground as towns
from tests.reports_ground import counted, lake_of, planned, press, written
from tests.town_ground import Town, text_of

from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Delivery, ImportedScore, Population, Report

pytestmark = pytest.mark.django_db


@pytest.fixture
def suzhou(test_clock: Any, db: None, monkeypatch: pytest.MonkeyPatch) -> Town:
    """Return a town under suzhou's rules, where a third party gives scores, with a simulated year."""
    town = towns.build("suzhou", test_clock, pack="suzhou")
    monkeypatch.setattr(settings, "LAKE_FOLDER", lake_of(town.code))
    return town


def imported(town: Town, content: bytes, who: str = "office") -> Any:
    given = {"criterion": "third_party", "since": "2023-07-01", "until": "2023-09-30", "key": uuid4()}
    file = SimpleUploadedFile("scores.csv", content)
    return town.desk(who).post("/assessment/scores", {**given, "file": file}, follow=True)


def scores_file(*lines: str, encoding: str = "utf-8") -> bytes:
    return "\r\n".join(("单位,得分", *lines)).encode(encoding)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_scores_are_taken_in_and_a_second_file_replaces_them(suzhou: Town, encoding: str) -> None:
    imported(suzhou, scores_file("城管局,88.5", "住建局,70", encoding=encoding))
    imported(suzhou, scores_file("城管局,91", encoding=encoding))

    score = ImportedScore.objects.get()
    assert (score.unit, score.score, score.since, score.until) == ("城管局", 91, date(2023, 7, 1), date(2023, 10, 1))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (scores_file("城管局,101"), "第 2 行的得分“101”不对"),
        (scores_file("城管局,很好"), "第 2 行的得分“很好”不对"),
        (scores_file("城管局,NaN"), "第 2 行的得分“NaN”不对"),
        (scores_file("住建局,70", "没有这个局,70"), "第 3 行的单位“没有这个局”不在"),
        (scores_file("城管局,70", "城管局,71"), "出现了两次"),
        (b"\xff\xfe\x00\x81", "文件无法读取"),
        (b"a,b\r\n1,2", "文件无法读取"),
        (b"", "文件是空的"),
    ],
)
def test_bad_file_is_refused_whole(suzhou: Town, content: bytes, words: str) -> None:
    answer = imported(suzhou, content)

    assert answer.status_code == 422
    assert words in text_of(answer)
    assert not ImportedScore.objects.exists()


def test_leaders_do_not_bring_scores(suzhou: Town) -> None:
    assert imported(suzhou, scores_file("城管局,70"), who="joint_meeting").status_code == 404


def test_unit_is_explained_down_to_its_orders(suzhou: Town) -> None:
    report = planned(suzhou, "monitoring_quarter", since=date(2023, 7, 1), until=date(2023, 10, 1))
    counted(suzhou, report)
    table = figures.read(Report.objects.get(pk=report).figures)[figures.ASSESSMENT]
    first = table.rows[0]

    answer = suzhou.desk("office").get(f"/assessment/{report}/", {"unit": first.label})

    page = text_of(answer)
    assert "及时处办率" in page
    assert dict(first.cells)["得分"].shown in page
    assert "没有导入得分，结果不完整" in page
    assert suzhou.desk("office").get(f"/assessment/{report}/", {"unit": "没有这个局"}).status_code == 404


def test_rows_behind_a_units_orders_are_found(suzhou: Town) -> None:
    report = planned(suzhou, "monitoring_quarter", since=date(2023, 7, 1), until=date(2023, 10, 1))
    counted(suzhou, report)
    unit = figures.read(Report.objects.get(pk=report).figures)[figures.ASSESSMENT].rows[0]

    answer = suzhou.desk("office").get(
        f"/reports/{report}/rows", {"table": "assessment", "row": unit.label, "column": "到期工单"}
    )

    assert answer.context["number"] == dict(unit.cells)["到期工单"].value


def test_population_is_set_for_a_year(suzhou: Town) -> None:
    given = {"year": "2023", "count": "12906500", "source": "市统计局公报", "key": uuid4()}

    suzhou.desk("office").post("/assessment/population", given)
    bad = suzhou.desk("office").post("/assessment/population", {**given, "count": "0"})

    assert Population.objects.get().count == 12_906_500
    assert bad.status_code == 422


@pytest.mark.clause("AR-1.2a")
@pytest.mark.parametrize(("people", "shown"), [("12906500", "9.84"), ("12950000", "9.81")])
def test_seats_for_every_100000_rest_on_the_population(suzhou: Town, people: str, shown: str) -> None:
    suzhou.desk("office").post(
        "/assessment/population", {"year": "2023", "count": people, "source": "公报", "key": uuid4()}
    )
    report = planned(suzhou)
    counted(suzhou, report)

    cell = figures.read(Report.objects.get(pk=report).figures)["E-13"].cell("全市", "每十万人座席数")

    assert cell.shown == shown


@pytest.mark.clause("SQ-15")
def test_in_suqian_a_score_without_its_mystery_calls_is_marked_incomplete(
    test_clock: Any, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = towns.build("suzhou", test_clock, pack="suqian")
    monkeypatch.setattr(settings, "LAKE_FOLDER", lake_of(town.code))
    report = planned(town, "monitoring_month", since=date(2023, 9, 1), until=date(2023, 10, 1))
    counted(town, report)
    unit = figures.read(Report.objects.get(pk=report).figures)[figures.ASSESSMENT].rows[0].label

    page = text_of(town.desk("office").get(f"/assessment/{report}/", {"unit": unit}))

    assert "拨测" in page
    assert "没有导入得分，结果不完整" in page


@pytest.mark.clause("SZ-34b")
def test_every_unit_gets_the_assessment_and_signs_for_it(suzhou: Town) -> None:
    report = planned(suzhou, "monitoring_quarter", since=date(2023, 7, 1), until=date(2023, 10, 1))
    counted(suzhou, report)
    written(suzhou, report)
    for who, step in (("office", "submit"), ("joint_meeting", "approve"), ("office", "send")):
        press(suzhou, who, report, step, number="苏12345通报〔2023〕3号")
    officer = suzhou.desk("officer@城管局")

    page = text_of(officer.get("/bulletins/"))
    signed = officer.post(f"/bulletins/{report}/sign", {"key": uuid4()}, follow=True)

    deliveries = Delivery.objects.filter(report=report, is_copy=True)
    assert sorted(each.recipient for each in deliveries) == sorted(towns.UNITS)
    assert "监测通报" in page
    assert "已签收。" in text_of(signed)
    assert [each.recipient for each in deliveries.filter(received_at__isnull=False)] == ["城管局"]
