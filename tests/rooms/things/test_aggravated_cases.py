"""What aggravates a case, who is protected, copies on file, and what nobody answers for.

Clauses: JY-23.2, JY-23.4, JY-23.5, JY-25.2, JY-29.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests import town_ground as towns
from tests.leaks_ground import told
from tests.monitoring_ground import record
from tests.secrets_ground import filed
from tests.town_ground import Town, text_of

from minsheng.cases.accountability.models import Case
from minsheng.cases.monitoring.models import Violation

HEAVIER = "通报批评"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def proposed(town: Town) -> str:
    """Return the address of a case against 城管局 that its head has taken up."""
    order = filed(town)
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    for _ in range(2):
        town.act(order, "office", "remind")
    form = {"key": str(uuid4()), "unit": "城管局", "grounds": ["V3"], "severity": "minor", "evidence": order}
    page = str(town.desk("office").post("/things/case/new/propose_case", form)["Location"])
    assert press(town.desk("head@城管局"), page, "accept_case").status_code == 302
    return page


def press(desk: Client, thing: str, command: str, **given: Any) -> Any:
    version = Case.objects.get(pk=thing.rstrip("/").rpartition("/")[2]).version
    return desk.post(f"{thing}do/{command}", {"key": str(uuid4()), "seen_version": version, **given})


def offered(page: str) -> list[str]:
    """Return the measures that the form of a decision offers, in their order."""
    form = page.partition("do/decide_measure")[2].partition("</form>")[0]
    return re.findall(r'name="measures"[^>]*value="([^"]+)"', form)


@pytest.mark.clause("JY-23.2")
def test_flag_lets_the_heavier_measures_stand_first_and_stays_once_it_is_decided(town: Town) -> None:
    case, head = proposed(town), town.desk("head@城管局")
    assert offered(text_of(head.get(case)))[0] == "批评教育"
    assert press(head, case, "flag_case", aggravating=["23.2"]).status_code == 422

    assert press(head, case, "flag_case", aggravating=["23.2"], text="收受当事人财物").status_code == 302

    page = text_of(head.get(case))
    assert offered(page)[0] == HEAVIER
    assert "通报批评、组织处理、批评教育、诫勉谈话" in page
    assert press(head, case, "decide_measure", measures=[HEAVIER], text="收受财物，从重处理").status_code == 302
    assert Case.objects.get().state["aggravated"] is True
    assert press(head, case, "flag_case", text="撤销标记").status_code == 409
    assert Case.objects.get().state["flags"] == ["23.2"]


def test_flag_is_taken_away_before_the_decision(town: Town) -> None:
    case, head = proposed(town), town.desk("head@城管局")
    press(head, case, "flag_case", aggravating=["23.2"], text="收受当事人财物")

    assert press(head, case, "flag_case", text="查无实据").status_code == 302

    assert offered(text_of(head.get(case)))[0] == "批评教育"
    assert press(head, case, "decide_measure", measures=[HEAVIER], text="从重").status_code == 422


@pytest.mark.clause("JY-23.4")
def test_retaliation_reminds_to_protect_who_complained_and_shows_nobody_who_that_is(town: Town) -> None:
    case, head = proposed(town), town.desk("head@城管局")
    assert "请保护投诉人" not in text_of(head.get(case))

    press(head, case, "flag_case", aggravating=["23.4"], text="上门质问投诉人")

    for who in ("head@城管局", "office", "discipline"):
        page = text_of(town.desk(who).get(case))
        assert "请保护投诉人、举报人" in page
        assert told(page) == []
    order = Case.objects.get().state["orders"][0]
    for who in ("head@城管局", "officer@城管局", "leader@城管局"):
        assert told(text_of(town.desk(who).get(f"/orders/{order}/"))) == []
    press(head, case, "decide_measure", measures=["批评教育"], text="打击报复，从重")
    press(town.desk("office"), case, "serve")
    subject = text_of(town.desk("officer@城管局").get(case))
    assert "请保护投诉人、举报人" not in subject
    assert told(subject) == []


@pytest.mark.clause("JY-29")
def test_decision_is_archived_once_discipline_and_personnel_have_it_on_file(town: Town) -> None:
    case, head, office = proposed(town), town.desk("head@城管局"), town.desk("office")
    press(head, case, "decide_measure", measures=["批评教育"])
    press(office, case, "serve")
    press(town.desk("officer@城管局"), case, "self_criticize", document="检查")
    town.later(days=30)

    alone = press(office, case, "archive")
    assert (alone.status_code, "备案回执" in text_of(alone)) == (422, True)
    assert (
        press(town.desk("discipline"), case, "file_copy", recipient="discipline", receipt="纪备1号").status_code == 302
    )
    assert press(office, case, "archive").status_code == 422
    assert press(office, case, "file_copy", recipient="personnel").status_code == 422
    assert press(office, case, "file_copy", recipient="personnel", receipt="组备2号").status_code == 302
    assert press(office, case, "archive").status_code == 302
    assert Case.objects.get().status == "ARCHIVED"


@pytest.mark.clause("JY-25.2")
def test_what_no_rule_covers_is_exempted_and_stands_on_the_offices_list_of_gaps(town: Town) -> None:
    first, second = proposed(town), proposed(town)
    head = town.desk("head@城管局")
    press(head, first, "exempt", ground="25.2", evidence="合法性审查意见")
    press(head, second, "exempt", ground="25.3", evidence="暴雨红色预警")
    gap, other = (Case.objects.get(pk=each.rstrip("/").rpartition("/")[2]) for each in (first, second))

    assert (gap.status, other.status) == ("EXEMPT", "EXEMPT")
    for who in ("office", "discipline", "command"):
        register, _, gaps = text_of(town.desk(who).get("/cases/exempt")).partition("规则空白</h2>")
        assert (gap.number in register, other.number in register) == (True, True)
        assert (gap.number in gaps, other.number in gaps) == (True, False)
        assert told(register + gaps) == []
    for who in ("head@城管局", "supervisor", "seat"):
        assert town.desk(who).get("/cases/exempt").status_code == 403


@pytest.mark.clause("JY-23.5")
def test_every_reading_of_the_identity_is_listed_with_person_time_field_and_reason(town: Town) -> None:
    order = filed(town)
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    town.desk("officer@城管局").post(
        f"/orders/{order}/identity", {"fields_wanted": ["phone"], "reason": "约定上门时间"}
    )
    record(town.desk("supervisor"), "V11", person="officer城管局", evidence=order, consequence="诉求人被上门威胁")

    page = text_of(town.desk("supervisor").get(f"/monitoring/{Violation.objects.get().pk}/readings"))

    for part in ("officer城管局", "2026-09-18 16:40", "电话", "约定上门时间"):
        assert part in page
    assert told(page) == []
