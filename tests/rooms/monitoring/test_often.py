"""A person who was named three times in a month, or five times in a quarter, may be judged as for a serious case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from tests import town_ground as towns
from tests.monitoring_ground import heard, press, record
from tests.town_ground import Town, moment, text_of

from minsheng.cases.accountability.models import Case
from minsheng.cases.monitoring import queries
from minsheng.cases.monitoring.models import Violation

NAME = "officer城管局"


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    built = towns.build("jiangyin", test_clock)
    built.at(moment("2026-10-12T09:00:00"))
    return built


def named(town: Town, *days: str) -> Violation:
    """Let the officer of 城管局 be named on days of 2026; return the first violation, which was reminded of twice."""
    office = town.desk("office")
    for day in days:
        answer = record(office, "V3", evidence="通话记录", person=NAME, happened=f"2026-{day}T10:00")
        assert answer.status_code == 302, text_of(answer)
    first = Violation.objects.earliest("pk")
    for _ in range(2):
        press(office, first, "remind_violation", text="请整改")
    return first


def judged(town: Town, evidence: str, measure: str) -> Any:
    """Propose a minor case with the evidence, take it up and decide it; return the answer to the decision."""
    form = {"key": str(uuid4()), "unit": "城管局", "person": NAME, "grounds": ["V3"], "severity": "minor"}
    began = town.desk("office").post("/things/case/new/propose_case", {**form, "evidence": evidence, "text": "敷衍"})
    assert began.status_code == 302, text_of(began)
    head = town.desk("head@城管局")
    for command, given in (("accept_case", {}), ("decide_measure", {"measures": [measure], "text": "多次"})):
        seen = Case.objects.get().version
        answer = head.post(f"{began['Location']}do/{command}", {"key": str(uuid4()), "seen_version": seen, **given})
    return answer


@pytest.mark.clause("JY-22b")
@pytest.mark.parametrize(
    ("days", "allowed"),
    [
        (("07-03", "07-20", "08-03", "08-20", "09-03"), True),
        (("08-03", "08-20", "09-03", "09-20", "10-03"), False),
        (("09-01", "09-15", "09-30"), True),
        (("08-31", "09-15", "09-30"), False),
    ],
)
def test_counts_of_month_and_quarter_open_the_heavier_measures(town: Town, days: Sequence[str], allowed: bool) -> None:
    first = named(town, *days)

    answer = judged(town, first.number, "通报批评")

    assert (answer.status_code == 302) is allowed, text_of(answer)
    assert Case.objects.get().status == ("DECIDED" if allowed else "PROPOSED")


def test_annulled_and_hidden_ones_count_for_nobody(town: Town) -> None:
    first = named(town, "09-01", "09-15", "09-20")
    press(town.desk("supervisor"), Violation.objects.latest("pk"), "annul_violation", reason="不可抗力")
    record(town.desk("discipline"), "V10", evidence="举报信", person=NAME)

    assert judged(town, first.number, "通报批评").status_code != 302


def test_three_late_signatures_are_one_for_the_person(town: Town) -> None:
    office = town.desk("office")
    for day in ("2026-10-12", "2026-10-13", "2026-10-14"):
        town.at(moment(f"{day}T09:00:00"))
        order = town.register()
        town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
        town.at(moment(f"{day}T16:00:00"))
        heard(town)
    three = Violation.objects.get(kind="V2a")
    assert press(office, three, "attribute_violation", person=NAME).status_code == 302

    days = queries.days_of("jiangyin", unit="城管局", account=account_of(three), name=NAME)

    assert [str(day) for day in days] == ["2026-10-14"]


def account_of(row: Violation) -> str:
    row.refresh_from_db()
    assert row.account
    return row.account


def test_order_that_was_late_and_then_done_late_missed_one_deadline(town: Town) -> None:
    order, office = town.handled(), town.desk("office")
    town.at(moment("2026-10-20T09:00:00"))
    heard(town)
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已修复")
    heard(town)
    both = list(Violation.objects.filter(kind__in=("V1b", "V1c")))
    for each in both:
        press(office, each, "attribute_violation", person=NAME)

    account = account_of(both[0])
    assert len(both) == 2
    assert len(queries.days_of("jiangyin", unit="城管局", account=account, name=NAME)) == 1


def test_reminders_of_a_violation_are_reminders_of_its_case(town: Town) -> None:
    office = town.desk("office")
    record(office, "V3", evidence="通话记录", person=NAME)
    number = Violation.objects.get().number
    form = {"key": str(uuid4()), "unit": "城管局", "grounds": ["V3"], "evidence": number}

    refused = office.post("/things/case/new/propose_case", form)

    assert "现有 0 次" in text_of(refused)
    assert not Case.objects.exists()
