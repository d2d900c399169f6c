"""Assessing units: fair to small ones, complete or said not to be, and explained.

Clauses: SZ-34b, SZ-36, SZ-37, JY-31, SQ-15, SQ-16.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minsheng.domain.assessment import Criterion, Scheme, Score, Tally, assess

TIMELY = Criterion("timely", "按时办结", 40)
SATISFIED = Criterion("satisfied", "满意", 40)
REWORKED = Criterion("reworked", "审核退回", 20, wanted="low")
SCHEME = Scheme((TIMELY, SATISFIED, REWORKED), steadiness=30, least=10)
BIG, MIDDLE, SMALL = "城管局", "住建局", "柳塘镇"


def scores_of(tallies: dict[str, dict[str, Tally]], *, orders: dict[str, int], scheme: Scheme = SCHEME) -> list[Score]:
    return assess(scheme, orders=orders, tallies=tallies, imported={})


def test_three_orders_make_nobody_first() -> None:
    tallies = {
        BIG: {"timely": Tally(950, 1000), "satisfied": Tally(900, 1000)},
        MIDDLE: {"timely": Tally(700, 1000), "satisfied": Tally(600, 1000)},
        SMALL: {"timely": Tally(3, 3), "satisfied": Tally(3, 3)},
    }

    found = scores_of(tallies, orders={BIG: 1000, MIDDLE: 1000, SMALL: 3})

    assert [(each.unit, each.rank) for each in found] == [(BIG, 1), (MIDDLE, 2), (SMALL, None)]


def test_small_unit_is_drawn_towards_the_city() -> None:
    tallies = {BIG: {"timely": Tally(900, 1000)}, SMALL: {"timely": Tally(0, 10)}}

    small = {each.unit: each for each in scores_of(tallies, orders={BIG: 1000, SMALL: 10})}[SMALL].lines[0]

    city = Fraction(900, 1010)
    assert small.rate == 0
    assert small.steadied == 30 * city / 40
    assert small.points == small.steadied * 40


def test_much_is_bad_where_little_is_wanted() -> None:
    tallies = {BIG: {"reworked": Tally(50, 100)}, MIDDLE: {"reworked": Tally(0, 100)}}

    found = scores_of(tallies, orders={BIG: 100, MIDDLE: 100})

    assert [each.unit for each in found] == [MIDDLE, BIG]


def test_equal_points_share_a_rank() -> None:
    same = {"timely": Tally(9, 10)}
    orders = {BIG: 10, MIDDLE: 10, SMALL: 10}

    found = scores_of({BIG: same, MIDDLE: same, SMALL: {"timely": Tally(1, 10)}}, orders=orders)

    assert [each.rank for each in found] == [1, 1, 3]


def test_unit_without_any_case_has_no_points_and_stands_last() -> None:
    found = scores_of({BIG: {"timely": Tally(10, 10)}}, orders={BIG: 10, SMALL: 0})

    assert (found[-1].unit, found[-1].points, found[-1].rank) == (SMALL, None, None)


def test_imported_score_counts_and_its_lack_makes_a_result_incomplete() -> None:
    asked = Criterion("mystery_call", "拨测", 50, is_imported=True)
    scheme = Scheme((Criterion("timely", "按时办结", 50), asked))
    tallies = {BIG: {"timely": Tally(10, 10)}, MIDDLE: {"timely": Tally(10, 10)}}

    found = assess(
        scheme, orders={BIG: 10, MIDDLE: 10}, tallies=tallies, imported={BIG: {"mystery_call": Fraction(80)}}
    )

    by_unit = {each.unit: each for each in found}
    assert (by_unit[BIG].points, by_unit[BIG].missing) == (90, ())
    assert (by_unit[MIDDLE].points, by_unit[MIDDLE].missing) == (100, ("mystery_call",))


def test_criterion_without_weight_is_counted_and_enters_no_score() -> None:
    late = Criterion("late_signs", "未按时签收", 0, wanted="low")
    called = Criterion("mystery_call", "拨测", 0, is_imported=True)
    tallies = {BIG: {"timely": Tally(10, 10), "late_signs": Tally(9, 10)}, MIDDLE: {"late_signs": Tally(1, 10)}}

    found = assess(
        Scheme((Criterion("timely", "按时办结", 100), late, called)),
        orders={BIG: 10, MIDDLE: 10}, tallies=tallies, imported={},
    )  # fmt: skip

    big, middle = found
    assert (big.unit, big.points, big.lines[1].rate, big.missing) == (BIG, 100, Fraction(9, 10), ())
    assert (middle.points, middle.lines[1].good) == (None, 1)


def test_other_weights_leave_out_what_they_do_not_name() -> None:
    assert [each.weight for each in SCHEME.weighed({"timely": 60, "reworked": 40}).criteria] == [60, 0, 40]
    assert SCHEME.weighed({}) is SCHEME


@pytest.mark.parametrize("weights", [(50, 40), (110, -10)])
def test_weights_that_are_no_shares_of_a_hundred_are_refused(weights: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="100"):
        Scheme((Criterion("a", "甲", weights[0]), Criterion("b", "乙", weights[1])))


def test_more_good_cases_than_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="3 of 2"):
        Tally(3, 2)


@given(st.dictionaries(st.sampled_from("甲乙丙丁戊己"), st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1))
def test_every_unit_is_scored_once_within_nought_and_a_hundred(drawn: dict[str, tuple[int, int]]) -> None:
    tallies = {unit: {"timely": Tally(min(pair), max(pair))} for unit, pair in drawn.items()}
    orders = {unit: max(pair) for unit, pair in drawn.items()}

    found = scores_of(tallies, orders=orders)

    assert sorted(each.unit for each in found) == sorted(drawn)
    assert all(each.points is None or 0 <= each.points <= 100 for each in found)
    ranks = [each.rank for each in found if each.rank is not None]
    assert ranks == sorted(ranks)
