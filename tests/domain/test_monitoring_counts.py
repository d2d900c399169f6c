"""When facts make a violation, and when a person was named often. JY-20.2, JY-22b, SZ-43.3; A-29, A-30, A-68."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.packing_ground import rules_of

from minsheng.domain.monitoring import counting
from minsheng.domain.monitoring.counting import Occurrence
from minsheng.domain.monitoring_rule import MonitoringRule
from minsheng.domain.orders.firing import third_late_sign
from minsheng.domain.rules import Rules

START = datetime.fromisoformat("2026-03-02T14:30:00+08:00")


def signed(*moments: str, party: str = "城管局") -> list[Occurrence]:
    """Return late signatures, each at a day and hour of 2026 or at a whole moment."""
    return [
        Occurrence(f"order/{place}#4.0", "late_sign", party, _moment(each), f"order/{place}")
        for place, each in enumerate(moments)
    ]


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}:00+08:00")


def made(facts: Sequence[Occurrence], rules: Rules, code: str = "V2a", **changed: Any) -> list[str]:
    """Return what names the violations that facts make, as a recount of everything finds them."""
    rule = rules.monitoring_rules[code]
    rule = MonitoringRule(**{**{name: getattr(rule, name) for name in rule.__slots__}, **changed})
    parts: dict[counting.Partition, list[Occurrence]] = {}
    for fact in facts:
        parts.setdefault(counting.partition_of(code, rule, fact, rules), []).append(fact)
    return sorted(key for part, own in parts.items() for key in counting.completions(part, own, rule, rules))


def test_three_of_a_calendar_month_are_one_violation_however_many_follow() -> None:
    rules = rules_of("jiangyin")

    assert made(signed("03-02T14:30", "03-16T14:30", "03-31T14:30"), rules) == ["V2a 城管局 2026-03"]
    assert made(signed("03-02T14:30", "03-16T14:30", "04-01T14:30"), rules) == []
    assert made(signed(*["03-02T14:30"] * 7), rules) == ["V2a 城管局 2026-03"]
    two_units = signed("03-02T14:30", "03-03T14:30") + signed("03-04T14:30", party="住建局")
    assert made(two_units, rules) == []


def test_a_month_is_that_of_the_city_and_a_quarter_may_be_the_window() -> None:
    rules = rules_of("jiangyin")
    night = datetime.fromisoformat("2026-03-31T17:00:00+00:00")

    assert counting.month_of(night, rules) == "2026-04"
    three = signed("07-02T14:30", "08-16T14:30", "09-30T14:30")
    assert made(three, rules, window="quarter") == ["V2a 城管局 2026-Q3"]
    assert made(three, rules, window="month") == []
    assert made(three, rules, window="quarter", threshold=4) == []


def test_periods_begin_and_end_where_facts_are_put_into_them() -> None:
    rules = rules_of("jiangyin")

    spans = [counting.span_of(each, rules) for each in ("2026-12", "2026-Q3", "2026-Q4")]

    said = [(f"{since:%Y-%m-%d %H:%M}", f"{until:%Y-%m-%d %H:%M}") for since, until in spans]
    assert said == [
        ("2026-12-01 00:00", "2027-01-01 00:00"),
        ("2026-07-01 00:00", "2026-10-01 00:00"),
        ("2026-10-01 00:00", "2027-01-01 00:00"),
    ]


def test_what_concerns_few_is_counted_apart() -> None:
    rules = rules_of("jiangyin")
    facts = signed("03-02T14:30", "03-16T14:30", "03-31T14:30")
    hidden = [Occurrence(f"{each.key}h", each.event, each.party, each.at, each.source, hidden=True) for each in facts]

    assert made([*facts[:2], hidden[2]], rules) == []
    assert made([*facts, *hidden], rules) == ["V2a 城管局 2026-03", "V2a 城管局 2026-03 *"]


def test_an_order_returned_twice_names_its_lead_once() -> None:
    rules = rules_of("suzhou")

    def returned(*units: str) -> list[Occurrence]:
        return [
            Occurrence(f"order/1#{place}.r", "returned", unit, START + timedelta(days=place), "order/1", by=unit)
            for place, unit in enumerate(units)
        ]

    assert made(returned("甲局"), rules, "43.3") == []
    assert made(returned("甲局", "甲局"), rules, "43.3") == ["43.3 order/1"]
    assert made(returned("甲局", "甲局", "乙局", "丙局"), rules, "43.3") == ["43.3 order/1"]


def test_a_fact_that_counts_by_itself_is_named_by_itself() -> None:
    rules = rules_of("jiangyin")
    fact = Occurrence("order/1#9.0", "not_handled", "城管局", START, "order/1")

    assert made([fact], rules, "V1c") == ["V1c order/1#9.0"]


@settings(max_examples=60)
@given(st.lists(st.integers(0, 100 * 24), min_size=1, max_size=25, unique=True), st.booleans())
def test_windows_agree_with_the_breach_that_orders_find(hours: list[int], rolls: bool) -> None:
    rules = rules_of("jiangyin", count_window="rolling_30d" if rolls else "calendar")
    moments = sorted(START + timedelta(hours=each) for each in hours)
    facts = [Occurrence(f"{at:%m%d%H}", "late_sign", "城管局", at, "order/1") for at in moments]
    rule = rules.monitoring_rules["V2a"]
    parts: dict[counting.Partition, list[Occurrence]] = {}
    for fact in facts:
        parts.setdefault(counting.partition_of("V2a", rule, fact, rules), []).append(fact)

    ends = sorted(
        each.last.at for part, own in parts.items() for each in counting.completions(part, own, rule, rules).values()
    )

    assert ends == [at for place, at in enumerate(moments) if third_late_sign(tuple(moments[:place]), at, rules)]


def days(*spans: tuple[str, int]) -> list[date]:
    return [date.fromisoformat(f"2026-{day}") for day, times in spans for _ in range(times)]


@pytest.mark.parametrize(
    ("named", "often"),
    [
        ([], False),
        (days(("07-03", 2), ("08-03", 2), ("09-03", 1)), True),
        (days(("08-03", 2), ("09-03", 2), ("10-03", 1)), False),
        (days(("07-01", 1), ("07-20", 1), ("07-31", 1)), True),
        (days(("07-30", 2), ("08-01", 1)), False),
    ],
)
def test_three_of_a_month_or_five_of_a_quarter_are_often(named: list[date], often: bool) -> None:
    assert counting.is_often(named, rules_of("jiangyin")) is often


def test_windows_that_roll_look_back_thirty_and_ninety_days() -> None:
    rules = rules_of("jiangyin", count_window="rolling_30d")

    assert counting.is_often(days(("07-30", 2), ("08-01", 1)), rules)
    assert counting.is_often(days(("08-03", 2), ("09-03", 2), ("10-03", 1)), rules)
    assert not counting.is_often(days(("07-01", 1), ("08-15", 2)), rules)
    assert not counting.is_often([], rules)


def test_a_city_without_the_counts_calls_nobody_often() -> None:
    assert not counting.is_often(days(("07-01", 9)), rules_of("suzhou"))
