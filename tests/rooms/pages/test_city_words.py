"""A city's own words for units, types, grades, grounds and notices stand on its pages. Source: SZ-3, JY-2b, SQ-4."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests.town_ground import Town, relayed, row, send, text_of


@pytest.fixture
def example(db: None, test_clock: Callable[[datetime], None]) -> Town:
    from tests.town_ground import build  # not before Django is set up

    return build("example", test_clock, pack="example")


def test_units_are_called_as_the_rules_call_them(town: Town) -> None:
    town.register()

    assert "联动单位" in text_of(town.desk("dispatcher").get("/"))
    assert "承办单位" not in text_of(town.desk("dispatcher").get("/"))


def test_a_fourth_city_is_worked_by_its_own_rules(example: Town) -> None:
    order = example.register(type="x_praise", place="政务大厅")
    page = text_of(example.desk("dispatcher").get(f"/orders/{order}/"))
    assert "表扬" in page
    assert "责任单位" in page

    send(example.desk("dispatcher"), order, "dispatch", unit="城管局", basis="清单")
    send(example.desk("officer@城管局"), order, "sign")
    relayed()
    assert "示例市热线中心交来一件工单" in text_of(example.desk("officer@城管局").get("/notices/"))

    send(example.desk("officer@城管局"), order, "reply", text="已向窗口人员转达您的谢意。")
    assert (row(order).status, row(order).reason) == ("CLOSED", "no_callback")
    assert "按规定不回访" in text_of(example.desk("dispatcher").get(f"/orders/{order}/"))
