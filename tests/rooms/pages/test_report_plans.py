"""Reports on the list: planned by hand, planned because they are due, marked when they are late.

Clauses: JY-14b, AR-0.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.town_ground import Town, text_of

from minsheng.core.ledger.values import ZONE
from minsheng.core.lifecycles import actions as lifecycles
from minsheng.core.policies.models import City
from minsheng.domain.report_kinds import period_of
from minsheng.figures.reports import actions, queries, tasks
from minsheng.figures.reports.models import Report

pytestmark = pytest.mark.django_db


def test_new_report_is_planned_once(town: Town) -> None:
    given = {"kind": "topic", "since": "2026-09-01", "until": "2026-09-07", "key": uuid4()}

    first = town.desk("office").post("/reports/plan", given)
    again = town.desk("office").post("/reports/plan", given)
    other = town.desk("office").post("/reports/plan", {**given, "key": uuid4()})

    assert first.status_code == again.status_code == 302
    assert first["Location"] == again["Location"]
    assert Report.objects.get().until == date(2026, 9, 8)
    assert "已在清单中" in text_of(other)


def test_period_that_ends_before_it_begins_is_refused(town: Town) -> None:
    given = {"kind": "topic", "since": "2026-09-07", "until": "2026-09-01", "key": uuid4()}

    answer = town.desk("office").post("/reports/plan", given)

    assert "结束日期应晚于开始日期" in text_of(answer)
    assert not Report.objects.exists()


def test_what_is_due_is_planned_once(town: Town) -> None:
    City.objects.update(opened_at=towns.LONG_AGO)

    for _ in range(2):
        tasks.plan_all(town.now)

    assert Report.objects.count() == 4
    kinds = set(Report.objects.values_list("kind", "since"))
    assert ("monthly_bulletin", date(2026, 8, 1)) in kinds
    assert ("annual_release", date(2025, 1, 1)) in kinds
    assert ("assessment_year", date(2025, 1, 1)) in kinds
    assert ("violations_quarter", date(2026, 4, 1)) in kinds


@pytest.fixture
def due(db: None, test_clock: Callable[[datetime], None]) -> Callable[[str, str], dict[tuple[str, date, date], str]]:
    """Return what tells what a city has to report on a day: kind, first day, the day after the last; and by when."""

    def tell(pack: str, day: str) -> dict[tuple[str, date, date], str]:
        town = towns.build(f"{pack}_c", test_clock, pack=pack)
        City.objects.update(opened_at=towns.LONG_AGO)
        tasks.plan_all(towns.moment(f"{day}T06:00:00"))
        return {
            (each.kind, each.since, each.until): f"{each.due.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" if each.due else ""
            for each in Report.objects.filter(city=town.code)
        }

    return tell


@pytest.mark.clause("SZ-37")
def test_the_third_quarter_is_monitored_from_the_first_of_october(due: Any) -> None:
    quarter = ("monitoring_quarter", date(2026, 7, 1), date(2026, 10, 1))

    assert quarter in due("suzhou", "2026-10-01")
    assert quarter not in due("suqian", "2026-10-01")


@pytest.mark.clause("SQ-13")
@pytest.mark.clause("SQ-14a")
def test_a_week_in_suqian_runs_from_monday_to_sunday_and_has_two_special_reports_for_three(due: Any) -> None:
    planned = due("suqian", "2026-10-12")
    week = (date(2026, 10, 5), date(2026, 10, 12))

    kinds = {kind for kind, *days in planned if tuple(days) == week}

    assert kinds == {"weekly", "special_weekly_hot", "special_weekly_analysis"}
    assert period_of(*week).name == "2026年第41周"
    for draft in Report.objects.filter(kind__startswith="special_weekly", since=week[0]):
        now = towns.moment("2026-10-12T06:00:00")
        recipients, _ = queries.recipients_of("suqian_c", kind=queries.kind_of(draft), now=now)
        assert recipients == ("市委", "市政府", "江苏12345")


@pytest.mark.clause("SQ-16")
def test_suqian_publishes_a_month_by_the_end_of_the_next_and_a_year_by_the_end_of_january(due: Any) -> None:
    october = due("suqian", "2026-10-01")

    tasks.plan_all(towns.moment("2027-01-01T06:00:00"))

    assert october["monitoring_month", date(2026, 9, 1), date(2026, 10, 1)] == "2026-10-31 23:59:59"
    year = Report.objects.get(kind="assessment_year", since=date(2026, 1, 1))
    assert year.due is not None
    assert f"{year.due.astimezone(ZONE):%Y-%m-%d %H:%M:%S}" == "2027-01-31 23:59:59"


def test_a_city_whose_rules_can_not_be_read_holds_up_no_other(town: Town) -> None:
    City.objects.update(opened_at=towns.LONG_AGO)
    broken = City.objects.create(code="aaa", name="甲", pack="no_such_pack", opened_at=towns.LONG_AGO)

    tasks.plan_all(town.now)

    assert Report.objects.count() == 4
    assert not Report.objects.filter(city=broken).exists()


def test_nothing_is_owed_for_days_before_the_city_was_opened(town: Town) -> None:
    City.objects.update(opened_at=town.now - timedelta(days=30))

    tasks.plan_all(town.now)

    assert set(Report.objects.values_list("kind", flat=True)) == {"monthly_bulletin"}


def test_late_report_is_marked_and_listed(town: Town) -> None:
    City.objects.update(opened_at=towns.LONG_AGO)
    tasks.plan_all(town.now)
    report = Report.objects.get(kind="monthly_bulletin")
    assert report.due is not None

    town.later(days=40)
    lifecycles.ring(actions.KIND, f"report/{report.pk}", town.now)
    lifecycles.ring(actions.KIND, f"report/{report.pk}", town.now)

    report.refresh_from_db()
    assert (report.is_late, report.version) == (True, 2)
    assert "超期未报" in text_of(town.desk("office").get("/reports/"))
