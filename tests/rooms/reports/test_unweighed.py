"""Criteria without weight: counted, shown on a page of their own, in no score; results as other assessments weigh them.

Clauses: SZ-34b, SZ-38, SQ-17, JY-31.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from tests import town_ground as towns
from tests.monitoring_ground import heard
from tests.reports_ground import counted, lake_of, planned
from tests.town_ground import Town, moment, text_of

from minsheng.cases.orders.models import Order
from minsheng.cases.registers import queries as registers
from minsheng.cases.sanctions.models import Sanction
from minsheng.core.policies import queries as policies
from minsheng.domain.assessment import Score, Tally
from minsheng.domain.periods import Period
from minsheng.figures.lake import engines, export
from minsheng.figures.lake.store import Store
from minsheng.figures.reports.cycle import composing
from minsheng.figures.reports.documents import figures
from minsheng.figures.reports.models import Report
from minsheng.gateways import packfiles

pytestmark = pytest.mark.django_db
QUARTER = {"since": date(2023, 7, 1), "until": date(2023, 10, 1)}


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    town = towns.build("suqian", test_clock, pack="suqian")
    town.staff["supervisor@"] = town.hire("督查负责人", "supervisor")
    return town


def simulated(test_clock: Any, monkeypatch: pytest.MonkeyPatch, pack: str) -> Town:
    """Return a town under a pack's rules with a simulated year."""
    town = towns.build("suzhou", test_clock, pack=pack)
    monkeypatch.setattr(settings, "LAKE_FOLDER", lake_of(town.code))
    return town


def sanctioned(town: Town, order: str, kind: str = "notice", **more: str) -> Sanction:
    """Let a sanction rest on an order and be sent."""
    number = Order.objects.get(pk=order).number
    form = {"key": str(uuid4()), "unit": "城管局", "kind": kind, "ground": "refusal", "orders": number, "text": "批评"}
    answer = town.desk("supervisor").post("/things/sanction/new/propose_sanction", {**form, **more})
    for who, command in (("supervisor@", "approve_sanction"), ("supervisor", "send_sanction")):
        row = Sanction.objects.latest("pk")
        given = {"key": str(uuid4()), "seen_version": str(row.version)}
        assert town.desk(who).post(f"{answer['Location']}do/{command}", given).status_code == 302
    return Sanction.objects.latest("pk")


def september(town: Town, folder: Path) -> dict[str, Score]:
    """Return what September's lake says of each unit."""
    store = Store(folder)
    export.export(store, now=town.now)
    rules = policies.rules_for(town.code, now=town.now)
    period = Period.month(2026, 9)
    with engines.opened(store) as lake:
        request = composing.Request(
            city=town.code, kind=packfiles.report_kinds()["monitoring_month"], period=period,
            as_of=town.now.replace(tzinfo=None), made_at=town.now, population=0, population_note="",
            scheme=packfiles.assessment_scheme(rules), imported={},
            trained={
                unit: Tally(*of)
                for unit, of in registers.trained(town.code, since=period.since, until=period.until).items()
            },
        )  # fmt: skip
        return {each.unit: each for each in composing.scores_of(lake, request)}


def shares(score: Score) -> dict[str, Fraction | None]:
    return {line.criterion.code: line.rate for line in score.lines if not line.criterion.weight}


def test_everything_that_went_wrong_is_counted_and_enters_no_score(town: Town, tmp_path: Path) -> None:
    town.at(moment("2026-09-07T09:00:00"))
    desk = town.desk("office")
    planned_for = {"course": "回复规范", "audience": "officers", "when": "2026-09-08T09:00", "units": "城管局"}
    page = desk.post("/things/training/new/plan_training", {"key": str(uuid4()), **planned_for})["Location"]
    late = town.dispatched()
    town.later(days=1)
    heard(town)
    town.act(late, "officer@城管局", "sign")
    given = {"key": str(uuid4()), "seen_version": "1", "results": "城管局｜4｜3｜88"}
    assert desk.post(f"{page}do/record_training", given).status_code == 302
    order = town.handled()
    town.act(order, "supervisor", "supervise", category="K2", ground="拖延")
    town.act(order, "supervisor", "record_finding", found="unwilling", text="能办而不办")
    sanctioned(town, order)
    sanctioned(town, order, "push", severity="serious")
    town.later(days=20)
    heard(town)

    found = september(town, tmp_path)["城管局"]

    said = shares(found)
    assert said["late_signs"] == Fraction(1, 2)
    assert said["measures"] == Fraction(1, 2)
    assert said["supervision"] == 0
    assert said["training"] == Fraction(3, 4)
    assert said["returns"] == 0
    assert said["knowledge"] is None
    judged = [line for line in found.lines if line.criterion.weight and line.points is not None]
    assert found.points == sum(line.points or 0 for line in judged) * 100 / sum(
        line.criterion.weight for line in judged
    )


