"""Findings, returns and gaps suggest violations, with what shows them; somebody confirms and says what is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests import town_ground as towns
from tests.monitoring_ground import address, closed, heard, press
from tests.town_ground import Town, text_of

from minsheng.cases.monitoring import recount
from minsheng.cases.monitoring.models import Occurrence, Violation
from minsheng.cases.monitoring.tasks import find_gaps
from minsheng.core.people.models import Roster, UnitContact
from minsheng.core.words import queries as words


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


@pytest.fixture
def suzhou(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("suzhou", test_clock, pack="suzhou")


def only() -> Violation:
    return Violation.objects.get(status="SUGGESTED")


@pytest.mark.clause("JY-20.5")
def test_false_report_suggests_what_wants_its_consequence(town: Town) -> None:
    order = closed(town)
    town.act(order, "supervisor", "record_finding", found="false_report", text="未到现场，回复已处理")
    heard(town)

    found, office = only(), town.desk("office")
    assert (found.kind, found.target_unit, found.orders, found.counts) == ("V5", "城管局", [order], False)
    page = text_of(office.get(address(found)))
    assert "已修复" in page
    assert "未到现场，回复已处理" in page
    refused = press(office, found, "confirm_violation")
    assert refused.status_code == 422
    assert "造成的后果" in text_of(refused)
    assert only() == found
    assert press(office, found, "confirm_violation", consequence="群众多次上访").status_code == 302
    found.refresh_from_db()
    assert (found.status, found.counts) == ("RAISED", True)
    assert recount.compare("jiangyin").differences == ()


@pytest.mark.clause("SZ-43.5")
def test_lead_of_a_false_report_has_the_reply_and_the_finding(suzhou: Town) -> None:
    order = suzhou.replied()
    suzhou.act(order, "supervisor", "supervise", category="K1", ground="重大民生")
    suzhou.act(order, "supervisor", "record_finding", found="false_report", text="未到现场，回复已处理")
    heard(suzhou)

    found = only()
    assert (found.kind, found.target_unit) == ("43.5", "城管局")
    said = words.of(f"violation/{found.pk}")[1]
    assert (said["snapshot"], said["finding"]) == ("已修复", "未到现场，回复已处理")


@pytest.mark.clause("JY-20.8")
def test_only_who_was_found_responsible_is_named(town: Town) -> None:
    order = town.replied()
    town.act(order, "supervisor", "supervise", category="K1", ground="重大民生")
    town.act(order, "supervisor", "record_finding", found="none", text="单位无责任")
    heard(town)
    assert not Violation.objects.exists()

    town.act(order, "supervisor", "record_finding", found="responsible", text="负有责任")
    heard(town)
    assert (only().kind, only().target_unit) == ("V8", "城管局")
    assert press(town.desk("office"), only(), "confirm_violation").status_code == 302
    assert Violation.objects.get().counts


@pytest.mark.clause("SZ-43.3")
def test_order_that_units_return_again_and_again_names_its_lead(suzhou: Town) -> None:
    order = suzhou.register()
    for unit in ("城管局", "住建局", "城管局"):
        suzhou.act(order, "dispatcher", "dispatch", unit=unit, basis="权责清单")
        suzhou.act(order, f"officer@{unit}", "request_return", reason="不属职责", basis="三定方案", suggest="住建局")
        suzhou.act(order, "dispatcher", "accept_return", reason="同意")
        heard(suzhou)

    assert (only().kind, only().target_unit, only().orders) == ("43.3", "住建局", [order])
    assert Occurrence.objects.filter(event="returned").count() == 3
    assert recount.compare("suzhou").differences == ()


@pytest.mark.clause("SZ-43.4")
def test_co_unit_is_named_and_not_the_lead(suzhou: Town) -> None:
    order = suzhou.register()
    suzhou.act(order, "dispatcher", "dispatch", units=["城管局", "住建局"], lead="城管局", basis="权责清单")
    for unit in ("城管局", "住建局"):
        suzhou.act(order, f"officer@{unit}", "sign")
    suzhou.act(order, "leader@城管局", "approve_reply")
    suzhou.act(order, "officer@城管局", "reply", text="已修复")
    suzhou.later(days=30)
    heard(suzhou)

    assert [(each.kind, each.target_unit) for each in Violation.objects.filter(kind="43.4")] == [("43.4", "住建局")]


@pytest.mark.clause("SZ-43.6")
def test_unit_without_roster_for_a_month_is_named_once_a_month(suzhou: Town) -> None:
    Roster.objects.filter(unit__name="住建局").delete()
    UnitContact.objects.filter(unit__name="城管局").delete()
    for _ in range(2):
        find_gaps(suzhou.now)
    heard(suzhou)

    named = Violation.objects.order_by("target_unit").values_list("kind", "target_unit", "status")
    assert sorted(named) == [("43.6", "住建局", "SUGGESTED"), ("43.6", "城管局", "SUGGESTED")]
    suzhou.later(days=31)
    find_gaps(suzhou.now)
    heard(suzhou)
    assert Violation.objects.count() == 4
    assert recount.compare("suzhou").differences == ()


def test_dismissed_suggestion_does_not_come_back(town: Town) -> None:
    order = closed(town)
    town.act(order, "supervisor", "record_finding", found="false_report", text="未到现场")
    heard(town)
    assert press(town.desk("office"), only(), "dismiss_violation", reason="有照片为证").status_code == 302

    recount.mend("jiangyin", now=town.now)

    assert list(Violation.objects.values_list("status", flat=True)) == ["DISMISSED"]
    assert recount.compare("jiangyin").differences == ()


def test_unit_is_told_of_nothing_that_is_only_suggested(town: Town) -> None:
    order = closed(town)
    town.act(order, "supervisor", "record_finding", found="false_report", text="未到现场")
    heard(town)
    unit = town.desk("leader@城管局")

    assert unit.get(address(only())).status_code == 404
    assert "监察〔2026〕1号" not in text_of(unit.get("/things/violation/?tab=all"))
    press(town.desk("office"), only(), "confirm_violation", consequence="群众多次上访")
    assert "监察〔2026〕1号" in text_of(unit.get("/things/violation/?tab=all"))
