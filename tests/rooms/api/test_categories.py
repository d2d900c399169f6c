"""A client says what an appeal is about after it is on record, as the desks do. Clauses: SZ-15.2."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from tests import calling_ground as calling
from tests.calling_ground import City

from minsheng.core.ledger import queries as ledger
from minsheng.gateways import packfiles

CODE = next(iter(packfiles.categories().by_code))


@pytest.fixture
def suzhou(db: None, test_clock: Callable[[datetime], None]) -> City:
    city = calling.open_city("suzhou", pack="suzhou", set_clock=test_clock)
    city.at(calling.MONDAY)
    return city


@pytest.mark.clause("SZ-15.2")
def test_what_the_city_wants_classified_is_dispatched_once_it_is(suzhou: City) -> None:
    order = suzhou.register()
    given = {"unit": "城管局", "basis": "权责清单"}

    before = suzhou.post(f"/orders/{order}/dispatch", given, by="dispatcher")
    said = suzhou.post(f"/orders/{order}/category", {"category": CODE}, by="dispatcher")
    after = suzhou.post(f"/orders/{order}/dispatch", given, by="dispatcher")

    assert (before.code, said.body, after.status) == ("field_missing", {"id": order, "category": CODE}, 200)


def test_one_key_says_it_once_and_nobody_else_says_it(suzhou: City) -> None:
    order = suzhou.register()
    path = f"/orders/{order}/category"

    first, again = (suzhou.post(path, {"category": CODE}, by="seat", key="k1") for _ in range(2))
    other = suzhou.post(path, {"category": ""}, by="seat", key="k1")
    unit, unknown = (
        suzhou.post(path, {"category": category}, by=by) for category, by in ((CODE, "officer@城管局"), ("no", "seat"))
    )

    assert (first.status, again.headers["Idempotent-Replay"], other.code) == (200, "true", "key_reused")
    assert (unit.code, unknown.code) == ("not_your_role", "unknown_category")
    assert suzhou.post("/orders/none/category", {"category": CODE}, by="seat").code == "not_found"
    assert [each.type for each in ledger.history(f"appeal/{order}")].count("Categorised") == 1
    assert suzhou.post(path, {"category": ""}, by="supervisor").body["category"] == ""
