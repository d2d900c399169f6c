"""What the other orders of a matter say: timely answers count by the unit that gave them."""

from __future__ import annotations

import pytest

from minsheng.domain.matters import matter_of
from minsheng.domain.orders.order import CLOSED, Order


def _answered(number: int, unit: str) -> Order:
    return Order(f"o{number}", status=CLOSED, reason="satisfied", matter="围墙", lead=unit, timely_answers=1)


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