def test_annulled_measure_counts_no_more(town: Town, tmp_path: Path) -> None:
    order = town.handled()
    town.act(order, "supervisor", "supervise", category="K2", ground="拖延")
    town.act(order, "supervisor", "record_finding", found="unwilling", text="能办而不办")
    row = sanctioned(town, order)
    town.later(days=5)
    before = september(town, tmp_path)["城管局"]
    given = {"key": str(uuid4()), "seen_version": str(row.version), "reason": "已纠正"}
    town.desk("supervisor@").post(f"/things/sanction/{row.pk}/do/annul_sanction", given)

    after = september(town, tmp_path)["城管局"]

    assert (shares(before)["measures"], shares(after)["measures"]) == (1, 0)


def test_page_shows_what_they_would_say_and_what_has_no_data(test_clock: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    town = simulated(test_clock, monkeypatch, "suzhou")
    report = planned(town, "monitoring_quarter", **QUARTER)
    counted(town, report)
    desk = town.desk("office")

    page = text_of(desk.get(f"/assessment/{report}/unweighed"))

    assert "退回被认可" in page
    assert page.count("尚无数据") >= 1
    assert '知识更新及时<br><span class="small soft">尚无数据' in page
    table = figures.read(Report.objects.get(pk=report).figures)[figures.ASSESSMENT]
    assert "退回被认可" not in table.columns
    assert f"/assessment/{report}/unweighed" in text_of(desk.get(f"/reports/{report}/"))
    assert town.desk("officer@城管局").get(f"/assessment/{report}/unweighed").status_code in (403, 404)
    assert town.desk("seat").get(f"/assessment/{report}/unweighed").status_code in (403, 404)


def exported(town: Town, report: UUID, place: int) -> list[dict[str, str]]:
    answer = town.desk("office").get(f"/assessment/{report}/{place}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.clause("SQ-17")
def test_annual_run_gives_two_exports_of_the_same_units_by_other_weights(
    test_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = simulated(test_clock, monkeypatch, "suqian")
    report = planned(town, "assessment_year")
    counted(town, report)

    quality, business = exported(town, report, 1), exported(town, report, 2)

    assert [each["单位"] for each in quality] != []
    assert sorted(each["单位"] for each in quality) == sorted(each["单位"] for each in business)
    assert "有效参评满意率 30%" in quality[0]
    assert "一次审核通过率 20%" in business[0]
    assert {each["单位"]: each["得分"] for each in quality} != {each["单位"]: each["得分"] for each in business}
    assert town.desk("office").get(f"/assessment/{report}/3.csv").status_code == 404
    assert town.desk("officer@城管局").get(f"/assessment/{report}/1.csv").status_code in (403, 404)


def test_export_lists_every_unit_once_also_those_without_an_order(
    test_clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = simulated(test_clock, monkeypatch, "suzhou")
    report = planned(town, "assessment_year")
    counted(town, report)

    for place in (1, 2, 3):
        units = [each["单位"] for each in exported(town, report, place)]
        assert len(units) == len(set(units))
        assert set(towns.UNITS) <= set(units)


def test_weights_of_the_city_take_the_place_of_those_that_are_shipped(town: Town) -> None:
    rules = policies.rules_for(town.code, now=town.now)

    scheme = packfiles.assessment_scheme(replace(rules, assessment_weights={"timely": 70, "late_signs": 30}))

    assert {each.code: each.weight for each in scheme.criteria if each.weight} == {"timely": 70, "late_signs": 30}
