"""Kinds of reports: which city has which, for which period, and what a bad file says.

Clauses: SZ-35a, SZ-37, JY-14b, JY-14c, SQ-13, SQ-14a, SQ-14b, SQ-16, AR-0.
"""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from tests.packing_ground import rules_of

from minsheng.domain import report_kinds as kinds
from minsheng.domain.duties.report import APPROVERS
from minsheng.domain.faults import Faulty
from minsheng.domain.periods import Period
from minsheng.gateways import packfiles

SHIPPED = packfiles.report_kinds()


@pytest.mark.parametrize(
    ("pack", "codes"),
    [
        ("suzhou", ["annual_release", "special_monthly", "sentiment", "monitoring_quarter", "assessment_year"]),
        ("jiangyin", ["annual_release", "monthly_bulletin", "special_on_demand", "topic",
                      "violations_quarter", "assessment_year"]),
        ("suqian", ["annual_release", "monthly", "weekly", "express", "daily", "special_weekly_hot",
                    "special_weekly_analysis", "monitoring_month", "assessment_year"]),
    ],
)  # fmt: skip
def test_pack_says_which_kinds_a_city_has(pack: str, codes: list[str]) -> None:
    assert list(kinds.kinds_of(SHIPPED, rules_of(pack))) == codes


def test_every_kind_is_some_citys() -> None:
    found = {code for pack in ("suzhou", "jiangyin", "suqian") for code in kinds.kinds_of(SHIPPED, rules_of(pack))}

    assert found == set(SHIPPED)


def test_monitoring_has_the_four_sections() -> None:
    for code in ("monitoring_month", "monitoring_quarter", "assessment_year"):
        headings = [section.heading for section in SHIPPED[code].sections]
        assert headings[1:] == ["典型案例", "社会难点问题", "意见建议"]


def test_quarterly_monitoring_is_approved_by_the_joint_meeting_alone() -> None:
    assert SHIPPED["monitoring_quarter"].approvers == {"joint_meeting"}
    assert SHIPPED["monthly"].approvers == APPROVERS


@pytest.mark.parametrize(
    ("span", "today", "since", "until", "name"),
    [
        ("day", date(2026, 10, 3), date(2026, 10, 2), date(2026, 10, 3), "2026年10月2日"),
        # SQ-13: Monday 00:00 to Sunday 24:00.
        ("week", date(2026, 10, 12), date(2026, 10, 5), date(2026, 10, 12), "2026年第41周"),
        ("week", date(2026, 10, 18), date(2026, 10, 5), date(2026, 10, 12), "2026年第41周"),
        ("month", date(2026, 10, 1), date(2026, 9, 1), date(2026, 10, 1), "2026年9月"),
        ("month", date(2027, 1, 5), date(2026, 12, 1), date(2027, 1, 1), "2026年12月"),
        # SZ-37: the third quarter, run on the first of October.
        ("quarter", date(2026, 10, 1), date(2026, 7, 1), date(2026, 10, 1), "2026年第3季度"),
        ("quarter", date(2026, 3, 31), date(2025, 10, 1), date(2026, 1, 1), "2025年第4季度"),
        ("year", date(2024, 1, 1), date(2023, 1, 1), date(2024, 1, 1), "2023年"),
    ],
)
def test_last_period_is_the_last_whole_one(span: kinds.Span, today: date, since: date, until: date, name: str) -> None:
    found = kinds.last_period(span, today=today)

    assert found == Period(since, until, name)
    assert kinds.period_of(since, until) == found


def test_free_period_is_named_by_its_days_and_never_comes_of_itself() -> None:
    assert kinds.period_of(date(2026, 9, 3), date(2026, 9, 10)).name == "2026年9月3日至2026年9月9日"
    with pytest.raises(ValueError, match="free"):
        kinds.last_period("free", today=date(2026, 9, 3))
    regular = {code for code, kind in SHIPPED.items() if kind.is_regular}
    assert regular.isdisjoint({"daily", "express", "topic", "sentiment", "special_on_demand"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "甲", "period": "decade", "title": "甲", "section": []},
        {"label": "甲", "period": "day", "title": "甲"},
        {"label": "甲", "period": "day", "title": "甲", "section": [], "approvers": ["seat"]},
        {"label": "甲", "period": "day", "title": "甲", "section": [], "unheard_of": 1},
    ],
)
def test_bad_file_is_refused_with_what_is_wrong(wrong: dict[str, object]) -> None:
    with pytest.raises(Faulty) as refused:
        kinds.read({"a": wrong}, file="reports.toml")

    assert refused.value.faults[0].key == "a"


def test_spans_are_those_of_the_type() -> None:
    assert {kind.span for kind in SHIPPED.values()} <= set(get_args(kinds.Span))


def test_optional_section_is_left_out_as_long_as_it_has_no_words() -> None:
    honors = kinds.Section("honors", "荣誉与案例", is_optional=True)

    assert honors.is_left_out({})
    assert honors.is_left_out({"honors": " "})
    assert not honors.is_left_out({"honors": "获表扬一次。"})
    assert not kinds.Section("problems", "存在问题").is_left_out({})
