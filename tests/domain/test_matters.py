"""What the other orders of a matter say: timely answers count by the unit that gave them."""

from __future__ import annotations

import pytest

from minsheng.domain.matters import matter_of
from minsheng.domain.orders.order import CLOSED, Order


def _answered(number: int, unit: str) -> Order:
    return Order(f"o{number}", status=CLOSED, reason="satisfied", matter="围墙", lead=unit, timely=(unit,))


@pytest.mark.clause("JY-13.4")
@pytest.mark.parametrize(
    ("units", "counted"),
    [
        (["甲局", "甲局", "甲局", "甲局"], 4),
        (["甲局", "甲局", "乙局", "乙局"], 2),  # those of other units don't add up
        (["甲局", "乙局", "甲局", "甲局", "甲局"], 4),
        ([], 0),
    ],
)
def test_timely_answers_are_those_of_one_unit(units: list[str], counted: int) -> None:
    others = [_answered(number, unit) for number, unit in enumerate(units)]

    assert matter_of(Order("new", matter="围墙"), others).timely_answers == counted


def test_answers_of_each_round_are_those_of_the_unit_that_gave_them() -> None:
    """An order whose second round went to another unit counts one for each, not two for the last (A-78)."""
    twice = Order("o1", status=CLOSED, reason="satisfied", matter="围墙", lead="乙局", timely=("甲局", "乙局"))

    assert matter_of(Order("new", matter="围墙"), [twice]).timely_answers == 1


def test_answers_of_the_parts_of_a_parallel_dispatch_count_and_the_parts_are_no_appeals() -> None:
    whole = Order("o1", status=CLOSED, reason="children_closed", matter="围墙", children=("o1.1", "o1.2"))
    parts = [
        Order("o1.1", status=CLOSED, parent="o1", lead="甲局", timely=("甲局", "甲局")),
        Order("o1.2", status=CLOSED, parent="o1", lead="乙局", timely=("乙局",)),
    ]
    found = matter_of(Order("new", matter="围墙"), [whole, *parts, _answered(2, "甲局")])

    assert (found.timely_answers, found.appeals) == (3, 2)
