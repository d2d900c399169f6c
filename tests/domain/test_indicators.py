"""One definition for each figure: how it is rounded, compared, worded. Clauses: AR-1.1a, AR-2.3; A-38, A-66."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain import indicators
from minsheng.domain.indicators import Change, Kind, change_of, indicator, part, percent_change, rounded
from minsheng.domain.periods import Period


def test_every_indicator_says_what_is_counted_over_what() -> None:
    for each in indicators.ALL:
        assert each.words.endswith("。")
        if each.kind is not Kind.COUNT:
            assert each.denominator, each.id
            assert "÷" in each.words
        for exclusion in each.exclusions:
            assert exclusion in each.words


def test_ids_stand_once() -> None:
    assert len(indicators.BY_ID) == len(indicators.ALL)


def test_satisfaction_and_solution_are_two_indicators() -> None:
    assert indicator("satisfied") != indicator("solved")
    assert indicator("satisfied").numerator != indicator("solved").numerator


def test_an_unknown_indicator_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        indicator("happiness")


@pytest.mark.parametrize(
    ("name", "numerator", "denominator", "figure"),
    [
        ("timely", 197, 200, "98.50"),
        ("closed", 190, 200, "95.00"),
        ("rated", 112, 160, "70.00"),
        ("satisfied", 105, 112, "93.75"),
        ("solved", 82, 100, "82.00"),
        ("talk", 170_000 + 25_000, 1250, "156.00"),
        ("long_calls", 38, 1250, "3.04"),
        ("rated", 1_443_037, 2_073_838, "69.58"),
        ("handling", 5_100 * 7, 7, "5.1"),
        ("handling", 1049, 1, "1.0"),
        ("handling", 1050, 1, "1.1"),  # half up
        ("accepted", 1470, 1, "1470"),
    ],
)
def test_a_figure_is_made_as_published(name: str, numerator: int, denominator: int, figure: str) -> None:
    assert indicator(name).of(numerator, denominator) == Decimal(figure)


def test_a_rate_of_nothing_is_no_figure() -> None:
    assert indicator("timely").of(0, 0) is None
    assert part(0, 0) is None


@pytest.mark.parametrize(
    ("name", "now", "before", "change"),
    [
        ("accepted", "14843560", "17032546", "-12.85"),  # percent of what was
        ("satisfied", "97.69", "97.58", "0.11"),  # percentage points
        ("handling", "1.0", "1.7", "-0.7"),  # working days
    ],
)
def test_a_change_is_in_percent_points_or_days_as_the_figure_wants(
    name: str, now: str, before: str, change: str
) -> None:
    assert change_of(indicator(name), Decimal(now), Decimal(before)) == Decimal(change)


def test_without_a_figure_before_there_is_no_change() -> None:
    assert change_of(indicator("timely"), Decimal(1), None) is None
    assert change_of(indicator("timely"), None, Decimal(1)) is None
    assert percent_change(5, 0) is None


def test_kinds_of_change_are_what_figures_use() -> None:
    assert {each.change for each in indicators.ALL} == set(Change)


def test_a_share_is_a_percentage() -> None:
    assert part(2_658_419, 14_843_560) == Decimal("17.91")


def test_a_figure_is_printed_with_its_decimals_and_thousands() -> None:
    assert indicators.text(Decimal("14843560"), digits=0) == "14,843,560"
    assert indicators.text(Decimal("5.1"), digits=2) == "5.10"


@given(st.fractions(), st.integers(min_value=0, max_value=4))
def test_rounding_is_never_off_by_more_than_half_a_unit(value: Fraction, digits: int) -> None:
    found = Fraction(rounded(value, digits=digits))

    assert abs(found - value) <= Fraction(1, 2 * 10**digits)


@given(st.fractions(min_value=0), st.integers(min_value=0, max_value=4))
def test_rounding_treats_both_signs_alike(value: Fraction, digits: int) -> None:
    assert Fraction(rounded(-value, digits=digits)) == -Fraction(rounded(value, digits=digits))


@given(st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_change_leads_back_to_what_was(now: int, before: int) -> None:
    change = percent_change(now, before, digits=6)

    assert change is not None
    assert abs(Fraction(before) * (1 + Fraction(change) / 100) - now) <= Fraction(before, 10**8)


class TestPeriods:
    def test_a_year_begins_and_ends_at_midnight(self) -> None:
        year = Period.year(2023)

        assert (year.starts_at, year.ends_at) == (datetime(2023, 1, 1), datetime(2024, 1, 1))  # noqa: DTZ001
        assert year.days == 365
        assert year.name == "2023年"

    def test_a_quarter_and_a_month_end_where_the_next_begins(self) -> None:
        assert Period.quarter(2026, 3).until == date(2026, 10, 1)
        assert Period.quarter(2026, 4).until == date(2027, 1, 1)
        assert Period.month(2026, 12).until == date(2027, 1, 1)
        assert Period.month(2026, 9).name == "2026年9月"

    def test_a_day_is_a_period(self) -> None:
        assert Period.day(date(2026, 12, 31)).until == date(2027, 1, 1)

    def test_the_period_before_is_the_same_days_of_the_year_before(self) -> None:
        before = Period.quarter(2026, 3).before

        assert (before.since, before.until) == (date(2025, 7, 1), date(2025, 10, 1))
        assert before.name == "2025年第3季度"

    def test_a_leap_day_is_set_against_the_last_of_february(self) -> None:
        leap, day_before = Period.day(date(2024, 2, 29)).before, Period.day(date(2024, 2, 28)).before

        assert (leap.since, leap.until) == (date(2023, 2, 28), date(2023, 3, 1))
        assert (day_before.since, day_before.until) == (date(2023, 2, 28), date(2023, 3, 1))

    def test_months_are_those_that_it_touches(self) -> None:
        assert Period(date(2026, 11, 20), date(2027, 1, 2)).months == ("2026-11", "2026-12", "2027-01")
        assert Period.month(2026, 2).months == ("2026-02",)

    def test_a_period_that_ends_before_it_begins_is_refused(self) -> None:
        with pytest.raises(ValueError, match="must end after"):
            Period(date(2026, 1, 1), date(2026, 1, 1))
