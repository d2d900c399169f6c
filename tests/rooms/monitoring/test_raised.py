"""Facts of the ledger raise violations by themselves; an independent count in SQL, and a recount, say the same."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from django.db import connection
from tests import town_ground as towns
from tests.monitoring_ground import heard, press, record
from tests.town_ground import Town, moment, text_of

from minsheng.app.cli.main import main
from minsheng.cases.monitoring import actions as monitoring
from minsheng.cases.monitoring import recount
from minsheng.cases.monitoring.models import Counter, Occurrence, Violation
from minsheng.core.policies import actions as policies
from minsheng.domain.actors import Actor
from minsheng.domain.worktime import CalendarYear


@pytest.fixture
def town(db: None, test_clock: Callable[[datetime], None]) -> Town:
    return towns.build("jiangyin", test_clock)


def standing() -> list[tuple[str, str, str]]:
    return list(Violation.objects.filter(counts=True).order_by("pk").values_list("kind", "party", "month"))


# Written apart from the product: straight from what the ledger holds.
BY_HAND = """
    SELECT rule.code, breach->>'party',
        to_char(coalesce(breach->>'due', breach->>'at')::timestamptz AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM'),
        count(*)
    FROM ledger_event event, jsonb_array_elements(event.body::jsonb->'breaches') breach,
        (VALUES ('V1a', 'late_contact'), ('V1b', 'late_handle'), ('V1c', 'not_handled'), ('V1c', 'late_response'),
            ('V1c', 'late_emergency_result'), ('V2a', 'late_sign'), ('V5', 'false_report'), ('V6', 'lead_failed'),
            ('V7', 'co_failed'), ('V8', 'careless_handling'), ('V9', 'knowledge_loss'), ('V12', 'late_dispatch'),
            ('V12', 'late_emergency_dispatch'), ('V12', 'late_audit'), ('V12', 'late_report')
        ) rule (code, event)
    WHERE breach->>'code' = rule.event AND NOT EXISTS (
        SELECT FROM ledger_event later, jsonb_array_elements(later.body::jsonb->'annulled') gone
        WHERE later.stream = event.stream AND gone = breach
    )
    GROUP BY 1, 2, 3
"""


def counted_by_hand() -> dict[tuple[str, str, str], int]:
    with connection.cursor() as cursor:
        cursor.execute(BY_HAND)
        return {(code, party, month): count for code, party, month, count in cursor.fetchall()}


def agree() -> None:
    """Hold the counters to the independent count, and to a recount."""
    rows = Counter.objects.filter(facts__gt=0).values_list("code", "party", "month", "facts")
    assert {(code, party, month): count for code, party, month, count in rows} == counted_by_hand()
    assert recount.compare("jiangyin").differences == ()


def late_at(town: Town, *mornings: str) -> None:
    """Let 城管局 sign late: an order a morning, dispatched at nine and never signed within four hours."""
    for each in mornings:
        town.at(moment(each))
        order = town.register()
        town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
        town.at(moment(f"{each[:10]}T16:00:00"))
        heard(town)


@pytest.mark.clause("JY-20.2")
def test_third_late_signature_of_a_month_is_one_violation(town: Town) -> None:
    late_at(town, "2026-03-02T09:00:00", "2026-03-16T09:00:00")
    assert ("V2a", "城管局", "2026-03") not in standing()

    late_at(town, "2026-03-31T09:00:00")
    assert standing().count(("V2a", "城管局", "2026-03")) == 1

    late_at(town, "2026-04-01T09:00:00")
    assert [each for each in standing() if each[0] == "V2a"] == [("V2a", "城管局", "2026-03")]
    agree()


def test_third_late_signature_in_the_next_month_is_none(town: Town) -> None:
    late_at(town, "2026-03-02T09:00:00", "2026-03-16T09:00:00", "2026-04-01T09:00:00")

    assert not [each for each in standing() if each[0] == "V2a"]
    cells = Counter.objects.filter(code="V2a").order_by("month").values_list("month", "facts", "violations")
    assert list(cells) == [("2026-03", 2, 0), ("2026-04", 1, 0)]
    agree()


@pytest.mark.clause("JY-20.1")
def test_what_is_open_past_its_due_and_what_is_done_late_are_two_kinds(town: Town) -> None:
    town.at(moment("2026-09-08T09:00:00"))
    order = town.handled()
    town.at(moment("2026-09-15T17:31:00"))
    heard(town)
    assert [each[0] for each in standing()] == ["V1c"]

    town.at(moment("2026-09-16T09:00:00"))
    town.act(order, "leader@城管局", "approve_reply")
    town.act(order, "officer@城管局", "reply", text="已修复")
    heard(town)
    assert [each[0] for each in standing()] == ["V1c", "V1b"]
    one = Violation.objects.get(kind="V1b")
    assert (one.orders, one.target_unit, one.units) == ([order], "城管局", ["城管局"])
    agree()


@pytest.mark.clause("JY-20.12")
def test_the_office_is_counted_by_the_same_rules(town: Town) -> None:
    town.at(moment("2026-09-16T09:00:00"))
    order = town.register()
    town.at(moment("2026-09-16T11:01:00"))
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    heard(town)

    assert standing() == [("V12", "office", "2026-09")]
    agree()


@pytest.mark.clause("JY-20.6", "JY-20.7")
def test_lead_and_co_unit_each_answer_for_their_own_delay(town: Town) -> None:
    town.at(moment("2026-09-08T09:00:00"))
    order = town.register()
    town.act(order, "dispatcher", "dispatch", units=["城管局", "住建局"], lead="城管局", basis="权责清单")
    for unit in ("城管局", "住建局"):
        town.act(order, f"officer@{unit}", "sign")
    town.at(moment("2026-09-16T09:00:00"))
    heard(town)

    found = {(code, party) for code, party, _ in standing()}
    assert {("V6", "城管局"), ("V7", "住建局")} <= found
    assert not {("V6", "住建局"), ("V7", "城管局")} & found
    agree()


def test_hearing_of_the_same_facts_again_counts_nothing_twice(town: Town) -> None:
    late_at(town, "2026-03-02T09:00:00", "2026-03-03T09:00:00", "2026-03-04T09:00:00")
    before = (standing(), list(Counter.objects.order_by("pk").values_list("facts", "violations")))

    recount.mend("jiangyin", now=town.now)

    assert (standing(), list(Counter.objects.order_by("pk").values_list("facts", "violations"))) == before
    agree()


def test_what_the_ledger_takes_back_leaves_every_counter(town: Town) -> None:
    town.at(moment("2026-12-29T09:00:00"))
    town.handled()
    town.at(moment("2027-01-06T09:00:00"))
    heard(town)
    assert standing() == [("V1c", "城管局", "2027-01")]

    holidays = frozenset(date(2027, 1, day) for day in range(1, 9))
    year = CalendarYear(2027, holidays, frozenset(), final=True)
    policies.load_calendar(year, loaded_by="staff:1", actor=Actor("office"), now=town.now)
    heard(town)

    assert standing() == []
    assert (Violation.objects.get().status, Violation.objects.get().is_lapsed) == ("ANNULLED", True)
    assert list(Counter.objects.values_list("facts", "violations")) == [(0, 0)]
    agree()


def test_recount_tells_what_differs_and_mends_it(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    late_at(town, "2026-03-02T09:00:00", "2026-03-03T09:00:00", "2026-03-04T09:00:00")
    Counter.objects.filter(code="V2a").update(facts=7)
    lost = Occurrence.objects.filter(event="late_sign").earliest("at")
    lost.delete()

    assert main(["monitoring", "recount", "--city", "jiangyin"]) == 1
    said = capsys.readouterr().out
    assert "计数 V2a 城管局 2026-03：现为 (7, 1)，应为 (3, 1)" in said
    assert f"事实 {lost.key}：现为 无" in said

    assert main(["monitoring", "recount", "--city", "jiangyin", "--mend"]) == 0
    assert capsys.readouterr().out.endswith("：一致。\n")
    agree()


def signed_late(town: Town, *days: str) -> None:
    """Let 城管局 sign an order too late on each of the days."""
    for day in days:
        town.at(moment(f"{day}T09:00:00"))
        town.act(town.register(), "dispatcher", "dispatch", unit="城管局", basis="权责清单")
        town.at(moment(f"{day}T16:00:00"))
        heard(town)


@pytest.mark.clause("JY-25.3")
def test_facts_of_an_annulled_violation_count_no_more_and_the_next_ones_make_another(town: Town) -> None:
    signed_late(town, "2026-03-02", "2026-03-03", "2026-03-04")
    first = Violation.objects.get(kind="V2a")
    assert press(town.desk("supervisor"), first, "annul_violation", reason="台风，不可抗力").status_code == 302

    assert Counter.objects.get(code="V2a", party="城管局").facts == 0
    signed_late(town, "2026-03-05", "2026-03-06")
    assert "V2a 接近上限 2/3" in text_of(town.desk("office").get("/monitoring?period=2026-03"))
    signed_late(town, "2026-03-09")
    assert list(Violation.objects.filter(kind="V2a").order_by("pk").values_list("status", "source")) == [
        ("ANNULLED", "V2a 城管局 2026-03"),
        ("RAISED", "V2a 城管局 2026-03 2"),
    ]
    assert recount.compare("jiangyin").differences == ()
    recount.mend("jiangyin", now=town.now)
    assert Violation.objects.filter(kind="V2a").count() == 2
    counted = Counter.objects.get(code="V2a", party="城管局")
    assert (counted.facts, counted.violations) == (3, 1)


def test_decision_takes_its_turn_before_any_row(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real = monitoring.hold

    def held() -> None:
        order.append("turn")
        real()

    def noted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "FOR UPDATE" in sql and "monitoring_violation" in sql:
            order.append("row")
        return execute(sql, params, many, context)

    record(town.desk("office"), "V3", evidence="通话记录")
    violation = Violation.objects.get()
    monkeypatch.setattr(monitoring, "hold", held)
    with connection.execute_wrapper(noted):
        assert press(town.desk("supervisor"), violation, "annul_violation", reason="有误").status_code == 302
    assert order[:2] == ["turn", "row"]
