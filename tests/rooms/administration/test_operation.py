"""Operation by pages: what waits, refusals as codes and counts, cities with tiers, categories."""

from __future__ import annotations

import pytest
from tests.administration_ground import keyed, kinds_of, plain
from tests.town_ground import Town, relayed, text_of

from minsheng.cases.appeals.models import Appeal
from minsheng.core.ledger import actions as ledger
from minsheng.core.policies import actions as policies
from minsheng.core.policies import queries
from minsheng.domain.actors import SYSTEM


def test_what_waits_and_what_was_refused_is_counted_without_a_person(town: Town) -> None:
    order = town.register()
    for _ in range(3):
        ledger.refuse(
            at=town.now, city=town.code, stream=f"order/{order}", actor={"role": "seat", "person": "staff:1"},
            command="reply", code="not_your_role",
        )  # fmt: skip
    ledger.refuse(at=town.now, city="elsewhere", stream="order/x", actor={}, command="reply", code="elsewhere_only")
    desk = town.desk("admin")

    before = plain(desk.get("/administration/operation"))
    relayed()
    page = text_of(desk.get("/administration/operation"))
    table = desk.get("/administration/operation", {"export": "csv"}).content.decode("utf-8-sig")

    assert "待转告的记录0" not in before
    assert "<dt>待转告的记录</dt><dd>0</dd>" in page
    assert "not_your_role" in page
    assert all(words not in page for words in ("elsewhere_only", order, "staff:1", "人行道"))
    assert table.splitlines()[1] == "not_your_role,提交答复,3"
    town.later(days=8)
    assert "not_your_role" not in text_of(desk.get("/administration/operation"))


def test_the_own_platform_is_placed_and_a_circle_refused(town: Town) -> None:
    policies.open_city("province", name="某省", pack="suqian", tier="province", actor=SYSTEM, now=town.now)
    policies.open_city(
        "county", name="某县", pack="suqian", tier="county", parent=town.code, actor=SYSTEM, now=town.now
    )
    desk, sent = town.desk("admin"), keyed(tier="city", parent="province")

    for _ in range(2):
        desk.post("/administration/cities", sent)
    below = desk.post("/administration/cities", keyed(tier="city", parent="county"))
    odd = desk.post("/administration/cities", keyed(tier="town", parent="nowhere"))

    assert queries.city(town.code).parent == "province"
    assert kinds_of(f"city/{town.code}").count("CityPlaced") == 1
    assert (below.status_code, odd.status_code) == (422, 422)
    assert "某省" in plain(desk.get("/administration/cities"))
    assert queries.city("county").parent == town.code


def test_categories_are_found_by_the_words_people_use(town: Town) -> None:
    desk = town.desk("admin")

    whole = plain(desk.get("/administration/categories"))
    found = plain(desk.get("/administration/categories", {"words": "路灯"}))
    table = desk.get("/administration/categories", {"words": "路灯", "export": "csv"}).content.decode("utf-8-sig")

    assert "已停用" not in whole
    assert len(found) < len(whole)
    assert "路灯" in found
    assert "路灯" in table


def test_a_category_that_is_no_more_is_named_with_how_many_orders_have_it(town: Town) -> None:
    order = town.register()
    Appeal.objects.update(category="9999")
    town.act(order, "dispatcher", "dispatch", unit="城管局", basis="权责清单")
    relayed()

    page = plain(town.desk("admin").get("/administration/categories"))

    assert "已停用、旧工单仍在用的编码99991件" in page


@pytest.mark.parametrize("place", ["operation", "cities", "categories"])
def test_nobody_else_opens_them(town: Town, place: str) -> None:
    for who in ("seat", "office", "auditor", "officer@城管局"):
        assert town.desk(who).get(f"/administration/{place}").status_code == 403
    assert town.desk("office").post("/administration/cities", keyed(tier="city", parent="")).status_code == 403
