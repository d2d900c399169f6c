"""Log lines hold nobody's number. Clauses: JY-8d, SZ-26."""

from __future__ import annotations

import pytest

from minsheng.app.operation.logs import mask


@pytest.mark.parametrize(
    "number", ["13800138000", "11010519491231002X", "110105491231002", "0512-65181234", "051265181234"]
)
def test_a_number_is_masked_beside_letters_of_either_script(number: str) -> None:
    assert mask(f"电话{number}来电") == "电话***来电"
    assert mask(f"phone={number}, again") == "phone=***, again"


def test_what_is_longer_or_part_of_a_name_stays() -> None:
    for line in ("26112800000601234567", "id a13800138000", "0198c2e4-13800138000-7"):
        assert mask(line) == line
